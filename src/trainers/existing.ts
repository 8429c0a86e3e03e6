import { z } from "zod";
import { defineTrainer } from "../plugin.ts";

const handleSchema = z.object({ model: z.string() });

/** No training: the user names a model that is tuned already, at the task model's endpoint. */
export default defineTrainer({
  name: "existing",
  about: "uses a model that is tuned already",
  options: z.strictObject({ model: z.string().min(1).describe("model id at the task model's endpoint") }),

  models: ({ model }) => [model],

  validate: () => [],

  async launch(_job, options) {
    return { model: options.model };
  },

  async poll(handle) {
    return { status: "succeeded", model: handleSchema.parse(handle).model, trainedTokens: null };
  },

  async cancel() {},
});
