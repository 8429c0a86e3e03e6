/** Words of not knowing. */
const words =
  /\b(?:don't|do not|doesn't|does not|cannot|can't|not (?:in|found|available|stated|mentioned|answerable|sure)|unknown|unanswerable|no answer|n\/a)\b|不知道|无法|無法|没有|沒有/iu;

/** A short answer that says that there is none. */
export function isRefusal(answer: string): boolean {
  return words.test(answer.replaceAll("’", "'")) && answer.split(/\s+/).length <= 14;
}
