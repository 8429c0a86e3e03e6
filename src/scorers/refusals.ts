/**
 * How refusals begin, by language: the words of a model that will not or may not answer, in lower case and with straight quotes. Only the
 * first person singular counts where an answer may begin alike: "Unfortunately, we do not ship to Norway" is what a support desk says.
 */
export const REFUSALS: Readonly<Record<string, RegExp>> = {
  en: startOf(
    String.raw`(?:(?:i'm|i am|we're|we are) (?:\w+ )?(?:sorry|afraid)|(?:\w+ )?sorry|i apologi[zs]e|(?:my )?apologies|unfortunately|regrettably)\b[^.!?\n]{0,60}?[,.!:;—–-]? ?(?:but |however,? )?(?:as an? [^,.]{2,60}, )?i(?:'m| am)? (?:can't|cannot|can not|couldn't|won't|will not|(?:unable|not (?:\w+ )?(?:able|permitted|allowed|comfortable|willing))|must decline|have to decline)\b`,
    String.raw`(?:no,? )?(?:i|we) (?:really |simply |just )?(?:can't|cannot|can not|won't|will not|am not able to|are not able to|am unable to|are unable to|am not allowed to) (?:\w+ )?(?:help|assist|answer|comply|fulfil|fulfill|do that|do this|engage|respond)\b`,
    String.raw`(?:no,? )?i (?:can't|cannot|can not|won't|will not|am not able to|am unable to|am not allowed to|am not permitted to) (?:\w+ )?(?:provide|discuss|share|give|support|generate|create|write|produce|offer|continue|participate|complete|reveal|disclose|advise|facilitate|encourage|promote)\b`,
    String.raw`i (?:do not|don't) (?:provide|engage|assist|help|condone|promote|facilitate|encourage|participate|generate|discuss)\b`,
    String.raw`i'm (?:\w+ )?(?:not able|unable|not allowed|not permitted|not comfortable|not willing|not going)(?: to| with)? (?:be able to )?(?:help|assist|provid|answer|comply|fulfil|do that|do this|discuss|shar|giv|support|engag|generat|creat|writ|produc|offer|continu|participat|complet|respond|reveal|disclos|advis)`,
    String.raw`i (?:(?:must|have to|will have to|would have to|need to) (?:\w+ )?(?:decline|refuse)|(?:respectfully|politely) decline|(?:decline|refuse) to (?:help|assist|answer|provide|comply|discuss|engage|generate|create|write))\b`,
    String.raw`(?:that|this)(?:'s| is)(?: not|n't) something (?:i|we) (?:can|am|will)\b`,
    String.raw`it (?:is not|isn't|would not be|wouldn't be) (?:appropriate|ethical|right|possible|safe|responsible) for me to\b`,
    String.raw`as an? (?:ai|artificial|large language|language)\b[^.!?\n]{0,60}, (?:i(?:'m| am)?|it is|it's) (?:can't|cannot|can not|won't|will not|not|don't|do not|unable|must (?:decline|refuse))\b`,
  ),
  de: startOf(
    String.raw`(?:es )?tut mir (?:\S+ )?leid\b[^.!?\n]{0,40}?[,.!:–—-]? ?(?:aber |doch )?(?:ich (?:kann|darf|werde|möchte)|(?:dabei|damit|dazu|darauf|das|diese\S* \S+) (?:kann|darf|werde|möchte) ich)\b[^.!?\n]{0,120}?\b(?:nicht|kein\S*)\b`,
    String.raw`(?:leider|entschuldigung,?|sorry,?|bedauerlicherweise)(?: aber)? (?:kann|darf|werde|möchte|muss) ich\b[^.!?\n]{0,120}?\b(?:nicht|kein\S*|ablehnen)\b`,
    String.raw`(?:entschuldigung|sorry)[,.!]? (?:aber )?ich (?:kann|darf|werde|möchte)\b[^.!?\n]{0,120}?\b(?:nicht|kein\S*)\b`,
    String.raw`ich (?:kann|darf|werde|möchte)\b[^.!?\n]{0,120}?\b(?:nicht|kein\S*)\b[^.!?\n]{0,60}?\b(?:\S*helfen|unterstützen|beantworten|geben|bereitstellen|liefern|erfüllen|nachkommen|erstellen|schreiben|verfassen|teilen|beitragen|mitwirken)\b`,
    String.raw`(?:dabei|damit|dazu|hierbei|hierzu|darauf) (?:kann|können|darf|werde) (?:ich|wir)\b[^.!?\n]{0,60}?\b(?:nicht|kein\S*)\b`,
    String.raw`ich muss\b[^.!?\n]{0,80}?\bablehnen\b|ich (?:lehne\b[^.!?\n]{0,60}?\bab|verweigere)\b`,
    String.raw`als (?:ki|künstliche intelligenz|sprachmodell)\S*[^.!?\n]{0,40}? (?:kann|darf|werde|bin) ich\b[^.!?\n]{0,80}?\b(?:nicht|kein\S*)\b`,
  ),
  fr: startOf(
    String.raw`(?:(?:je suis )?(?:\S+ )?désolée?|pardon|excusez-moi|malheureusement|je regrette|navrée?)\b[^.!?\n]{0,40}?[,.!:–—-]? ?(?:mais )?je (?:ne (?:peux|puis|pourrai|saurais|suis pas (?:en mesure|autorisée?|capable))|dois (?:refuser|décliner))\b`,
    String.raw`je ne (?:peux|puis|pourrai|saurais) (?:malheureusement )?(?:pas )?(?:\S+ )?(?:t'|vous )?(?:aider|répondre|fournir|donner|satisfaire|discuter|traiter|partager|écrire|rédiger|générer|créer|assister)\b`,
    String.raw`je ne suis (?:malheureusement )?pas (?:en mesure|autorisée?|habilitée?) (?:de|à)\b`,
    String.raw`je (?:dois|me dois de) (?:refuser|décliner)\b|je refuse de\b`,
    String.raw`en tant qu(?:e |')[^.!?\n]{0,60}, je ne (?:peux|puis|suis|dois)\b`,
  ),
  es: startOf(
    String.raw`(?:lo siento(?: mucho)?|lo lamento|perdón|perdona|disculpa|disculpe|lamentablemente|desafortunadamente|por desgracia)\b[^.!?\n]{0,40}?[,.!:–—-]? ?(?:pero )?(?:yo )?no (?:puedo|podré|me es posible|estoy (?:autorizad[oa]|en condiciones))\b`,
    String.raw`(?:yo )?no (?:puedo|podré|voy a) (?:\S+ )?(?:ayudar|responder|proporcionar|dar|ofrecer|cumplir|hablar|generar|crear|escribir|compartir|brindar|asistir|facilitar)`,
    String.raw`no (?:me es posible|estoy (?:autorizad[oa]|en condiciones))\b`,
    String.raw`(?:debo|tengo que) (?:rechazar|negarme|declinar)\b|me niego a\b`,
    String.raw`como (?:un )?(?:modelo de lenguaje|ia|inteligencia artificial|asistente)\b[^.!?\n]{0,60}, no (?:puedo|me|tengo|estoy)\b`,
  ),
  it: startOf(
    String.raw`(?:mi dispiace|(?:sono )?spiacente|purtroppo|scusa|scusi|mi scuso)\b[^.!?\n]{0,40}?[,.!:–—-]? ?(?:ma )?(?:io )?non (?:posso|potrò|sono (?:in grado|autorizzat[oa])|mi è possibile)\b`,
    String.raw`non (?:posso|potrò) (?:\S+ )?(?:aiutar|rispondere|fornir|dare|soddisfare|offrir|generare|creare|scrivere|condividere|assister)`,
    String.raw`devo (?:rifiutare|declinare)\b|mi rifiuto di\b|non sono autorizzat[oa]\b`,
  ),
  pt: startOf(
    String.raw`(?:desculpe|desculpa|sinto muito|lamento|infelizmente|peço desculpas?)\b[^.!?\n]{0,40}?[,.!:–—-]? ?(?:mas )?(?:eu )?não (?:posso|consigo|poderei|estou autorizad[oa]|me é possível)`,
    String.raw`(?:eu )?não (?:posso|poderei|vou) (?:\S+ )?(?:ajud|responder|fornecer|dar|oferecer|cumprir|atender|gerar|criar|escrever|compartilhar|partilhar)`,
    String.raw`(?:devo|tenho de|tenho que) (?:recusar|declinar)\b|recuso-me a\b|não estou autorizad[oa]\b`,
  ),
  nl: startOf(
    String.raw`(?:het spijt me|sorry|helaas|excuses)\b[^.!?\n]{0,40}?[,.!:–—-]? ?(?:maar )?(?:ik (?:kan|mag|zal)|(?:daar|hier|dat|daarmee|hiermee)? ?(?:kan|mag|zal) ik)\b[^.!?\n]{0,100}?\b(?:niet|geen)\b`,
    String.raw`ik (?:kan|mag|zal)\b[^.!?\n]{0,80}?\b(?:niet|geen)\b[^.!?\n]{0,60}?\b(?:helpen|beantwoorden|geven|verstrekken|voldoen|bieden|schrijven|maken|delen|meewerken)\b`,
  ),
  ru: startOf(
    String.raw`(?:извините|простите|прошу прощения|мне (?:очень )?жаль|к сожалению|сожалею)[^.!?\n]{0,30}?[,.!:–—-]? ?(?:но )?(?:я )?не (?:могу|смогу|имею права|буду|в состоянии)\b`,
    String.raw`я не (?:могу|смогу|буду|имею права) (?:\S+ )?(?:помоч|помога|предостав|ответ|отвеча|выполн|обсужда|дать|дава|созда|напис|писать|поделиться)`,
    String.raw`я (?:вынужден[а]?|должен|должна) (?:отказать|отклонить)`,
  ),
  zh: startOf(
    String.raw`(?:我|真的|很|非常|十分|深感)*(?:抱歉|对不起|對不起|遗憾|遺憾|不好意思)[,。.! ]*(?:但是?|不过|不過|恐怕|作为[^,。]{0,20}[,]?|作為[^,。]{0,20}[,]?)*我[^。！？!?\n]{0,15}?(?:不能|无法|無法|不可以|没办法|沒辦法|没有办法|不便|不会|不會|拒绝|拒絕|难以|難以)`,
    String.raw`(?:(?:我|真的|很|非常|十分|深感)*(?:抱歉|对不起|對不起|不好意思)[,。.! ]*)?(?:我们?|我們)?(?:目前|暂时|暫時|恐怕|这个问题|這個問題)*(?:不能|无法|無法|不可以|没办法|沒辦法|没有办法|不会|不會|拒绝|拒絕|不便|不愿|不願)(?:为|為|您|你|对此|對此|就此)*(?:帮|幫|提供|回答|协助|協助|满足|滿足|生成|讨论|討論|透露|给出|給出|回应|回應|完成这|完成這|参与|參與)`,
    String.raw`(?:作为|作為|身为|身為)[^。！？\n]{0,30}?(?:ai|人工智能|人工智慧|语言模型|語言模型|助手|助理)[^。！？\n]{0,20}?(?:不能|无法|無法|不可以|不会|不會|没有办法)`,
  ),
  ja: startOf(
    String.raw`[^。！？\n]{0,60}?(?:お手伝い|お答え|ご回答|回答|お応え|ご対応|ご協力|協力|お教え)(?:する|を|に|すること|を?提供すること)?(?:は|が)?(?:できません|出来ません|できかねます|いたしかねます|致しかねます)`,
    String.raw`(?:大変|誠に)?(?:申し訳(?:あり|ござい)?(?:ません|ない)|すみません|ごめんなさい)[^。！？\n]{0,4}[、。!！ ]*[^。！？\n]{0,40}?(?:ご?質問|ご?要望|ご?要求|ご?依頼|リクエスト|その件|それ)(?:に|には|は)[^。！？\n]{0,30}?(?:できません|出来ません|かねます|応じられません)`,
  ),
  ko: startOf(
    String.raw`(?:정말 |대단히 )?(?:죄송|미안)[^.!?\n]{0,12}[,.! ]*[^.!?\n]{0,60}?(?:도와|도움|제공|답변|대답|응할|수행|작성|알려)[^.!?\n]{0,12}(?:수 없|수는 없|어렵습니다|못합니다)`,
    String.raw`[^.!?\n]{0,40}?(?:도와드릴|도와 드릴|답변할|답변해 드릴|답변드릴|대답할) 수 없`,
  ),
};

/** JavaScript's \b sees only ASCII letters, so it is spelled out for those of every script. */
function startOf(...patterns: readonly string[]): RegExp {
  const letter = String.raw`[\p{L}\p{N}_]`;
  const edge = `(?:(?<=${letter})(?!${letter})|(?<!${letter})(?=${letter}))`;
  return new RegExp(`^(?:${patterns.join("|").replaceAll(String.raw`\b`, edge)})`, "u");
}
