/** Made by tools/claims/train.ts from SciFact train (CC BY 4.0) and SQuAD 1.1 train (CC BY-SA 4.0), 1200 paragraphs, seed 7; do not edit. */
import type { VerdictWeights } from "./model.ts";

/** For each feature: supported, contradicted, not_found. */
const statementWeightsByFeature = [
  [-0.7382, -0.887, 1.6252], // bias
  [1.1058, 0.6888, -1.7946], // coverage
  [0.9282, 0.5358, -1.464], // coverage above 0.5
  [0.6942, 0.8555, -1.5497], // coverage above 0.8
  [0.2809, -0.186, -0.0949], // whole
  [1.3623, 0.1931, -1.5554], // context
  [-0.1027, 0.6198, -0.5172], // another sentence
  [1.0543, 0.559, -1.6133], // passage
  [1.3893, -0.735, -0.6542], // passage above 0.8
  [0.1163, 0.0887, -0.205], // neighbours
  [0.3364, -0.3536, 0.0172], // rarest missing
  [-0.6816, -0.255, 0.9366], // missing from passage
  [0.1237, -0.4944, 0.3707], // name missing
  [-0.09, -0.1367, 0.2267], // name missing, another there
  [-2.648, 4.2641, -1.616], // name missing, another there, rest mostly covered
  [-2.4468, 2.0574, 0.3894], // names in other order
  [-0.1721, -0.1205, 0.2926], // quantities
  [-0.0646, 0.0807, -0.0161], // quantities found
  [-0.1144, -0.0895, 0.2039], // quantity differs
  [-0.2376, 0.6618, -0.4242], // quantity differs, rest covered
  [-2.3592, 3.1225, -0.7633], // quantity differs, rest mostly covered
  [-0.3278, -0.3253, 0.653], // quantity missing
  [-0.1425, 0.1377, 0.0048], // turned round
  [-0.0534, 0.1367, -0.0833], // turned round, covered
  [-1.7553, 2.336, -0.5807], // turned round, mostly covered
  [-0.7533, 0.547, 0.2062], // odd denials, covered
  [0.1581, 0.1178, -0.2759], // denied words
  [-0.2204, 0.0733, 0.1472], // reversed words
  [-0.4081, 0.4269, -0.0188], // reversed, covered
  [0.015, 0.1745, -0.1895], // claim denies
  [0.0392, 0.0827, -0.1218], // sentence denies
  [-0.0638, -0.0124, 0.0762], // sentence hedges
  [-0.3388, 0.0245, 0.3143], // claim wider
  [-0.4437, 0.0143, 0.4295], // claim length
  [-0.3214, 0.1966, 0.1248], // reversed elsewhere
] as const;
export const statementWeights: VerdictWeights = [0, 1, 2].map((k) => statementWeightsByFeature.map((row) => row[k] ?? 0));

/** For each feature: supported, contradicted, not_found. */
const answerWeightsByFeature = [
  [-2.9915, -1.1585, 4.15], // bias
  [2.4102, 0.7015, -3.1118], // answer stands there
  [-0.1573, 2.2631, -2.1058], // most of the question
  [1.9064, -1.1829, -0.7236], // question beside the answer
  [0.235, -0.4954, 0.2604], // answer is in the best sentence
  [0.1263, 1.2151, -1.3414], // how far below the best
  [0.5819, -1.5727, 0.9908], // question beside the answer, above 0.5
  [-0.5595, 1.2704, -0.7109], // most of the question, above 0.5
  [0.3912, 0.0674, -0.4586], // answer words there
  [-1.9357, 1.5769, 0.3588], // answer in question
  [-0.6505, 1.5631, -0.9126], // another quantity
  [0.4803, 1.3574, -1.8377], // another name
  [0.1655, 0.0331, -0.1985], // numeric
  [-0.01, -0.2292, 0.2392], // is a name
  [0.0907, 0.0161, -0.1068], // parity of negation
  [1.1959, 1.3879, -2.5839], // passage
] as const;
export const answerWeights: VerdictWeights = [0, 1, 2].map((k) => answerWeightsByFeature.map((row) => row[k] ?? 0));
