import { experimentJsonSchema } from "../experiment/json-schema.ts";
import { registryFor } from "../prepare.ts";
import type { Stdout } from "./stdout.ts";

export async function schemaCommand(experiment: string | undefined, stdout: Stdout): Promise<number> {
  stdout.printJson(experimentJsonSchema((await registryFor(experiment)).registry));
  return 0;
}
