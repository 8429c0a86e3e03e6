/** Units of measure: English and Chinese, each with its dimension and its size in the base unit. */

const dimensions: readonly (readonly [string, number, string])[] = [
  ["%", 1, "% percent per\u00a0cent pct ％"],
  ["time", 1, "second seconds sec secs s 秒"],
  ["time", 60, "minute minutes min mins 分钟 分鐘"],
  ["time", 3600, "hour hours hr hrs h 小时 小時"],
  ["time", 86400, "day days 天"],
  ["time", 604800, "week weeks 周 週 星期"],
  ["time", 2629800, "month months 个月 個月"],
  ["time", 31557600, "year years yr yrs 年间"],
  ["time", 315576000, "decade decades"],
  ["time", 3155760000, "century centuries 世纪 世紀"],
  ["length", 0.001, "mm millimeter millimeters millimetre millimetres 毫米"],
  ["length", 0.01, "cm centimeter centimeters centimetre centimetres 厘米"],
  ["length", 1, "m meter meters metre metres 米"],
  ["length", 1000, "km kilometer kilometers kilometre kilometres 公里 千米"],
  ["length", 1609.344, "mile miles 英里"],
  ["length", 0.3048, "foot feet ft 英尺"],
  ["length", 0.0254, "inch inches 英寸"],
  ["mass", 0.000001, "mg milligram milligrams 毫克"],
  ["mass", 0.001, "g gram grams 克"],
  ["mass", 1, "kg kilogram kilograms kilo kilos 公斤 千克"],
  ["mass", 1000, "ton tons tonne tonnes 吨 噸"],
  ["mass", 0.45359237, "pound pounds lb lbs"],
  ["volume", 0.001, "ml milliliter milliliters millilitre millilitres 毫升"],
  ["volume", 1, "l liter liters litre litres 升"],
  ["money:dollar", 1, "$ dollar dollars usd 美元"],
  ["money:euro", 1, "€ euro euros eur 欧元 歐元"],
  ["money:pound", 1, "£ gbp 英镑 英鎊"],
  ["money:yuan", 1, "¥ yuan rmb cny 元 块 塊 人民币"],
  ["money:cent", 1, "cent cents"],
  ["temperature", 1, "° degree degrees celsius 度 ℃"],
];
const byUnit: ReadonlyMap<string, { readonly dimension: string; readonly factor: number }> = new Map(
  dimensions.flatMap(([dimension, factor, names]) =>
    names.split(" ").map((name) => [name.replace("\u00a0", " "), { dimension, factor }] as const),
  ),
);

/** What a unit of measure measures, and how many base units it is. */
export function unitOf(name: string): { readonly dimension: string; readonly factor: number } | undefined {
  return byUnit.get(name);
}
