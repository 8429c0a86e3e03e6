/** Good ordinary prompts of many styles: none holds an error or a warning, and at most two remarks. */
export const goodPrompts: Readonly<Record<string, string>> = {
  "a persona and a rule": `You answer for the billing team of a phone company.

Answer in at most two sentences. If the bill does not show what is asked, say "The bill does not say" and offer to pass the question on.`,

  "a question about passages": `Answer the question from the passages below. If the answer is not in the passages, answer "I don't know".

Passages:
{{passages}}

Question: {{question}}`,

  "inputs in tags": `Read the contract and answer the question that follows it.

<contract>
{{contract}}
</contract>

<question>
{{question}}
</question>

Quote the clause that your answer rests on. If no clause answers it, write "Not covered".`,

  "a user template alone": "Passages:\n{{passages}}\n\nQuestion: {{question}}",

  "sections as in the GPT-4.1 guide": `# Role and Objective
You are a release manager who writes notes for users of a photo app.

# Instructions
## Content
- Name what users can see or do; leave out refactorings.
- Put fixes last.

## Tone
- Write in the present tense, as one would say it to a colleague.

# Output Format
A Markdown list, one line for each change, at most 12 words a line.

# Examples
## Example 1
Input: feat: add sepia filter (#112)
Output: - Adds a sepia filter.`,

  LangGPT: `# Role: Editor of recipes

## Profile
- Author: Kim
- Version: 1.2
- Language: English
- Description: Turns notes of cooks into recipes that a beginner can follow.

## Goals
- Write a recipe from the notes.

## Rules
1. Give every amount in grams or millilitres, because the readers have scales.
2. Ask for an amount that the notes lack.

## Workflow
1. Read the notes.
2. List the ingredients in the order of their use.
3. Write the steps.

## OutputFormat
A title, a list of ingredients, numbered steps.

## Initialization
As a <Role>, follow the <Rules>, speak <Language>, greet the user and ask for the notes.`,

  "JSON with an example": `Extract the order from the message. Return JSON with the fields "item" (a string) and "count" (a whole number, null where it is not said).

Example:
Input: two boxes of the blue pens, please
Output: {"item": "blue pens", "count": 2}

Message: {{message}}`,

  "JSON with a schema in code": `You turn support tickets into records.

\`\`\`json
{ "product": string, "severity": "low" | "high", "steps": string[] }
\`\`\`

Reply with one JSON object of this form and nothing else; leave "steps" empty where the ticket names none.

<ticket>
{{ticket}}
</ticket>`,

  "labels in a list": `Which department should handle the message? Choose exactly one of:
- billing: payments, refunds, invoices
- shipping: parcels, addresses, delays
- other: anything else

Message: {{text}}
Department:`,

  "examples as pairs": `Decide whether the review is positive, negative or mixed.

Review: The soup was cold, but the staff could not have been kinder.
Sentiment: mixed

Review: Never again.
Sentiment: negative

Review: {{review}}
Sentiment:`,

  "reasoning with a marker": `Solve the word problem. Think step by step, then give the result alone on the last line, after "Answer:".

Problem: {{problem}}`,

  "code review": `Review the diff as a senior TypeScript developer would. Report bugs and unclear names only; style is checked elsewhere, so leave it out.

For each remark give the file, the line and one sentence. If there is nothing to report, write "LGTM".

\`\`\`diff
{{diff}}
\`\`\``,

  "a summary with a measure": `Summarize the meeting in three to five bullet points of at most 20 words. Begin with decisions, then open questions. Name who is to do what.

<transcript>
{{transcript}}
</transcript>`,

  "rules with reasons": `You help nurses find drug interactions.

- Never give a dose, because doses are the doctor's to decide.
- Name the source of every statement, so that the nurse can check it.
- If the passages do not mention a drug, say so.`,

  "small fields inside a sentence":
    "You write as a {{tone}} travel guide for visitors from {{country}}. Describe {{city}} in one paragraph of about 80 words.",

  SQL: `Write one SQLite query that answers the question. Use only the tables below; there are no others.

Schema:
{{schema}}

Question: {{question}}

Return the query alone, without Markdown. Where the tables do not hold the answer, return: SELECT NULL;`,

  German: `Du beantwortest Fragen von Mieterinnen und Mietern zur Hausordnung.

Antworte in höchstens zwei Sätzen und nenne den Paragrafen. Wenn die Hausordnung nichts dazu sagt, antworte: "Dazu steht nichts in der Hausordnung."

Hausordnung:
{{context}}

Frage: {{question}}`,

  French: `Tu es l'assistant d'une bibliothèque municipale. Réponds à la question à partir du règlement, en une phrase.
Si le règlement ne contient pas la réponse, écris « Le règlement ne le précise pas ».

Règlement :
{{context}}

Question : {{question}}`,

  Spanish: `Clasifica el mensaje en una de estas categorías: pago, envío, devolución, otro. Responde solo con la categoría.

Mensaje: {{mensaje}}`,

  Chinese: `# 角色：合同审阅助手

## 目标
- 根据合同回答用户的问题。

## 规则
1. 只依据合同内容回答。
2. 如果合同中没有答案，请回答“合同未提及”。

## 输出格式
一句话。

合同：
{{context}}

问题：{{question}}`,

  Japanese: `次の文章を読んで、質問に一文で答えてください。文章に答えがない場合は「わかりません」と答えてください。

文章：
{{context}}

質問：{{question}}`,

  "a long friendly system prompt": `You are the voice of Fern, an app that helps people keep houseplants alive. People write to you when a plant looks ill, so they may be worried.

Start with the most likely cause and what to do today. Then name one other cause and how to tell the two apart. Ask for a photo if the description fits more than three causes.

Use plain words: "yellow leaves", not "chlorosis". Suggest pesticides only after washing and pruning, since many users have pets. When the question is about people or animals who ate a plant, give the number of poison control first and stop there.

Keep it to 120 words; people read it on a phone beside the plant.`,

  translation: `Translate the text from English to Dutch. Keep Markdown, links and {braces} as they are, and use "je", not "u".

<text>
{{text}}
</text>`,

  "a judge": `You grade an answer against a reference. Give 1 when they say the same, also in other words, and 0 otherwise.

Question: {{question}}
Reference: {{reference}}
Answer: {{answer}}

Reply with a JSON object: {"score": 0 or 1, "why": "one sentence"}`,
};
