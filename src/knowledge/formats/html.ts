/** HTML: a file is a document. Headings and tables become Markdown, so that the chunker sees them; scripts and styles are dropped. */
import { decode } from "./decode.ts";
import type { Format } from "./format.ts";

export const html: Format = {
  extensions: [".html", ".htm", ".xhtml"],
  async read(bytes) {
    const { title, heading, text } = await readPage(decode(bytes).text);
    return { drafts: [{ title: title ?? heading, text }], faults: [] };
  },
};

export interface Page {
  /** What `<title>` and the first heading hold. */
  readonly title: string | undefined;
  readonly heading: string | undefined;
  readonly text: string;
}

/** The text of a page as a browser shows it. */
export async function readPage(content: string): Promise<Page> {
  // Loaded only where a document is HTML.
  const { Parser } = await import("htmlparser2");
  const page = pageWriter();
  const parser = new Parser(
    { onopentagname: page.open, onclosetag: page.close, ontext: page.write },
    { decodeEntities: true, lowerCaseTags: true, recognizeSelfClosing: false },
  );
  parser.end(content);
  return page.end();
}

const dropped = new Set(["script", "style", "template", "noscript", "svg", "iframe", "object", "select", "button"]);
const blocks = new Set(
  "address article aside blockquote body dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody tfoot thead tr ul".split(
    " ",
  ),
);
/** Blocks that stand apart by an empty line; the others only begin a new line. */
const apart = new Set("article blockquote dl figure h1 h2 h3 h4 h5 h6 hr ol p pre section table ul".split(" "));

/** Turns parser events into text: white space as a browser shows it, a block on lines of its own, list items and table rows as Markdown. */
function pageWriter() {
  const lines: string[] = [];
  const title: string[] = [];
  const heading: string[] = [];
  // The line in pieces: a line of millions of them would be copied with each one that is added to a string and looked at.
  let line: string[] = [];
  /** White space at the beginning of what comes next does not show. */
  let spaced = true;
  let silent = 0;
  let preformatted = 0;
  let table = newTable;
  /** Cells that are open, one in the other. */
  let cell = 0;
  /** A dash waits for the text of its item. */
  let item = false;
  let inTitle = false;
  let inHeading = false;

  const add = (piece: string) => {
    if (piece === "") return;
    line.push(piece);
    spaced = piece.endsWith(" ");
    item = false;
  };
  const space = () => add(spaced ? "" : " ");
  const endLine = () => {
    const whole = line.join("");
    if (whole.trim() !== "" || preformatted > 0) lines.push(whole.trimEnd());
    line = [];
    spaced = true;
  };
  const breakBlock = (tag: string) => {
    if (item) return;
    // A row of a table stays one line.
    if (cell > 0) return space();
    endLine();
    if (apart.has(tag) && lines.at(-1) !== "") lines.push("");
  };
  const endRow = () => {
    if (table.cells === 0) return;
    space();
    add("|");
    endLine();
    if (table.rows === 0 && table.heads === table.cells) lines.push(`|${" --- |".repeat(table.cells)}`);
    table = { rows: table.rows + 1, cells: 0, heads: 0 };
  };

  return {
    open(tag: string) {
      if (dropped.has(tag)) silent++;
      if (silent > 0) return;
      if (tag === "title") inTitle = true;
      else if (tag === "br") breakBlock(tag);
      else if (tag === "td" || tag === "th") {
        if (cell++ === 0) {
          space();
          add("| ");
          table = { ...table, cells: table.cells + 1, heads: table.heads + (tag === "th" ? 1 : 0) };
        } else space();
      } else if (blocks.has(tag)) {
        if (cell === 0) endRow();
        breakBlock(tag);
      }
      if (cell > 0) return;
      if (tag === "table") table = newTable;
      if (tag === "pre") preformatted++;
      if (tag === "li") {
        add("- ");
        item = true;
      }
      if (/^h[1-6]$/.test(tag)) {
        add(`${"#".repeat(Number(tag[1]))} `);
        inHeading = heading.length === 0;
      }
    },
    write(raw: string) {
      if (silent > 0) return;
      if (inTitle) {
        title.push(raw);
      } else if (preformatted > 0) {
        const [first = "", ...rest] = raw.split("\n");
        add(first);
        for (const next of rest) {
          endLine();
          add(next);
        }
      } else {
        const words = raw.replace(/[ \t\n\f\r]+/g, " ");
        const shown = spaced ? words.trimStart() : words;
        add(shown);
        if (inHeading) heading.push(shown);
      }
    },
    close(tag: string) {
      if (dropped.has(tag)) silent = Math.max(0, silent - 1);
      if (silent > 0) return;
      if (tag === "title") inTitle = false;
      if (tag === "td" || tag === "th") cell = Math.max(0, cell - 1);
      if (/^h[1-6]$/.test(tag)) inHeading = false;
      if (tag === "li" && item && cell === 0) {
        // An item without text.
        line.pop();
        item = false;
      }
      if (blocks.has(tag)) {
        if (cell === 0) endRow();
        breakBlock(tag);
      }
      if (tag === "pre" && cell === 0) preformatted = Math.max(0, preformatted - 1);
    },
    end() {
      endRow();
      endLine();
      return { title: some(title.join("")), heading: some(heading.join("")), text: lines.join("\n").trim() };
    },
  };
}

/** Rows so far, cells of the row at work, and how many of them are headings. */
const newTable = { rows: 0, cells: 0, heads: 0 };

function some(words: string): string | undefined {
  const trimmed = words.replace(/\s+/g, " ").trim();
  return trimmed === "" ? undefined : trimmed;
}
