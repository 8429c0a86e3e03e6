/** Tells orders to the model from what the user asks. */

const start =
  "answer|reply|respond|classify|choose|pick|select|label|categori[sz]e|assign|decide|determine|identify|extract|cite|quote|format|output|use (?:only|the|these|this|one|no|at most|as few|a|your|json|exact)|do not|don['’]t|never|always|give (?:only|your|the answer|the label|a|an|just|one|me)|write (?:only|your|the answer|dates?|a|an)|return (?:only|just|exactly|one|a|an|the (?:label|answer|category|class|name|json|result|string|exact|word|number)|json|[\"“`'{])|say (?:[\"“`']|so\\b|exactly|that you)|keep (?:the|your|it|answers?)|only (?:answer|use|return|output|reply|respond|give|write|say|the)|be (?:brief|concise|short|precise)|just (?:answer|give|say|the)|no (?:explanation|extra|other|preamble|more)|you (?:are|will|must|should|may|can|have)|your (?:task|job|answer|reply|response|output)|i (?:want|need) you to|based (?:only )?on|using (?:only )?the|given the|according to the|from the (?:context|passages?|documents?|text)|read the|think|explain|first,? |then,? |finally|label(?:s|\\b.*:)|categor(?:y|ies)\\b|(?:allowed |possible )?(?:labels|options|categories|answers)\\b.*:|the (?:answer|labels?|categories|output|reply|response) (?:is|are|must|should|has)|copy|translate|summari[sz]e|limit|include|provide|stick to|ensure|make sure|in (?:one|a single|at most|no more)|maximum|at most|one (?:word|of)";
const english = new RegExp(`^(?:please,? |kindly |now,? |also,? |and |but |then,? |note: )*(?:${start})`, "i");
const conditional =
  /^(?:please,? )?(?:if|when|whenever|where|unless|otherwise|in case|should)\b.{0,200}\b(?:say|answer|reply|respond|write|output|return|choose|use|give|state|set|admit|tell|leave|label|classify)\b/i;
const others =
  /^(?:请(?!问)|請(?!問)|回答时|回答時|只|仅|僅|如果|若|从以下|從以下|选择|選擇|不要|用一|根据|根據|你是|antworte|beantworte|wenn|falls|nutze|verwende|gib |sag |nenne|du bist|réponds|répondez|si |utilise|responde|contesta|usa |use apenas|rispondi|se |als |antwoord)/iu;

/** An order to the model: an imperative, "if …, say …", a list of labels; a question is none. */
export function isOrder(sentence: string): boolean {
  const text = sentence.replace(/^[\s\p{P}\p{S}\d]+(?=[\p{L}"“])/u, (mark) => (/["“]$/u.test(mark) ? mark : "")).trim();
  if (text === "" || /[?？]["”)]?$/u.test(text)) return false;
  return english.test(text) || conditional.test(text) || others.test(text);
}

/** Reads like a question: ends with its mark, or begins with a question word. */
export function isQuestion(text: string): boolean {
  return (
    /[?？]["”)）]?\s*$/u.test(text) ||
    /^\W*(?:who|whom|whose|what|which|when|where|why|how|is|are|was|were|do|does|did|can|could|has|have|will|would|should)\b(?!.*[.!]\s)/i.test(
      text,
    ) ||
    /^(?:谁|誰|什么|什麼|哪|何|为什么|為什麼|多少|几|怎|wer|was|wann|wo|warum|wie|welche)/iu.test(text.trim())
  );
}
