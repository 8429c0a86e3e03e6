/** The measure of keyword search, the same in all stores. */

/** Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework"; the values of Lucene. */
export const K1 = 1.2;
export const B = 0.75;

/** How much a term tells that `df` of `n` chunks hold; above 0 (Lucene's form of Robertson's weight). */
export function idf(n: number, df: number): number {
  return Math.log(1 + (n - df + 0.5) / (df + 0.5));
}
