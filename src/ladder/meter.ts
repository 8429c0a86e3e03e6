/** Models and knowledge as a step sees them, with every call counted to whoever asked and against the budget. */
import type { Library } from "../knowledge/library.ts";
import type { Models } from "../wire/models.ts";
import { UserError } from "../errors.ts";
import type { Ask, Experiment, Reply, Role, Spend, StepLab } from "../types.ts";
import { nothing, sum } from "../spend.ts";
import { paid, type Purse } from "./budget.ts";

export interface Meter {
  /**
   * A lab of its own for one question, or for one rung's search. `repeat` tells samples of the same question apart in the
   * cache, those of its steps included; `record` is told of each call as soon as it has ended.
   */
  open(options?: { readonly repeat?: number; readonly record?: (spend: Spend) => void }): {
    readonly lab: StepLab;
    readonly spent: () => Spend;
    readonly milliseconds: () => number;
  };
}

type Vectors = readonly (readonly number[])[];

/** Vectors that are remembered at the most; those that were used longest ago are forgotten first. */
const REMEMBERED = 10_000;
/** Samples that a step may ask of one question, told apart in the cache. */
const SAMPLES = 1000;

export function createMeter(options: {
  readonly experiment: Pick<Experiment, "models">;
  readonly models: Models;
  readonly library: Library | undefined;
  readonly purse: Purse;
}): Meter {
  const { experiment, models, library, purse } = options;
  const memory = new Map<string, { readonly vectors: Promise<Vectors>; readonly size: number }>();
  let remembered = 0;
  const forget = (key: string): void => {
    remembered -= memory.get(key)?.size ?? 0;
    memory.delete(key);
  };

  /** A group of texts is embedded in one request of its own, so that its key in the cache does not depend on what ran before. */
  const embed = async (texts: readonly string[], count: (spend: Spend) => void): Promise<Vectors> => {
    if (texts.length === 0) return [];
    const key = texts.join("\u0000");
    const known = memory.get(key);
    if (known !== undefined) {
      memory.delete(key);
      memory.set(key, known);
      return await known.vectors;
    }
    const vectors = paid(purse, () => models.embed(experiment.models.embed, texts), count).then((reply) => reply.vectors);
    memory.set(key, { vectors, size: texts.length });
    remembered += texts.length;
    for (const oldest of memory.keys()) {
      if (remembered <= REMEMBERED || oldest === key) break;
      forget(oldest);
    }
    return await vectors.catch((error: unknown) => {
      forget(key);
      throw error;
    });
  };

  return {
    open({ repeat = 0, record } = {}) {
      let spend = nothing;
      let ms = 0;
      const count = (more: Spend): void => {
        spend = sum([spend, more]);
        record?.(more);
      };
      const lab: StepLab = {
        async ask(request: Ask): Promise<Reply> {
          const model = modelOf(request.model, experiment.models);
          const reply = await paid(
            purse,
            () => models.chat({ ...request, model, repeat: repeat * SAMPLES + (request.repeat ?? 0) }),
            count,
          );
          ms += reply.ms;
          return reply;
        },
        embed: (texts) => embed(texts, count),
        async search(retriever, queries, k) {
          if (library === undefined) throw new UserError("knowledge: this program retrieves, but the experiment names no knowledge");
          return await library.search(retriever, queries, k, (texts) => embed(texts, count));
        },
        async rerank(name, query, texts) {
          const model = modelOf(name, experiment.models);
          const reply = await paid(purse, () => models.rerank(model, query, texts), count);
          ms += reply.ms;
          return reply.scores;
        },
        async widen(cut, passages, neighbours) {
          return library === undefined ? passages : await library.widen(cut, passages, neighbours);
        },
      };
      return { lab, spent: () => spend, milliseconds: () => ms };
    },
  };
}

function modelOf(name: string, roles: Readonly<Record<Role, string>>): string {
  return Object.hasOwn(roles, name) ? roles[name as Role] : name;
}
