/** Words that mean nearly the same and words that mean the opposite: everyday English and Chinese, by stem. */
import { hash32 } from "../text/hash.ts";
import { stem } from "../text/stem.ts";

/** Between `|` stand groups of words of like meaning; the groups of a line exclude each other. */
const groups = `
increase raise rise rose risen grew grown elevate enhance grow growth boost higher high more greater upregulate expand gain climb promote accelerate stimulate amplify strengthen augment | decrease reduce reduction lower low decline diminish drop fall fell fallen shrank shrunk less fewer downregulate shrink loss suppress inhibit attenuate weaken slow impair lessen cut
activate induce trigger | block inhibit prevent suppress deactivate abolish
open | close shut closed
start begin began begun launch commence found establish create | end finish stop cease conclude terminate abolish
allow permit may accept welcome | forbid prohibit ban refuse reject exclude disallow
include contain comprise cover | exclude omit
before earlier prior | after later following
first earliest | second | third | fourth | fifth | last final latest
always every all each entire | never none
win won victory defeat beat | lose lost
free complimentary gratis | paid
possible feasible | impossible
safe harmless | dangerous unsafe harmful hazardous
buy bought purchase acquire | sell sold
import | export
north northern | south southern | east eastern | west western
male man men boy | female woman women girl
above over | below under beneath
inside indoor indoors | outside outdoor outdoors
maximum most | minimum least
positive | negative
sensitive susceptible vulnerable | resistant resistance immune protected
present | absent missing
hot warm | cold cool
new modern | old ancient
young | old elderly
cheap inexpensive affordable | expensive costly
fast quick rapid swift | slow
easy simple | hard difficult complicated
rich wealthy | poor
majority most | minority few
success succeed successful | failure fail unsuccessful
alive live survive survival | dead die death mortality
strong robust | weak
arrive enter | leave depart exit left
add insert | remove delete drop
enable | disable
required mandatory compulsory necessary must obligatory need | optional voluntary unnecessary
public | private
legal lawful | illegal unlawful
approve approval | deny reject denial
true correct right accurate | false wrong incorrect inaccurate
large big huge great larger bigger | small little tiny smaller
long longer | short shorter
early | late
support favour favor | oppose
improve better best benefit beneficial | worsen worse worst deteriorate
full | empty
wide broad | narrow
deep | shallow
heavy | light
same identical equal similar | different distinct unlike
internal | external
upper | lower
active | inactive
day | night
morning | afternoon | evening
summer | winter | autumn
red | blue | green | yellow | black | white | brown | grey gray | orange | purple | pink
solid | liquid | gas gaseous
welcome | forbidden
both | neither
same-day immediately instantly | delayed
keep retain | discard
rural | urban
domestic | foreign international
effective efficacious | ineffective
aware | unaware
online | offline
cost price fee charge
build built construct erect
doctor physician
car automobile vehicle
company firm business enterprise
child children kid
big large
job occupation employment
city town municipality
country nation
film movie
author writer
write wrote written
show demonstrate reveal indicate suggest find found
help aid assist
refund reimburse reimbursement
customer client buyer
send ship deliver dispatch delivery shipping shipment
cancer tumor tumour carcinoma
heart cardiac cardiovascular
kidney renal
liver hepatic
brain cerebral
mouse mice murine
drug medication medicine
illness disease disorder
born birth
located situated lie
big major
employee staff worker
phone telephone call
pupil student
teach taught instruct
pay paid payment
`;
const chineseGroups = `
增加 上升 提高 增长 增長 升高 上涨 上漲 促进 促進 | 减少 減少 下降 降低 下跌 抑制 缩短 縮短
高 | 低
大 | 小
多 | 少
长 | 短
早 | 晚
前 | 后 後
允许 允許 可以 | 禁止 不准
免费 免費 | 收费 收費 付费 付費
开始 開始 成立 创立 創立 | 结束 結束 停止
打开 打開 开放 開放 | 关闭 關閉
男 | 女
东 東 | 西
南 | 北
左 | 右
买 買 | 卖 賣
支持 赞成 贊成 | 反对 反對
成功 | 失败 失敗
必须 必須 | 可选 可選
第一 | 最后 最後
上午 早上 | 下午 晚上
冬 | 夏
新 | 旧 舊
冷 | 热 熱
红色 紅色 | 蓝色 藍色 | 绿色 綠色 | 黄色 黃色 | 黑色 | 白色
安全 | 危险 危險
包括 包含 | 不含
`;

/** So many groups a line has at most. */
const most = 32;

const ofStem: ReadonlyMap<number, readonly number[]> = indexed(groups, (word) => hash32(stem(word)));

/** The groups of an English word, by number; of "deepest" those of "deep". */
export function groupsOf(lower: string, stemHash: number): readonly number[] {
  const own = ofStem.get(stemHash);
  if (own !== undefined) return own;
  const base = /^(.{3,}?)(?:est|er)$/.exec(lower)?.[1];
  return base === undefined ? [] : (ofStem.get(hash32(stem(base))) ?? ofStem.get(hash32(stem(`${base}e`))) ?? []);
}

/** Chinese words with an opposite, the longest first, and their groups. */
export const chineseWords: readonly (readonly [word: string, groups: readonly number[]])[] = [
  ...indexed(chineseGroups, (word) => word),
].sort(([a], [b]) => b.length - a.length || (a < b ? -1 : 1));

/** The line of a group: others of the same line are its opposites. */
export function lineOf(group: number): number {
  return Math.floor(group / most);
}

function indexed<K>(list: string, key: (word: string) => K): Map<K, readonly number[]> {
  const found = new Map<K, readonly number[]>();
  list
    .trim()
    .split("\n")
    .forEach((line, i) =>
      line.split(" | ").forEach((words, side) => {
        for (const word of words.trim().split(/\s+/)) found.set(key(word), [...(found.get(key(word)) ?? []), i * most + side]);
      }),
    );
  return found;
}
