import { experimentJsonSchema } from "../experiment/json-schema.ts";
import { registryFor } from "../prepare.ts";
import { printJson } from "./output.ts";

export async function schemaCommand(experiment: string | undefined): Promise<number> {
  printJson(experimentJsonSchema((await registryFor(experiment)).registry));
  return 0;
}
