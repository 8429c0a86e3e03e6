/** Seeded pseudo-random numbers: the same seed gives the same sequence on every machine. */

/**
 * A generator of numbers 0 <= x < 1 with 32 random bits each; `7` and `"7"` are the same seed. Not for secrets.
 * sfc32 (Doty-Humphrey, PractRand 0.95), its state filled from the seed by FNV-1a with MurmurHash3's finaliser.
 */
export function seeded(seed: string | number): () => number {
  const text = String(seed);
  let a = hash32(text, 0x9e3779b9);
  let b = hash32(text, 0x243f6a88);
  let c = hash32(text, 0xb7e15162);
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4294967296;
  };
  // The first numbers still show the seed's structure, so they are thrown away, as PractRand does.
  for (let i = 0; i < 12; i++) next();
  return next;
}

function hash32(text: string, salt: number): number {
  let hash = 0x811c9dc5 ^ salt;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) | 0;
}
