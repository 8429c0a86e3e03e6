/** PDF: a file is a document with pages. What is set larger than the rest is a heading; scans hold no text and are refused. */
import { messageOf, UserError } from "../../errors.ts";
import type { Format, Reading } from "./format.ts";
import { blocksOf, headingsIn, type Line, linesIn } from "./pdf-lines.ts";

export const pdf: Format = {
  extensions: [".pdf"],
  kept: 1,
  async read(bytes) {
    if (!latin1(bytes.subarray(0, 1024)).includes("%PDF-"))
      throw new UserError("is no PDF, although its name says so; save it as PDF again");
    // A PDF ends with its mark; pdf.js reads what it can of one that does not, and what is missing would not show.
    if (!latin1(bytes.subarray(-2048)).includes("%%EOF")) throw new UserError("is cut off, its end is missing; save or download it again");
    const { pages, title, images } = await pagesOf(bytes);
    const blocks = blocksOf(pages);
    const begins: number[] = [];
    let text = "";
    for (const page of blocks) {
      if (text !== "" && page !== "") text += "\n\n";
      begins.push(text.length);
      text += page;
    }
    if (text.trim() === "") {
      const what = pages.length === 1 ? "its page is a scan or a drawing" : `its ${pages.length} pages are scans or drawings`;
      throw new UserError(`holds no text, ${what}; run OCR on it, or leave it out`);
    }
    const empty = images.filter((page) => blocks[page - 1] === "");
    return {
      drafts: [{ title: title ?? headingsIn(pages)[0], text, pages: begins }],
      faults: [],
      notes: empty.length === 0 ? [] : [scans(empty)],
    } satisfies Reading;
  },
};

/** The lines of each page, the title that the file gives itself, and the pages, from 1, that show an image where there is no text. */
async function pagesOf(bytes: Uint8Array) {
  // Loaded only where a document is a PDF.
  const { getDocumentProxy, getResolvedPDFJS } = await import("unpdf");
  const pages: (readonly Line[])[] = [];
  const images: number[] = [];
  try {
    // A copy, since what it is given is gone afterwards; silent, since standard output is not its own.
    const file = await getDocumentProxy(Uint8Array.from(bytes), { verbosity: 0 });
    try {
      for (let n = 1; n <= file.numPages; n++) {
        const page = await file.getPage(n);
        const { items } = await page.getTextContent();
        pages.push(linesIn(items));
        page.cleanup();
      }
      if (pages.some((lines) => lines.length > 0)) {
        const { OPS } = await getResolvedPDFJS();
        const shows = new Set<number>([
          OPS.paintImageXObject,
          OPS.paintInlineImageXObject,
          OPS.paintImageMaskXObject,
          OPS.paintImageXObjectRepeat,
        ]);
        for (const [i, lines] of pages.entries()) {
          if (lines.length > 0) continue;
          const { fnArray } = await (await file.getPage(i + 1)).getOperatorList();
          if (fnArray.some((operation) => shows.has(operation))) images.push(i + 1);
        }
      }
      return { pages, images, title: titleOf(await file.getMetadata().catch(() => undefined)) };
    } finally {
      await file.loadingTask.destroy();
    }
  } catch (error) {
    if (error instanceof Error && error.name === "PasswordException")
      throw new UserError("is encrypted; save it without a password", 2, { cause: error });
    throw new UserError(`is damaged (${messageOf(error)}); save or download it again`, 2, { cause: error });
  }
}

/** The title of the metadata, unless it is what a program put there for want of one. */
function titleOf(metadata: { readonly info: object } | undefined): string | undefined {
  const title: unknown = metadata !== undefined && "Title" in metadata.info ? metadata.info.Title : undefined;
  if (typeof title !== "string" || title.trim() === "") return undefined;
  return /^(untitled|microsoft \w+ - .*|.*\.\w{2,5})$/i.test(title.trim()) ? undefined : title;
}

function scans(pages: readonly number[]): string {
  const shown = pages.slice(0, 8).join(", ") + (pages.length > 8 ? ", …" : "");
  return pages.length === 1
    ? `page ${shown} is an image without text; run OCR on it`
    : `pages ${shown} are images without text; run OCR on them`;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
