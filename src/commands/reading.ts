/** Shows on stderr how far long reading has come. */
import { clip } from "../report/layout.ts";
import { forTerminal } from "../report/escape.ts";
import type { ReadingProgress } from "../knowledge/documents.ts";
import { type CommonFlags, widthOf } from "./output.ts";

/** Milliseconds that reading takes before it is shown at all, and between two times that it is shown. */
const QUICK = 1000;
const REDRAW = 200;
const PLAIN = 5000;

/** Hands to the work what is to be told of its progress: one line that is drawn anew on a terminal, some lines elsewhere. */
export async function whileReading<T>(
  flags: Pick<CommonFlags, "quiet">,
  work: (progress: ((reading: ReadingProgress) => void) | undefined) => Promise<T>,
): Promise<T> {
  if (flags.quiet === true) return await work(undefined);
  const { stderr } = process;
  const live = stderr.isTTY && process.env["TERM"] !== "dumb" && process.env["CI"] === undefined;
  const began = Date.now();
  let now: ReadingProgress | undefined;
  let shown = 0;
  const show = () => {
    const time = Date.now();
    if (now === undefined || now.done === now.total || time - began < QUICK || time - shown < (live ? REDRAW : PLAIN)) return;
    shown = time;
    const line = forTerminal(`reading documents: ${now.done} of ${now.total}  ${now.file}`);
    stderr.write(live ? `\r\u001B[K${clip(line, widthOf(stderr) - 1)}` : `${line}\n`);
  };
  // A single large file tells nothing until it is read.
  const ticking = setInterval(show, REDRAW);
  ticking.unref();
  try {
    return await work((reading) => {
      now = reading;
      show();
    });
  } finally {
    clearInterval(ticking);
    if (shown > 0) {
      if (live) stderr.write("\r\u001B[K");
      else if (now?.done === now?.total) stderr.write(`read ${now?.total} files in ${Math.round((Date.now() - began) / 1000)} s\n`);
    }
  }
}
