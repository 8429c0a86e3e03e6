/** What is wrong with options that are each right by themselves: pure. */
import { suggest } from "../../errors.ts";
import { faultsOfTemplate, placeholdersOf } from "../../program/template.ts";
import { type Options, PROMPTS } from "./options.ts";
import { templateOf } from "./settings.ts";

const OF_HYDE = ["combine", "documents", "temperature", "max_tokens", "prompt", "query_weight", "below"] as const;
const OF_CHECK = ["evidence", "edit", "decompose", "abstain"] as const;

/** Complaints, each as `option: what; what would be right`. */
export function complaints(options: Options): readonly string[] {
  const { parts, documents = [1], temperature = [], prompt = [] } = options;
  const without = (keys: readonly (keyof Options)[], part: "hyde" | "fact-check") =>
    parts.includes(part) || parts.includes("both")
      ? []
      : keys
          .filter((key) => options[key] !== undefined)
          .map((key) => `${key}: is an option of ${part}; add ${part} to parts, or remove it`);
  return [
    ...without(OF_HYDE, "hyde"),
    ...without(OF_CHECK, "fact-check"),
    ...prompt.flatMap(promptComplaints),
    ...(temperature.includes(0) && Math.max(...documents) > 1
      ? [`temperature: 0 makes the ${Math.max(...documents)} passages of a question alike; take 0.7, or documents: 1`]
      : []),
  ];
}

function promptComplaints(prompt: string): readonly string[] {
  const names = placeholdersOf(templateOf(prompt)).map(({ name }) => name);
  const unknown = names.filter((name) => name !== "query");
  return [
    ...faultsOfTemplate(prompt).map(({ what }) => `prompt: ${what}`),
    ...unknown.map((name) => `prompt: unknown placeholder {{${name}}}; ${suggest(name, ["query"])}`),
    ...(names.includes("query")
      ? []
      : [`prompt: "${prompt.slice(0, 60)}" does not show the question; add {{query}}, or name a task: ${Object.keys(PROMPTS).join(", ")}`]),
  ];
}
