/** Small PDF and Word files for tests, written by hand. */
import { crc32 } from "node:zlib";

/** A line of a page; 12 points high unless told. */
export type PdfLine = string | { readonly text: string; readonly size: number };

interface PdfOptions {
  readonly title?: string;
  /** Asks for a password that nobody knows. */
  readonly encrypted?: boolean;
}

/** A PDF with these lines on its pages, in Latin-1; a page "image" shows a picture of one dot and no text. */
export function pdfOf(pages: readonly (readonly PdfLine[] | "image")[], { title, encrypted = false }: PdfOptions = {}): Uint8Array {
  const objects: string[] = [];
  const add = (body: string): number => objects.push(body);
  const stream = (dictionary: string, content: string) => `<< ${dictionary} /Length ${content.length} >>\nstream\n${content}\nendstream`;
  add("<< /Type /Catalog /Pages 2 0 R >>");
  add("");
  const font = add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>");
  const image = add(stream("/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8", "x"));
  const kids = pages.map((lines) => {
    const content = add(stream("", lines === "image" ? "q 100 0 0 100 50 50 cm /Im0 Do Q" : textOf(lines)));
    return add(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${content} 0 R /Resources << /Font << /F1 ${font} 0 R >> /XObject << /Im0 ${image} 0 R >> >> >>`,
    );
  });
  objects[1] = `<< /Type /Pages /Count ${kids.length} /Kids [${kids.map((kid) => `${kid} 0 R`).join(" ")}] >>`;
  const info = title === undefined ? "" : ` /Info ${add(`<< /Title (${title}) >>`)} 0 R`;
  const key = `<${"00".repeat(32)}>`;
  const lock = encrypted ? ` /Encrypt ${add(`<< /Filter /Standard /V 1 /R 2 /O ${key} /U ${key} /P -4 >>`)} 0 R /ID [<00> <00>]` : "";
  let file = "%PDF-1.4\n";
  const offsets = objects.map((body, i) => {
    const at = file.length;
    file += `${i + 1} 0 obj\n${body}\nendobj\n`;
    return at;
  });
  const table = offsets.map((at) => `${String(at).padStart(10, "0")} 00000 n \n`).join("");
  const count = objects.length + 1;
  const trailer = `trailer\n<< /Size ${count} /Root 1 0 R${info}${lock} >>\nstartxref\n${file.length}\n%%EOF\n`;
  return Buffer.from(`${file}xref\n0 ${count}\n0000000000 65535 f \n${table}${trailer}`, "latin1");
}

/** The lines from the top of a page, each as far below the last as its height needs; an empty one leaves a gap. */
function textOf(lines: readonly PdfLine[]): string {
  let y = 800;
  return lines
    .map((line) => {
      const { text, size } = typeof line === "string" ? { text: line, size: 12 } : line;
      y -= size * 1.3;
      return text === "" ? "" : `BT /F1 ${size} Tf 1 0 0 1 50 ${y.toFixed(1)} Tm (${text.replace(/[\\()]/g, "\\$&")}) Tj ET`;
    })
    .join("\n");
}

/** A Word document with this body, in WordprocessingML. */
export function docxOf(body: string): Uint8Array {
  const xml = (content: string) => `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>${content}`;
  const office = "http://schemas.openxmlformats.org";
  return zipOf({
    "[Content_Types].xml": xml(
      `<Types xmlns="${office}/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`,
    ),
    "_rels/.rels": xml(
      `<Relationships xmlns="${office}/package/2006/relationships"><Relationship Id="rId1" Type="${office}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`,
    ),
    "word/styles.xml": xml(
      `<w:styles xmlns:w="${office}/wordprocessingml/2006/main"><w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/></w:style><w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/></w:style></w:styles>`,
    ),
    "word/_rels/document.xml.rels": xml(
      `<Relationships xmlns="${office}/package/2006/relationships"><Relationship Id="rId1" Type="${office}/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>`,
    ),
    "word/document.xml": xml(`<w:document xmlns:w="${office}/wordprocessingml/2006/main"><w:body>${body}</w:body></w:document>`),
  });
}

/** A paragraph for `docxOf`, in a style by its id. */
export function paragraph(text: string, style?: string): string {
  const properties = style === undefined ? "" : `<w:pPr><w:pStyle w:val="${style}"/></w:pPr>`;
  return `<w:p>${properties}<w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`;
}

/** A table for `docxOf`, its first row repeated as a heading. */
export function table(rows: readonly (readonly string[])[]): string {
  const cell = (text: string) => `<w:tc>${paragraph(text)}</w:tc>`;
  const row = (cells: readonly string[], i: number) =>
    `<w:tr>${i === 0 ? "<w:trPr><w:tblHeader/></w:trPr>" : ""}${cells.map(cell).join("")}</w:tr>`;
  return `<w:tbl>${rows.map(row).join("")}</w:tbl>`;
}

/** A ZIP archive without compression. */
function zipOf(files: Readonly<Record<string, string>>): Uint8Array {
  const entries: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const [path, data] = [Buffer.from(name), Buffer.from(content)];
    const about = Buffer.alloc(26);
    about.writeUInt16LE(20, 0);
    about.writeUInt32LE(crc32(data), 10);
    about.writeUInt32LE(data.length, 14);
    about.writeUInt32LE(data.length, 18);
    about.writeUInt16LE(path.length, 22);
    const entry = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), about, path, data]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    // The central directory repeats what stands before each file, and says where that is.
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x00", "latin1"), about, place, path]));
    entries.push(entry);
    offset += entry.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...entries, central, Buffer.from("PK\x05\x06", "latin1"), end]);
}
