/** HTML: a file is a document. Headings become Markdown headings, so that the chunker sees them; scripts and styles are dropped. */
import type { Format } from "./format.ts";

export const html: Format = {
  extensions: [".html", ".htm"],
  async read(content) {
    // Loaded only where a document is HTML.
    const { Parser } = await import("htmlparser2");
    const page = pageWriter();
    const parser = new Parser(
      { onopentagname: page.open, onclosetag: page.close, ontext: page.write },
      { decodeEntities: true, lowerCaseTags: true, recognizeSelfClosing: false },
    );
    parser.end(content);
    const { title, heading, text } = page.end();
    return { drafts: [{ title: title ?? heading, text }], faults: [] };
  },
};

const dropped = new Set(["script", "style", "template", "noscript", "svg", "iframe", "object", "select", "button"]);
const blocks = new Set(
  "address article aside blockquote body dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody tfoot thead tr ul".split(
    " ",
  ),
);
/** Blocks that stand apart by an empty line; the others only begin a new line. */
const apart = new Set("article blockquote dl figure h1 h2 h3 h4 h5 h6 hr ol p pre section table ul".split(" "));

/** Turns parser events into text: white space as a browser shows it, a block on lines of its own, a list item after a dash. */
function pageWriter() {
  const lines: string[] = [];
  let line = "";
  let title = "";
  let heading = "";
  let silent = 0;
  let preformatted = 0;
  let cell = 0;
  let inTitle = false;
  let inHeading = false;

  const endLine = () => {
    if (line.trim() !== "" || preformatted > 0) lines.push(line.trimEnd());
    line = "";
  };
  const breakBlock = (tag: string) => {
    // A row of a table stays one line, and a dash waits for the text of its item.
    if (cell > 0 || line === "- ") return;
    endLine();
    if (apart.has(tag) && lines.at(-1) !== "") lines.push("");
  };

  return {
    open(tag: string) {
      if (dropped.has(tag)) silent++;
      if (silent > 0) return;
      if (tag === "title") inTitle = true;
      else if (tag === "br" && cell === 0) endLine();
      else if (tag === "td" || tag === "th") {
        if (line !== "") line = `${line.trimEnd()} | `;
        cell++;
      } else if (blocks.has(tag)) breakBlock(tag);
      if (tag === "pre") preformatted++;
      if (tag === "li") line += "- ";
      if (/^h[1-6]$/.test(tag)) {
        line += `${"#".repeat(Number(tag[1]))} `;
        inHeading = heading === "";
      }
    },
    write(raw: string) {
      if (silent > 0) return;
      if (inTitle) {
        title += raw;
      } else if (preformatted > 0) {
        const [first = "", ...rest] = raw.split("\n");
        line += first;
        for (const next of rest) {
          endLine();
          line = next;
        }
      } else {
        const words = raw.replace(/[ \t\n\f\r]+/g, " ");
        const addition = line === "" || line.endsWith(" ") ? words.trimStart() : words;
        line += addition;
        if (inHeading) heading += addition;
      }
    },
    close(tag: string) {
      if (dropped.has(tag)) silent = Math.max(0, silent - 1);
      if (silent > 0) return;
      if (tag === "title") inTitle = false;
      if (tag === "td" || tag === "th") cell = Math.max(0, cell - 1);
      if (/^h[1-6]$/.test(tag)) inHeading = false;
      if (blocks.has(tag)) breakBlock(tag);
      if (tag === "pre") preformatted = Math.max(0, preformatted - 1);
    },
    end() {
      endLine();
      return { title: some(title), heading: some(heading), text: lines.join("\n").trim() };
    },
  };
}

function some(words: string): string | undefined {
  const trimmed = words.replace(/\s+/g, " ").trim();
  return trimmed === "" ? undefined : trimmed;
}
