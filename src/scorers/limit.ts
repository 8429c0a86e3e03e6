/** How well a measured amount keeps within a limit. */
import { z } from "zod";

/** The option that all these scorers have. */
export const graded = z.boolean().default(false).describe("beyond the limit the value is limit / amount, not 0");

/** 1 up to the limit; beyond it 0, or where `graded` limit / amount, so that twice the limit is 0.5. */
export function within(amount: number, limit: number, graded: boolean): number {
  if (amount <= limit) return 1;
  return graded ? limit / amount : 0;
}
