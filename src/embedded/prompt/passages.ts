/** Finds the passages in a message, in the shapes that prompts usually have, and what is left beside them. */

export interface Passage {
  /** How the prompt names it: "2" for `[2]` or `<passage id="2">`; its place, from 1, where it has no name. */
  readonly label: string;
  /** Title line and text. */
  readonly text: string;
}

export interface Divided {
  readonly passages: readonly Passage[];
  /** The question as the message gives it; empty when it gives none. */
  readonly question: string;
  /** True when a heading or tag says that it is the question. */
  readonly marked: boolean;
  /** Everything else: instructions. */
  readonly rest: string;
}

const questionNames =
  "question|user question|customer question|q|query|problem|问题|問題|问|問|input|text|message|utterance|sentence|request|review|email|ticket|customer message|user message|输入|輸入|句子|文本";
const questionHeading = new RegExp(
  `^[ \\t]*(?:#{1,4}[ \\t]*(?:${questionNames})[ \\t]*[:：]?[ \\t]*$|\\**(?:${questionNames})\\**[ \\t]*[:：]\\**[ \\t]*)`,
  "gimu",
);
const passageNames =
  "context|contexts|passages?|documents?|sources?|background|reference|references|article|articles|paragraph|knowledge|knowledge base|excerpts?|search results|retrieved passages|段落|上下文|文章|资料|資料|文档|文檔|背景|参考资料|參考資料|材料";
const passageHeading = new RegExp(
  `^[ \\t]*(?:#{1,4}[ \\t]*(?:${passageNames})[ \\t]*\\d*[ \\t]*[:：]?[ \\t]*$|\\**(?:${passageNames})[ \\t]*\\d*\\**[ \\t]*[:：]\\**[ \\t]*)`,
  "imu",
);
const numbered =
  /^[ \t]*(?:\[(\d{1,3})\]|(?:passage|document|source|doc|段落|文档|资料)[ \t]*\[?(\d{1,3})\]?[ \t]*[:：.)]|#{1,4}[ \t]*(?:passage|document|source)[ \t]*(\d{1,3})[:：]?)[ \t]*/imu;
const answerHeading =
  /^[ \t]*(?:#{1,4}[ \t]*)?\**(?:answer|a|label|category|intent|class|output|response|verdict|json|答案|回答|答|标签|標籤|类别|類別)\**[ \t]*[:：]\**[ \t]*$/imu;
const tag = /<(passage|document|doc|source|chunk|excerpt|article|context|段落|文章)\b([^>]*)>([\s\S]*?)<\/\1>/giu;
const questionTag = /<(question|query|input|text|message|问题|問題)\b[^>]*>([\s\S]*?)<\/\1>/iu;
const fence = /^(```|"""|''')[^\n]*\n([\s\S]*?)\n?\1[ \t]*$/gm;

/** Divides a user message into passages, question and the rest; `asks` is false for a message that is known to hold no question. */
export function divide(message: string, asks = true): Divided {
  let text = message.replaceAll("\r\n", "\n");
  let question = "";
  const asked = questionTag.exec(text);
  if (asked !== null) {
    question = (asked[2] ?? "").trim();
    text = text.replace(asked[0], "\n\n");
  }
  const passages: Passage[] = [];
  const withoutTags = text.replace(tag, (_, _name: string, attributes: string, content: string) => {
    passages.push(...insideTag(content, attributes, passages.length));
    return "\n\n";
  });
  if (passages.length > 0) {
    const wrapper = withoutTags.replace(/<\/?(?:documents|passages|sources|contexts?|results)\b[^>]*>/gi, "\n");
    return finish(passages, question, wrapper.replace(passageHeading, ""));
  }
  if (!asks && question === "" && passagesStart(text) !== undefined) {
    const start = passagesStart(text);
    return { passages: blocksOf(text.slice(start)), question, marked: false, rest: text.slice(0, start).trim() };
  }
  return question === "" ? byHeadings(text) : { ...byHeadings(`${text.trimEnd()}\n\nQuestion: ${question}`) };
}

function finish(passages: readonly Passage[], question: string, text: string): Divided {
  if (question !== "") return { passages, question, marked: true, rest: text.trim() };
  return { passages, ...findQuestion(text) };
}

/** A tag may hold numbered passages, tags of its own, or plain text. */
function insideTag(content: string, attributes: string, before: number): Passage[] {
  const inner = [...content.matchAll(tag)];
  const beside = content
    .replace(tag, "")
    .replace(/<[^<>]*>/g, "")
    .trim();
  // A document's own <source> tag is no passage of its own.
  if (inner.length > 0 && beside.length < 20) {
    const found: Passage[] = [];
    for (const match of inner) found.push(...insideTag(match[3] ?? "", match[2] ?? "", before + found.length));
    return found;
  }
  const blocks = numberedBlocks(content);
  if (blocks.length > 0) return blocks;
  const label = /\b(?:id|index|n|number|label)\s*=\s*["']?([^"'\s>]+)/i.exec(attributes)?.[1] ?? String(before + 1);
  const title = /\btitle\s*=\s*(?:"([^"]*)"|'([^']*)')/i.exec(attributes);
  const text = content.replace(/<[^<>]{1,60}>/g, "\n").trim();
  return text === "" ? [] : [{ label, text: [title?.[1] ?? title?.[2], text].filter((t) => t !== undefined && t !== "").join("\n") }];
}

function byHeadings(text: string): Divided {
  const start = passagesStart(text);
  const question = lastQuestionHeading(text, start);
  if (start === undefined) return { passages: fenced(text), ...findQuestion(text.replace(fence, fenced(text).length > 0 ? "\n\n" : "$&")) };
  const before = text.slice(0, start);
  if (question === undefined) {
    const { head, last } = cutLastParagraph(text.slice(start));
    return { passages: blocksOf(head), question: last, marked: false, rest: before.trim() };
  }
  if (question > start) {
    const found = findQuestion(text.slice(question));
    return { passages: blocksOf(text.slice(start, question)), ...found, rest: `${before.trim()}\n\n${found.rest}`.trim() };
  }
  const found = findQuestion(before);
  return { passages: blocksOf(text.slice(start)), ...found };
}

/** Where the passages begin: the first heading that names them or the first `[1]` block; a lone heading "Text:" is no such place. */
function passagesStart(text: string): number | undefined {
  const heading = passageHeading.exec(text)?.index;
  const block = numbered.exec(text)?.index;
  if (heading === undefined) return block;
  return block === undefined ? heading : Math.min(heading, block);
}

/** The last heading wins, since passages may quote questions of their own; a full "Question:" wins over "Q:". */
function lastQuestionHeading(text: string, passages: number | undefined): number | undefined {
  const all = [...text.matchAll(questionHeading)].filter((m) => passages === undefined || m.index !== passages);
  const full = all.filter((m) => /question|query|问题|問題/i.test(m[0]));
  return (full.length > 0 ? full : all).at(-1)?.index;
}

function blocksOf(text: string): Passage[] {
  const blocks = numberedBlocks(text);
  if (blocks.length > 0) return blocks;
  const plain = text
    .replace(passageHeading, "")
    .replace(/^(?:```|"""|''')[^\n]*$/gm, "")
    .trim();
  return plain === "" ? [] : [{ label: "1", text: plain }];
}

function numberedBlocks(text: string): Passage[] {
  const marks = [...text.matchAll(new RegExp(numbered.source, "gimu"))];
  return marks
    .map((mark, i) => ({
      label: mark[1] ?? mark[2] ?? mark[3] ?? String(i + 1),
      text: text
        .slice(mark.index + mark[0].length, marks[i + 1]?.index ?? text.length)
        .replace(/^(?:```|"""|''')[^\n]*$/gm, "")
        .trim(),
    }))
    .filter((p) => p.text !== "");
}

function fenced(text: string): Passage[] {
  return [...text.matchAll(fence)]
    .map((match, i) => ({ label: String(i + 1), text: (match[2] ?? "").trim() }))
    .filter((p) => p.text !== "");
}

/** The question is what follows its heading, else the last paragraph that does not read like an instruction. */
function findQuestion(text: string): { readonly question: string; readonly marked: boolean; readonly rest: string } {
  const at = lastQuestionHeading(text, undefined);
  if (at !== undefined) {
    const heading = new RegExp(questionHeading.source, "imu").exec(text.slice(at))?.[0] ?? "";
    const body = text.slice(at + heading.length);
    const cut = answerHeading.exec(body)?.index ?? body.length;
    const paragraphs = paragraphsOf(body.slice(0, cut));
    const extra = paragraphs.filter((p, i) => i > 0 && isInstruction(p));
    const question = paragraphs.filter((p) => !extra.includes(p)).join("\n\n");
    return { question, marked: true, rest: [text.slice(0, at).trim(), ...extra].filter((p) => p !== "").join("\n\n") };
  }
  const paragraphs = paragraphsOf(text.replace(new RegExp(answerHeading.source, "gimu"), ""));
  if (paragraphs.length === 1) return oneParagraph(paragraphs[0] ?? "");
  let chosen = paragraphs.length - 1;
  while (chosen > 0 && isInstruction(paragraphs[chosen] ?? "")) chosen--;
  return { question: paragraphs[chosen] ?? "", marked: false, rest: paragraphs.filter((_, i) => i !== chosen).join("\n\n") };
}

/** Within one paragraph, lines that read like instructions are told from the question. */
function oneParagraph(text: string): { readonly question: string; readonly marked: boolean; readonly rest: string } {
  const lines = text.split("\n");
  const orders = lines.filter(isInstruction);
  if (orders.length === 0 || orders.length === lines.length) return { question: text, marked: false, rest: "" };
  return { question: lines.filter((line) => !orders.includes(line)).join("\n"), marked: false, rest: orders.join("\n") };
}

/** An order to the model: an imperative at its beginning, a list of labels, or "if …, say …". */
function isInstruction(text: string): boolean {
  return (
    /^\W*(?:please\s+)?(?:answer (?:with|in|only|using|the|exactly|as|from)|reply|respond|return|classify|choose|pick|use (?:only|the)|do not|don't|label(?:s|\b.*:)|categor(?:y|ies|ize|ise)|options?:|output|give (?:only|your|the answer)|write (?:a|only|your)|say\b|if (?:the|you|it|none|there)|only\b|cite\b|keep\b|format)/i.test(
      text,
    ) || /^\W*(?:请|請|回答时|只|如果|若|从以下|從以下|选择|選擇)/u.test(text)
  );
}

function paragraphsOf(text: string): string[] {
  return text
    .split(/\n[ \t]*\n/)
    .map((p) => p.trim())
    .filter((p) => p !== "");
}

function cutLastParagraph(text: string): { readonly head: string; readonly last: string } {
  const trimmed = text.replace(new RegExp(answerHeading.source, "gimu"), "").trimEnd();
  const at = trimmed.search(/\n[ \t]*\n(?![\s\S]*\n[ \t]*\n)/);
  return at < 0 ? { head: trimmed, last: "" } : { head: trimmed.slice(0, at), last: trimmed.slice(at).trim() };
}
