/** What a line of a prompt says about the lines below it: `## Context`, `Question:`, `**Answer:**`, `=== DOCUMENTS ===`. */

/** `text` is what is to be labelled; `answer` is where the reply goes, or stands in an example. */
type HeadingKind = "passages" | "question" | "text" | "answer" | "instructions" | "examples" | "claims";

export interface Heading {
  readonly kind: HeadingKind;
  /** The word that names it, in lower case, without a number. */
  readonly name: string;
  /** How it is written: "#", "##", …, "**", "==", "[]", ":" or "caps". */
  readonly style: string;
  /** What stands on the same line after it. */
  readonly rest: string;
}

const nouns: Readonly<Record<HeadingKind, string>> = {
  passages:
    "contexts?|passages?|documents?|docs|sources?|background|references?|articles?|paragraphs?|knowledge(?: base)?|excerpts?|snippets?|search results?|results|facts|段落|上下文|文章|资料|資料|文档|文檔|背景|参考资料|參考資料|参考文档|已知信息|检索结果|材料|文書|本文|コンテキスト|コンテクスト|지문|문맥|문서|본문|контекст|документы?|отрывки?|kontext|textstellen?|dokumente?|documento[si]?|documenti|auszug|contexte|contexto|contesto|passagen|passagem|passagens",
  question: "questions?|query|q|problem|问题|問題|提问|问|問|質問|질문|вопрос|frage|pregunta|pergunta|domanda|vraag",
  text: "input|text|user|human|message|utterance|sentence|request|review|e-?mail|ticket|tweet|comment|feedback|post|headline|输入|輸入|句子|文本|评论|消息|nachricht|eingabe|texte|texto|testo|tekst|текст",
  answer:
    "answer|a|label|category|intent|class|output|response|reply|verdict|json|sentiment|result|prediction|assistant|ai|bot|passage that answers|答案|回答|答|标签|標籤|类别|類別|输出|輸出|antwort|réponse|respuesta|risposta|resposta|antwoord",
  instructions:
    "instructions?|rules?|guidelines?|tasks?|requirements?|output format|response format|answer format|format|constraints|notes?|important|anweisungen|aufgabe|regeln|要求|规则|規則|指令|任务",
  examples: "examples?|demonstrations?|few-shot examples|示例|例子|beispiele?",
  claims: "claims?|statements?|断言|陈述|陳述|声明",
};

const before =
  "(?:here (?:is|are) )?(?:the |my |your |this |some )?(?:(?:retrieved|relevant|provided|following|given|supporting|search|user|user['’]s|customer|customer['’]s|new|current|original|final|helpful|short|incoming|reference|source) )*";
const after = "(?: (?:information|text|passages|documents|snippets|below))?(?: ?\\([^()\\n]{1,60}\\))?";

const kinds = (Object.keys(nouns) as HeadingKind[]).map((kind) => ({
  kind,
  pattern: new RegExp(`^${before}(${nouns[kind]})${after}(?: ?#?\\d{1,3})?$`, "iu"),
}));

/** The heading that a line is, if any. */
export function headingOf(line: string): Heading | undefined {
  const text = line.trim();
  if (text === "") return undefined;
  const hashes = /^#{1,6}/.exec(text)?.[0];
  if (hashes !== undefined) {
    const words = text
      .slice(hashes.length)
      .replace(/(?<!#)#+$/, "")
      .trim()
      .replace(/^\*\*|\*\*$/g, "");
    return plainHeading(words.replace(/\*\*([:：])/u, "$1"), hashes) ?? named(words, hashes, "");
  }
  const bold = /^\*\*([^*]{1,60})\*\*\s*[:：]?\s*(.*)$/su.exec(text);
  if (bold !== null) return named((bold[1] ?? "").replace(/\s*[:：]$/u, ""), "**", bold[2] ?? "");
  const ruled = /^[=~-]{2,}\s{0,9}([^=~-]{1,60}?)\s{0,9}[=~-]{2,}$/u.exec(text);
  if (ruled !== null) return named(ruled[1] ?? "", "==", "");
  const bracket = /^[[【]\s{0,9}([\p{L} ]{1,40}?)\s{0,9}[\]】]\s*[:：]?\s*(.*)$/su.exec(text);
  if (bracket !== null) return named(bracket[1] ?? "", "[]", bracket[2] ?? "");
  if (/^[\p{Lu} ]{4,40}$/u.test(text)) {
    const capitals = named(text, "caps", "");
    if (capitals !== undefined) return capitals;
  }
  return plainHeading(text.replace(/^(?:[-*•]|\d{1,2}[.)])\s+(?=\p{L})/u, ""), ":");
}

/** A line that only draws a line. */
export function isRule(line: string): boolean {
  return /^\s*(?:[-=_*~#]\s*){3,}$/.test(line);
}

function plainHeading(text: string, style: string): Heading | undefined {
  const at = text.search(/[:：]/u);
  return at < 1 || at > 80 ? undefined : named(text.slice(0, at).trim(), style, text.slice(at + 1).trim());
}

/** Characters of a heading with all that may stand before and behind its name. */
const longestName = 240;

function named(words: string, style: string, rest: string): Heading | undefined {
  if (words.length > longestName) return undefined;
  for (const { kind, pattern } of kinds) {
    const match = pattern.exec(words);
    if (match === null) continue;
    const name = (match[1] ?? "").toLowerCase();
    // A single letter is a heading only as "Q:".
    if (name.length === 1 && style !== ":" && /[a-z]/.test(name)) return undefined;
    return { kind, name, style, rest };
  }
  return undefined;
}
