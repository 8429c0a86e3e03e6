/** Bytes as text and back, for weights that stand in a source file. */
export function pack(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

export function unpack(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "base64"));
}
