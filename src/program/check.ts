/** Is what a stage returned a program that can be answered with? */
import { z } from "zod";
import { suggest } from "../errors.ts";
import type { Registry } from "../registry.ts";
import type { Experiment, Program } from "../types.ts";
import { splitModel } from "./model.ts";
import { PASSAGES } from "./render.ts";
import { faultsOfTemplate, placeholdersOf } from "./template.ts";

const texts = z.record(z.string(), z.string());
const program: z.ZodType<Program> = z.strictObject({
  model: z.string().regex(/^[^/]+\/./, "write endpoint/model-id"),
  params: z.record(z.string(), z.json()),
  system: z.string(),
  user: z.string(),
  demos: z.array(z.strictObject({ id: z.string(), fields: texts, answer: z.string() })),
  steps: z.array(z.strictObject({ use: z.string(), with: z.json() })),
});

/** The program as plain data; throws an Error that names the stage and what is wrong. */
export function checkProgram(
  made: unknown,
  stage: string,
  experiment: Pick<Experiment, "endpoints" | "splits">,
  registry: Registry,
): Program {
  const parsed = program.safeParse(made);
  if (!parsed.success) throw new Error(`${stage} returned no program: ${z.prettifyError(parsed.error).replaceAll("\n", " ")}`);
  const { model, system, user, steps } = parsed.data;
  const { endpoint } = splitModel(model);
  if (!Object.hasOwn(experiment.endpoints, endpoint)) {
    throw new Error(
      `${stage} returned a program whose model has an unknown endpoint "${endpoint}"; ${suggest(endpoint, Object.keys(experiment.endpoints))}`,
    );
  }
  const fields = new Set([
    PASSAGES,
    ...Object.values(experiment.splits)
      .flat()
      .flatMap((kase) => Object.keys(kase.fields)),
  ]);
  for (const template of [system, user]) {
    const [fault] = faultsOfTemplate(template);
    if (fault !== undefined) throw new Error(`${stage} returned a template that is broken: ${fault.what}`);
    const unknown = placeholdersOf(template).find(({ name }) => !fields.has(name));
    if (unknown !== undefined)
      throw new Error(`${stage} returned a template with an unknown field "${unknown.name}"; ${suggest(unknown.name, fields)}`);
  }
  for (const step of steps) {
    const used = registry.stages.get(step.use);
    if (used === undefined)
      throw new Error(`${stage} returned a step of an unknown stage "${step.use}"; ${suggest(step.use, registry.stages.keys())}`);
    const options = used.options.safeParse(step.with);
    if (!options.success)
      throw new Error(`${stage} returned a step with wrong options: ${z.prettifyError(options.error).replaceAll("\n", " ")}`);
  }
  return parsed.data;
}
