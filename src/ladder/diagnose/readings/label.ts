import { plain } from "../../../program/text.ts";
import { isRefusal, wordsOf } from "../answers.ts";
import type { Reading } from "./reading.ts";

/**
 * The one known label that stands on a line of its own, or else in the answer, whatever is said around it; none where it names several. Which label the case
 * expects plays no part. Labels that are words of every sentence ("no") count only where the answer begins or ends with them.
 *
 *     "I would file this under 'Refund request', as …" with labels refund_request, complaint -> "refund_request"
 */
const label: Reading = {
  name: "as the one label that it names",
  read(answer, _kase, { labels = [] }) {
    const lines = answer.split("\n").map((line) => plain(line));
    const alone = labels.filter((one) => lines.includes(plain(one)));
    if (alone.length > 0) return alone.length === 1 ? alone : [];
    const words = wordsOf(answer);
    if (isRefusal(answer) && words.length > 3) return [];
    let text = ` ${words.join(" ")} `;
    const edges = [words[0], words.at(-1)];
    const found: string[] = [];
    // The longest first, each taken out, so that "not urgent" does not name "urgent".
    for (const one of labels.toSorted((a, b) => b.length - a.length)) {
      const wanted = plain(one);
      const there = wanted !== "" && (SHORT.test(wanted) ? edges.includes(wanted) : ` ${text} `.includes(` ${wanted} `));
      if (there) found.push(one);
      if (there) text = text.replaceAll(` ${wanted} `, " | ");
    }
    return found.length === 1 ? found : [];
  },
};
export default label;

const SHORT = /^(?:[\p{Script=Latin}\d]{1,2}|yes|true|false|none|other|unknown|nein|oui|non|neutral)$/u;
