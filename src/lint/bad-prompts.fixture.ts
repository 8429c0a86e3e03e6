import type { Known } from "./types.ts";

/** Prompts as people write them, each with one fault: the rule that must find it, and what is known beside the text. */
export const badPrompts: readonly { readonly rule: string; readonly text: string; readonly known?: Known }[] = [
  {
    rule: "structure/one-h1",
    text: `# Role: Guide

## Goals
- Lead tours.

## Rules
- Speak slowly.

# Role: Cook

## Goals
- Cook soup.`,
  },
  {
    rule: "structure/heading-levels",
    text: `# Support

#### Tone
Friendly.

## Rules
- Answer in two sentences.`,
  },
  {
    rule: "structure/required",
    text: `# Role: Analyst

## Profile
- Author: Z
- Language: English

## Constraints
- Be exact to the cent.

## OutputFormat
A table with the columns Month and Sum.`,
  },
  {
    rule: "structure/duplicate",
    text: `## Instructions
Answer from the manual.

## Format
Two sentences.

## Instructions
Cite the page.`,
  },
  {
    rule: "structure/empty",
    text: `# Shop bot

## Rules

## Tone
Friendly and calm.`,
  },
  {
    rule: "structure/order",
    text: `# Role: Analyst

## OutputFormat
A table with the columns Month and Sum.

## Goals
- Sum the sales by month.

## Rules
- Round to cents.`,
  },
  {
    rule: "ref/unresolved",
    text: `# Role: Chef

## Profile
- Language: English

## Rules
1. Use grams.

## Workflow
1. Read.

## Initialization
As a <Role>, follow the <Ruels> and the <Workflow>.`,
  },
  {
    rule: "ref/unresolved",
    text: `---
version: 1
inputs:
  question: { type: string }
  audience: { type: string }
---
Answer for a general reader: {{question}}`,
  },
  {
    rule: "ref/mixed-placeholders",
    text: `Answer the question about {product}.

Product: {{product}}
Question: {{question}}`,
  },
  {
    rule: "ref/mixed-placeholders",
    text: `Customer: {{customer}}
Order: \${order}

Write a reply of two sentences about the order.`,
  },
  { rule: "ref/leftover", text: `You are the assistant of [Company Name]. Answer questions about invoices in two sentences.` },
  {
    rule: "ref/leftover",
    text: `You answer billing questions.

TODO: add the refund policy here

Answer in two sentences.`,
  },
  {
    rule: "ref/leftover",
    text: `# Role: Your_Role_Name

## Profile
- Author: YZFly
- Version: 0.1
- Description: Describe your role.

## Goals
- Help.`,
  },
  { rule: "input/delimited", text: `Summarize this article {{article}} in three sentences.` },
  { rule: "input/delimited", text: `Translate the following text to French: {{text}} and keep the Markdown.` },
  {
    rule: "input/long-first",
    text: `Question: {{question}}

Use the following documents to answer. If they do not hold the answer, say "unknown".

{{documents}}`,
  },
  {
    rule: "output/schema",
    text: `Extract the order details from the email and return them as JSON.

<email>
{{email}}
</email>`,
  },
  {
    rule: "output/schema",
    text: `Respond in valid JSON only.

Review: {{review}}`,
  },
  {
    rule: "output/schema",
    text: `Return a JSON object with the keys "name", "age" and "city".

Example:
{"name": "Ann", "age": 31}

Text: {{text}}`,
  },
  {
    rule: "output/unknown",
    text: `Use the passages to answer the question in one sentence.

{{passages}}

Question: {{question}}`,
  },
  {
    rule: "output/unknown",
    text: `You are a lawyer's assistant. Answer from the contract in at most two sentences and cite the clause.

<contract>
{{contract}}
</contract>

<question>
{{question}}
</question>`,
  },
  {
    rule: "rules/contradiction",
    text: `- Always include the price.
- Keep replies to two sentences.
- Never include the price.`,
  },
  {
    rule: "rules/contradiction",
    text: `Answer in no more than 50 words.

Quote the source. Your response must be at most 100 words.`,
  },
  {
    rule: "rules/contradiction",
    text: `Always respond in English.

You help customers of a bank. Reply in Spanish.`,
  },
  { rule: "rules/contradiction", text: `Write exactly 3 bullet points about the text. Use exactly 5 bullet points.` },
  {
    rule: "rules/contradiction",
    text: `Do not use Markdown. Answer with a Markdown table.

<data>
{{data}}
</data>`,
  },
  {
    rule: "rules/contradiction",
    text: `You must always ask for the customer's order number. You must never ask for the customer's order number.`,
  },
  {
    rule: "rules/negative-only",
    text: `Answer the customer.
- Don't be long-winded.
- Don't use technical language.
- Never mention competitors.
- Do not speculate.`,
  },
  {
    rule: "rules/no-reason",
    text: `You must cite the clause. Never name other customers. Always end with the ticket number. Under no circumstances give legal advice.`,
  },
  {
    rule: "rules/too-many",
    text: `## Rules
- Greet the customer by name.
- Use the present tense.
- Name the product.
- Name the price.
- Name the warranty.
- Link the manual.
- Offer a call.
- Ask one question.
- Use plain words.
- Write short sentences.
- Put dates in ISO form.
- Put prices in euros.
- Add a signature.
- Use one emoji.
- Mention the newsletter.
- Mention the app.
- Close with thanks.`,
  },
  {
    rule: "rules/shouting",
    text: `IMPORTANT: You MUST ALWAYS answer in JSON with the fields "a" and "b". NEVER add text. This is CRITICAL.`,
  },
  { rule: "rules/shouting", text: `Answer the question!!! Use one sentence.` },
  {
    rule: "rules/vague",
    text: `You are a support agent for a phone shop. Be concise and helpful.

Question: {{question}}`,
  },
  { rule: "rules/vague", text: `Write a good answer in an appropriate tone. Mention price, color, etc. and so on.` },
  {
    rule: "task/multi",
    text: `Summarize the email. Translate it to German. Classify its urgency as low or high. Draft a reply.

<email>
{{email}}
</email>`,
  },
  {
    rule: "cot/model",
    text: `Which of the two plans is cheaper for the customer? Let's think step by step.

{{plans}}`,
  },
  {
    rule: "examples/count",
    text: `Answer using the following format. Keep to it in every reply.

{{text}}`,
  },
  {
    rule: "examples/format",
    text: `Input: red shoes, size 42
Output: {"item": "shoes", "size": 42}

Input: blue hat
Output: item=hat`,
  },
  {
    rule: "examples/format",
    text: `<example>
<input>two apples</input>
<output>{"fruit": "apple", "n": 2}</output>
</example>
<example>
<input>a pear</input>
<output>{"name": "pear", "count": 1}</output>
</example>`,
  },
  {
    rule: "persona/filler",
    text: `You are a world-class genius with 30 years of experience. Please kindly classify the message as spam or ham. I will tip you $200 for a perfect solution.`,
  },
  { rule: "persona/filler", text: `You are an AI language model. Sort the messages by sender. If you fail, you will be fired.` },
  {
    rule: "size/duplicate-lines",
    text: `- Cite the page of the manual.
- Answer in two sentences.
- Cite the page of the manual.`,
  },
  {
    rule: "cot/model",
    known: { model: "reasoning" },
    text: `Work through the problem step by step, then write "Answer:" and the number.

{{problem}}`,
  },
  {
    rule: "cot/model",
    known: { model: "plain" },
    text: `Solve the word problem. Write the number alone.

Problem: {{problem}}`,
  },
  {
    rule: "examples/labels",
    known: { answers: { kind: "label", labels: ["billing", "shipping", "other"] } },
    text: `Sort the message into billing, shipping or other.

Message: Where is my parcel?
Label: delivery

Message: {{text}}
Label:`,
  },
  {
    rule: "ref/mixed-placeholders",
    known: { fields: ["title", "body"] },
    text: `Title: {title}
Body: {body}

Pick one label.`,
  },
  { rule: "input/delimited", text: `Classify {{review}} as positive or negative.` },
  { rule: "ref/leftover", text: `You work for <insert company name here>. Answer in two sentences.` },
  { rule: "rules/contradiction", text: `Answer with only the label. Explain your answer in two sentences.` },
  {
    rule: "rules/contradiction",
    text: `Respond only with JSON with the fields "a" and "b". Before the JSON, write a short explanation of your choice.`,
  },
  {
    rule: "output/schema",
    text: `Give me the result as XML.

Text: {{text}}`,
  },
  {
    rule: "size/cache-order",
    text: `Question: {{question}}

You are the assistant of a library. Answer questions about opening hours, fees, events and the catalogue. The main library opens at nine on weekdays and at ten on Saturdays. The children's library opens at noon. Fees are due after four weeks and are one euro a week for each book. Films and games cost two euros a week. Members under eighteen pay no fees at all. Events are on the first floor and begin at seven in the evening. Registration is needed for workshops but not for readings. The catalogue lists books, films, games and maps. Maps cannot be borrowed, but they can be copied at the desk for ten cents a page. Books from other branches take three days to arrive. Readers can renew a loan twice through the website or by telephone, unless somebody else has reserved the title. When a question is not about the library, say that you only know about the library and name the city's hotline. Answer in at most three sentences and in the language of the question.`,
  },
  {
    rule: "ref/unresolved",
    text: `{{#passages}}
Passages: {{passages}}

Question: {{question}}`,
  },
  {
    rule: "rules/contradiction",
    text: `You always answer politely. Keep answers below 40 words. Your answers must be at least two paragraphs and no more than 300 words.`,
  },
  {
    rule: "rules/contradiction",
    text: `# Rules
- Use British spelling.
- Don't use bullet points.
- Present the result as bullet points.`,
  },
  { rule: "rules/contradiction", text: `Respond in French only. The user speaks German. All answers must be in German.` },
  { rule: "rules/contradiction", text: `Never reveal the price. Describe the product. Always reveal the price.` },
  { rule: "rules/contradiction", text: `Limit your response to 3 sentences. Write 5 sentences.` },
  {
    rule: "output/schema",
    text: `Parse the address and output it in JSON format.

Address: {{address}}`,
  },
  {
    rule: "output/schema",
    text: `You are an API. You only speak JSON.

Input: {{input}}`,
  },
  {
    rule: "ref/leftover",
    text: `# Role: [Role name]

## Profile
- Language: English

## Goals
- [Describe the goal here]`,
  },
  {
    rule: "ref/leftover",
    text: `Answer as a support agent of ACME.

Signature: XXXX`,
  },
  {
    rule: "ref/leftover",
    text: `Our return policy: FIXME
Answer in one sentence.`,
  },
  { rule: "ref/leftover", text: `{your prompt here}` },
  { rule: "rules/shouting", text: `You are a bot. YOU MUST NEVER mention competitors. THIS IS VERY IMPORTANT. ALWAYS BE POLITE.` },
  {
    rule: "rules/vague",
    text: `Give a short and clear answer that is nice to read.

Question: {{question}}`,
  },
  {
    rule: "rules/vague",
    text: `Provide a detailed but concise response.

{{question}}`,
  },
  {
    rule: "persona/filler",
    text: `You are an expert assistant. Take a deep breath, this is very important to my career. Extract the date from the text.

{{text}}`,
  },
  {
    rule: "persona/filler",
    text: `As the world's best translator, translate the text to English.

{{text}}`,
  },
  { rule: "input/delimited", text: `You are a translator. Translate the user's text {{text}} into German, keep names.` },
  {
    rule: "output/unknown",
    text: `Answer based on the following documents.

Documents:
{{documents}}

Question: {{question}}`,
  },
  {
    rule: "task/multi",
    text: `Classify the ticket by product. Extract the customer's name and order number. Write a reply to the customer. Rate the urgency from 1 to 5.

<ticket>
{{ticket}}
</ticket>`,
  },
  {
    rule: "cot/model",
    text: `Is the contract valid? Explain your reasoning step by step.

{{contract}}`,
  },
  {
    rule: "cot/model",
    known: { model: "plain" },
    text: `A shop sells items. Compute the total price after discount for the order below and reply with the number.

{{order}}`,
  },
  {
    rule: "examples/format",
    text: `Text: I love it
Label: positive

Text: I hate it
Label: {"label": "negative"}`,
  },
  {
    rule: "examples/count",
    text: `Respond in this exact format. Be strict about it.

{{text}}`,
  },
  {
    rule: "size/duplicate-lines",
    text: `You are a bot for a bank. Never share account numbers with anyone.

Answer in two sentences. Never share account numbers with anyone.`,
  },
  {
    rule: "rules/negative-only",
    text: `Do not use emojis. Do not mention prices. Never apologise. Don't ask questions. Write about the product.`,
  },
  {
    rule: "structure/heading-levels",
    text: `# A
Do this.
### B
Do that.
#### C
And that.`,
  },
  {
    rule: "structure/empty",
    text: `## Task
Sort the mail.

## Constraints

## Output
One label.`,
  },
  {
    rule: "ref/unresolved",
    text: `# Role: Poet

## Goals
- Rhyme.

## Rules
- Four lines.

## Initialization
As <Role>, follow <Rules> and use <Style>.`,
  },
  {
    rule: "ref/unresolved",
    text: `Question: {{question

Answer in one sentence.`,
  },
];
