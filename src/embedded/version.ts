/** Part of every cache key, and of the ids of tuned models: changes whenever the same request may get another answer. */
export const engineVersion = "3";
