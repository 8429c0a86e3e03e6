/** Word documents: a file is a document, read as the HTML that mammoth makes of it; headings, lists and tables are kept. */
import { messageOf, UserError } from "../../errors.ts";
import type { Format } from "./format.ts";
import { readPage } from "./html.ts";

export const docx: Format = {
  extensions: [".docx"],
  kept: 1,
  async read(bytes) {
    if (startsWith(bytes, OLE)) throw new UserError("is encrypted, or an old .doc under a new name; save it as .docx without a password");
    if (!startsWith(bytes, ZIP)) throw new UserError("is no Word document, although its name says so; save it as .docx again");
    // Loaded only where a document is a Word document.
    const { default: mammoth } = await import("mammoth");
    let page: string;
    try {
      const buffer = Buffer.from(bytes);
      page = (await mammoth.convertToHtml({ buffer }, { styleMap, convertImage: mammoth.images.imgElement(async () => ({ src: "" })) }))
        .value;
    } catch (error) {
      throw new UserError(`is cut off or damaged (${messageOf(error).split("\n")[0]}); save or download it again`, 2, { cause: error });
    }
    const { title, heading, text } = await readPage(page);
    return { drafts: [{ title: title ?? heading, text }], faults: [] };
  },
};

/** Beside mammoth's own, which know the headings 1 to 6. */
const styleMap = ["p[style-name='Title'] => h1:fresh", "p[style-name='Subtitle'] => p:fresh"];
const OLE = [0xd0, 0xcf, 0x11, 0xe0];
const ZIP = [0x50, 0x4b];

function startsWith(bytes: Uint8Array, mark: readonly number[]): boolean {
  return mark.every((byte, i) => bytes[i] === byte);
}
