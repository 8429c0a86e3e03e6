/** A stream from another thread, which says nothing more, not even that it has ended, when that thread does. */

export interface Breakable {
  readonly stream: ReadableStream<Uint8Array>;
  /** Ends the stream with an error. */
  breakOff(why: Error): void;
}

/** `over` is called once: when the stream was read to its end, or cancelled by its reader. */
export function breakable(body: ReadableStream<Uint8Array>, over: () => void): Breakable {
  const reader = body.getReader();
  const broken = Promise.withResolvers<never>();
  // Nobody may be reading when it breaks.
  broken.promise.catch(() => undefined);
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await Promise.race([reader.read(), broken.promise]);
        if (!done) return controller.enqueue(value);
        controller.close();
        over();
      },
      cancel(reason) {
        // What the other thread says to it may never come.
        void reader.cancel(reason).catch(() => undefined);
        over();
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, breakOff: broken.reject };
}
