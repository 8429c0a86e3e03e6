/** Claims of everyday life with the verdict that a careful reader gives: written for this project, seen by no training. */
import type { VerdictName } from "./model.ts";

export interface Everyday {
  readonly passages: readonly string[];
  readonly claims: readonly (readonly [claim: string, verdict: VerdictName])[];
}

const yes = "supported";
const no = "contradicted";
const open = "not_found";

export const everyday: readonly Everyday[] = [
  {
    passages: [
      "Returns\nYou can send back any lamp within 30 days of delivery. The refund is paid within five working days. Opened bulbs cannot be returned.",
      "Delivery\nDelivery costs 6.90 euros in Austria and is free for orders over 80 euros. Parcels are not delivered on Sundays.",
    ],
    claims: [
      ["Lamps can be sent back within 30 days of delivery.", yes],
      ["Lamps can be sent back within 14 days of delivery.", no],
      ["Lamps cannot be sent back.", no],
      ["The refund is paid within 5 working days.", yes],
      ["The refund is paid within two working days.", no],
      ["Opened bulbs can be returned.", no],
      ["Opened bulbs cannot be returned.", yes],
      ["Delivery in Austria costs 6.90 euros.", yes],
      ["Delivery in Austria costs 9.60 euros.", no],
      ["Parcels are delivered on Sundays.", no],
      ["The shop sells gift vouchers for birthdays.", open],
      ["Delivery is free for orders over 80 euros, and customers in Norway receive a discount.", open],
      ["Delivery to Brazil takes eleven days.", open],
    ],
  },
  {
    passages: [
      "The Sternberg cable car was opened on 12 June 1934 by the engineer Klara Voss. It climbs 1,240 metres in nine minutes and carries up to 60 passengers. The lower station burned down in 1971 and was rebuilt two years later.",
    ],
    claims: [
      ["The Sternberg cable car opened in 1934.", yes],
      ["The Sternberg cable car opened in 1943.", no],
      ["The cable car was opened by Klara Voss.", yes],
      ["The cable car was opened by Emil Brandner.", no],
      ["The ride takes nine minutes.", yes],
      ["The cable car climbs 1240 metres in 9 minutes.", yes],
      ["The cable car climbs more than 2,000 metres.", no],
      ["The cable car carries up to sixty passengers.", yes],
      ["The lower station burned down in 1971.", yes],
      ["The upper station burned down in 1971.", no],
      ["The lower station was never rebuilt.", no],
      ["The cable car was opened on 21 June 1934.", no],
      ["Klara Voss studied mathematics in Vienna.", open],
      ["The cable car was not opened in 1934.", no],
    ],
  },
  {
    passages: [
      "In a trial with 412 adults, the new cough syrup reduced the number of night-time attacks by 38 percent. It had no effect on fever. Two participants reported nausea.",
    ],
    claims: [
      ["The cough syrup reduced night-time attacks.", yes],
      ["The cough syrup increased night-time attacks.", no],
      ["The cough syrup lowered the number of attacks at night by 38%.", yes],
      ["The cough syrup reduced the number of night-time attacks by 83 percent.", no],
      ["The cough syrup had an effect on fever.", no],
      ["The cough syrup had no effect on fever.", yes],
      ["The trial had 412 adults.", yes],
      ["The trial had 214 adults.", no],
      ["The syrup is approved for children under six.", open],
      ["The price of the syrup doubled last winter.", open],
    ],
  },
  {
    passages: [
      "The library opens at 9 in the morning from Tuesday to Saturday. It is closed on Mondays. A yearly card costs 24 dollars; children pay nothing.",
      "The reading room on the second floor has 45 seats and may be used without a card.",
    ],
    claims: [
      ["The library is closed on Mondays.", yes],
      ["The library is open on Mondays.", no],
      ["The library is not open on Mondays.", yes],
      ["A yearly card costs 24 dollars.", yes],
      ["A yearly card costs 42 dollars.", no],
      ["The reading room has 45 seats.", yes],
      ["The reading room has 54 seats.", no],
      ["The reading room may be used without a card.", yes],
      ["The library lends out musical instruments.", open],
      ["The library's roof was repaired by volunteers.", open],
    ],
  },
  {
    passages: [
      "Marta Lindqvist sold the brewery to Jonas Hale in 2009. Hale moved production from Malmo to Ystad and doubled the number of workers to 86.",
      "The brewery's dark beer won a gold medal in 2014. Its pale beer did not win any prize.",
    ],
    claims: [
      ["Marta Lindqvist sold the brewery to Jonas Hale.", yes],
      ["Jonas Hale sold the brewery to Marta Lindqvist.", no],
      ["The brewery was sold in 2009.", yes],
      ["The brewery was sold in 2012.", no],
      ["Production moved from Malmo to Ystad.", yes],
      ["Production moved from Ystad to Malmo.", no],
      ["The dark beer won a gold medal in 2014. The pale beer did not win any prize.", yes],
      ["The dark beer won a gold medal in 2014. The pale beer won a prize too.", no],
      ["The brewery exports cider to Japan.", open],
    ],
  },
  {
    passages: [
      "Premium members receive support by phone around the clock. Basic members can only write e-mails, which are answered within 48 hours.",
    ],
    claims: [
      ["Premium members receive support by phone.", yes],
      ["Premium members do not receive support by phone.", no],
      ["E-mails of basic members are answered within two days.", yes],
      ["E-mails of basic members are answered within 24 hours.", no],
      ["Members can cancel with one click.", open],
    ],
  },
  {
    passages: [
      "图书馆成立于1987年，共有三万册图书。周一不开放，其他日子上午九点开门。办理借书证需要二十元。",
      "新馆于2015年3月8日启用，由建筑师林文设计，可容纳600名读者。",
    ],
    claims: [
      ["图书馆成立于1987年。", yes],
      ["图书馆成立于1978年。", no],
      ["图书馆不是成立于1987年。", no],
      ["图书馆共有3万册图书。", yes],
      ["图书馆周一开放。", no],
      ["图书馆周一不开放。", yes],
      ["办理借书证需要20元。", yes],
      ["办理借书证需要50元。", no],
      ["新馆于2015年3月8日启用。", yes],
      ["新馆于2015年5月8日启用。", no],
      ["新馆由建筑师林文设计。", yes],
      ["新馆可容纳900名读者。", no],
      ["馆长喜欢养金鱼。", open],
      ["停车场提供充电桩。", open],
    ],
  },
  {
    passages: ["該藥物可降低血壓，但對心率沒有影響。研究人員觀察了兩百名患者。"],
    claims: [
      ["該藥物可降低血壓。", yes],
      ["該藥物可提高血壓。", no],
      ["該藥物對心率有影響。", no],
      ["研究人員觀察了200名患者。", yes],
      ["研究人員觀察了500名患者。", no],
      ["該公司計劃明年上市。", open],
    ],
  },
];

/** More of the same, written after the features and weights were settled. */
export const unseen: readonly Everyday[] = [
  {
    passages: [
      "Guests may check in from 3 pm. Breakfast is served until 10:30 and is included in the price. Dogs are welcome for an extra charge of 12 euros a night. The pool is heated from May to September.",
    ],
    claims: [
      ["Breakfast is included in the price.", yes],
      ["Breakfast is not included in the price.", no],
      ["Dogs are welcome for an extra charge of 12 euros.", yes],
      ["Dogs are welcome for an extra charge of 20 euros.", no],
      ["Dogs are forbidden.", no],
      ["The pool is heated from May to September.", yes],
      ["The pool is heated from June to September.", no],
      ["The hotel has a tennis court.", open],
      ["Guests may check in from 5 pm.", no],
    ],
  },
  {
    passages: [
      "The river Talva rises near Orsk and flows south for 318 kilometres to Lake Mern. It freezes every winter. Otters returned to its banks in 2003 after hunting was banned.",
      "Lake Mern lies 212 metres above sea level. The lake is the deepest in the province.",
    ],
    claims: [
      ["The Talva flows south to Lake Mern.", yes],
      ["The Talva flows north to Lake Mern.", no],
      ["The Talva is 318 km long.", yes],
      ["The Talva flows for 813 kilometres.", no],
      ["The river never freezes.", no],
      ["Otters returned in 2003.", yes],
      ["Otters returned in 1993.", no],
      ["Lake Mern lies 212 metres above sea level.", yes],
      ["Lake Mern is the shallowest lake in the province.", no],
      ["A steamship company was founded by Oskar Lund.", open],
      ["Salmon are bred in the harbour.", open],
    ],
  },
  {
    passages: [
      "To reset the router, hold the button for ten seconds. The light turns green when the router is ready. Do not unplug the cable during an update.",
    ],
    claims: [
      ["The button must be held for ten seconds to reset the router.", yes],
      ["The button must be held for three seconds to reset the router.", no],
      ["The light turns red when the router is ready.", no],
      ["The light turns green when the router is ready.", yes],
      ["The router supports two wireless networks.", open],
    ],
  },
  {
    passages: ["会员每月可借五本书，逾期每天罚款两角。儿童阅览室在二楼，不收费。"],
    claims: [
      ["儿童阅览室在二楼。", yes],
      ["儿童阅览室在三楼。", no],
      ["会员每月可借5本书。", yes],
      ["会员每月可借八本书。", no],
      ["儿童阅览室收费。", no],
      ["咖啡厅供应蛋糕。", open],
    ],
  },
];
