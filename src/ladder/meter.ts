/** Models and knowledge as a step sees them, with every call counted to whoever asked and against the budget. */
import type { Library } from "../knowledge/library.ts";
import type { Models } from "../wire/models.ts";
import { UserError } from "../errors.ts";
import type { Ask, Experiment, Reply, Role, Spend, StepLab } from "../types.ts";
import { nothing, type Purse, sum } from "./budget.ts";

export interface Meter {
  /** A lab of its own for one question, or for one rung's search. */
  open(): { readonly lab: StepLab; readonly spent: () => Spend; readonly milliseconds: () => number };
}

type Vectors = readonly (readonly number[])[];

/** Vectors that are remembered at the most; the oldest are forgotten first. */
const REMEMBERED = 10_000;

export function createMeter(options: {
  readonly experiment: Pick<Experiment, "models">;
  readonly models: Models;
  readonly library: Library | undefined;
  readonly purse: Purse;
}): Meter {
  const { experiment, models, library, purse } = options;
  const memory = new Map<string, Promise<Vectors>>();
  let remembered = 0;

  const paid = async <T extends { readonly spend: Spend }>(call: () => Promise<T>): Promise<T> => {
    purse.reserve();
    let result: T | undefined;
    try {
      result = await call();
      return result;
    } finally {
      purse.book(result?.spend);
    }
  };

  /** A group of texts is embedded in one request of its own, so that its key in the cache does not depend on what ran before. */
  const embed = async (texts: readonly string[], count: (spend: Spend) => void): Promise<Vectors> => {
    if (texts.length === 0) return [];
    const key = texts.join("\u0000");
    const known = memory.get(key);
    if (known !== undefined) return await known;
    const asked = paid(() => models.embed(experiment.models.embed, texts)).then(({ vectors, spend }) => {
      count(spend);
      return vectors;
    });
    memory.set(key, asked);
    remembered += texts.length;
    for (const [oldest, vectors] of memory) {
      if (remembered <= REMEMBERED || oldest === key) break;
      memory.delete(oldest);
      remembered -= (await vectors.catch(() => [])).length;
    }
    return await asked.catch((error: unknown) => {
      memory.delete(key);
      throw error;
    });
  };

  return {
    open() {
      let spend = nothing;
      let ms = 0;
      const count = (more: Spend) => {
        spend = sum([spend, more]);
      };
      const lab: StepLab = {
        async ask(request: Ask): Promise<Reply> {
          const reply = await paid(() => models.chat({ ...request, model: modelOf(request.model, experiment.models) }));
          count(reply.spend);
          ms += reply.ms;
          return reply;
        },
        embed: (texts) => embed(texts, count),
        async search(retriever, queries, k) {
          if (library === undefined) throw new UserError("knowledge: this program retrieves, but the experiment names no knowledge");
          return await library.search(retriever, queries, k, (texts) => embed(texts, count));
        },
      };
      return { lab, spent: () => spend, milliseconds: () => ms };
    },
  };
}

function modelOf(name: string, roles: Readonly<Record<Role, string>>): string {
  return Object.hasOwn(roles, name) ? roles[name as Role] : name;
}
