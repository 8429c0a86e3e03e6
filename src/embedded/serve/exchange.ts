/** A request and its answer as threads hand them to each other. */

export interface Asked {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly contentType: string | undefined;
  readonly body: Uint8Array<ArrayBuffer> | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** A stream where the handler made one of events. */
  readonly body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
}

export type Call = { readonly id: number; readonly asked: Asked };
export type Return = { readonly id: number; readonly answer: Answer };

export async function answerOf(response: Response): Promise<Answer> {
  const { status, body } = response;
  const headers = Object.fromEntries(response.headers);
  const streams = headers["content-type"]?.startsWith("text/event-stream") === true;
  return { status, headers, body: streams && body !== null ? body : new Uint8Array(await response.arrayBuffer()) };
}
