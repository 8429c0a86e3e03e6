"""Asks a trained network for the spans of every answerable training question: python3 tools/reader/teach.py DATA OUT TEACHER

Writes, for each row of DATA/train.rows.json, the 12 spans with the highest probability (the null option left out): OUT.spans.bin (uint16: first token x 16 + length - 1) and OUT.shares.bin (32-bit floats; all 0 where there is nothing to teach).
train.py --teach OUT … reads them. The tokens of a row count as in the whole passage.
"""
import json
import sys

import numpy as np
import torch

from train import Data, build, columns, load

MOST = 12


def main():
    folder, out, teacher = sys.argv[1:]
    torch.set_num_threads(1)
    data, words = Data(folder, 'train'), json.load(open(f'{folder}/words.json'))
    made = json.load(open(teacher + '.json'))
    net = build(made['options']).eval()
    load(net, teacher)
    table = columns(words, made['words'], made['options']['rows'], made['options']['spare'])
    spans = np.zeros((len(data.rows), MOST), np.uint16)
    shares = np.zeros((len(data.rows), MOST), np.float32)
    ids = sorted((i for i, (head, gold) in enumerate(data.rows) if head[6] == 0 and gold), key=lambda i: data.rows[i][0][1])
    with torch.no_grad():
        for at in range(0, len(ids), 48):
            some = ids[at:at + 48]
            with torch.autocast('cpu', dtype=torch.bfloat16):
                scores = net(*data.batch(some, table)[0])
            top = torch.softmax(scores.float().reshape(len(some), -1), 1).topk(MOST, 1)
            spans[some] = top.indices.numpy().astype(np.uint16)
            shares[some] = top.values.numpy()
    spans.tofile(f'{out}.spans.bin')
    shares.tofile(f'{out}.shares.bin')


if __name__ == '__main__':
    main()
