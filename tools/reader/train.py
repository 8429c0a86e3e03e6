"""Trains the reading network on what prepare.ts wrote: python3 tools/reader/train.py DATA OUT [--minutes 80]

A convolutional span reader: hashed and tabled word vectors, a soft and a hard alignment of each token with the question, gated
convolutions (Dauphin et al. 2017, arXiv 1612.08083) before and after attention to the question, one layer of attention among the
tokens of the passage, start, end and span scores, and a null option of score 0 (Levy et al. 2017, arXiv 1706.04115, section 3).
The loss is the marginal likelihood of all spans that read like an answer; weights are averaged over steps. With --teach, a part of
the loss is the cross-entropy with the spans that larger networks gave (Hinton et al. 2015, arXiv 1503.02531; teach.py writes them).
"""
import argparse, json, math, random, time
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

FACTS, GRADES, SHAPES, AFFIXES, SPAN = 18, 4, 24, 1024, 16
p = argparse.ArgumentParser()
p.add_argument('data'); p.add_argument('out')
p.add_argument('--minutes', type=float, default=60); p.add_argument('--steps', type=int, default=0)
p.add_argument('--rows', type=int, default=20000); p.add_argument('--spare', type=int, default=2048)
p.add_argument('--e', type=int, default=64); p.add_argument('--d', type=int, default=96)
p.add_argument('--batch', type=int, default=48); p.add_argument('--rate', type=float, default=2e-3)
p.add_argument('--drop', type=float, default=.1); p.add_argument('--forget', type=float, default=.1)
p.add_argument('--near', type=float, default=.3); p.add_argument('--strange', type=float, default=.2)
p.add_argument('--dilations', default='1,2,4,1'); p.add_argument('--seed', type=int, default=7); p.add_argument('--threads', type=int, default=1)
p.add_argument('--every', type=int, default=1000); p.add_argument('--warm', type=int, default=400)
p.add_argument('--float32', action='store_true'); p.add_argument('--bilinear', type=int, default=16); p.add_argument('--cut', type=float, default=.25); p.add_argument('--begin', default='')
p.add_argument('--teach', nargs='*', default=[]); p.add_argument('--share', type=float, default=.5, help='share of the teachers in the loss')


class Data:
    def __init__(self, folder, name, lessons=()):
        f = f'{folder}/{name}.'
        self.words = np.fromfile(f + 'words.bin', np.uint32).astype(np.int64)
        self.sentences = np.fromfile(f + 'sentences.bin', np.uint16).astype(np.int64)
        self.asked = np.fromfile(f + 'asked.bin', np.uint32).astype(np.int64)
        self.facts = np.fromfile(f + 'facts.bin', np.uint8).reshape(-1, FACTS + 2)
        self.rows = [(r[:8], list(zip(r[8::2], r[9::2]))) for r in json.load(open(f + 'rows.json'))]
        if lessons:
            read = lambda kind, of: np.stack([np.fromfile(f'{one}.{kind}.bin', of).reshape(len(self.rows), -1) for one in lessons], 1)
            self.spans, self.shares = together(read('spans', np.uint16).astype(np.int64), read('shares', np.float32))

    def keep(self, row, cut, rng):
        """Which tokens of the passage to show: sentences without the answer are left out at random, so that no passage is learnt by heart."""
        (start, n, *_), gold = row
        if cut == 0 or rng.random() < .3: return np.arange(n)
        sent = self.sentences[start:start + n]; stay = rng.random(sent[-1] + 1) >= cut
        for i, _ in gold: stay[sent[i]] = True
        at = np.flatnonzero(stay[sent])
        return at if len(at) >= 20 else np.arange(n)

    def batch(self, ids, table, forget=0., rng=None, cut=0.):
        """Inputs of the network; for each example the flat places of its gold spans (-1: padding) and the tokens shown."""
        whole = [self.rows[i] for i in ids]
        kept = [self.keep(r, cut, rng) for r in whole]
        rows = [moved(r, k) for r, k in zip(whole, kept)]
        B = len(rows); T = -(-max(r[0][1] for r in rows) // 16) * 16; U = -(-max(r[0][3] for r in rows) // 8) * 8
        words = np.zeros((B, T), np.int64); sent = np.full((B, T), -1, np.int64); asked = np.zeros((B, U), np.int64)
        facts = np.zeros((B, T, FACTS), np.float32); grade = np.zeros((B, T), np.int64); place = np.full((B, T), U, np.int64)
        cm = np.zeros((B, T), bool); qm = np.zeros((B, U), bool); wh = np.zeros((B, U), np.float32)
        G = max(1, max(len(g) for _, g in rows)); gold = np.full((B, G), -1, np.int64)
        for b, ((start, n, at, k, frm, asks, kind, _), g) in enumerate(rows):
            here = kept[b]
            words[b, :n] = self.words[start + here]; sent[b, :n] = self.sentences[start + here]; cm[b, :n] = 1
            asked[b, :k] = self.asked[at:at + k]; qm[b, :k] = 1
            x = self.facts[frm + here]; grade[b, :n] = x[:, 0]; pl = x[:, 1].astype(np.int64); place[b, :n] = np.where(pl == 255, U, pl); facts[b, :n] = x[:, 2:] / 255.
            if asks != 255: wh[b, asks] = 1
            for z, (i, l) in enumerate(g): gold[b, z] = i * SPAN + l
        W = table[words]; Q = table[asked]
        if forget > 0:
            W = W.copy(); Q = Q.copy()
            W[..., 0][rng.random(words.shape) < forget] = 0; Q[..., 0][rng.random(asked.shape) < forget / 2] = 0
        qidf = Q[..., 4].astype(np.float32) / 255.
        t = torch.from_numpy
        return (t(W[..., :4].copy()), t(Q[..., :4].copy()), t(np.stack([wh, qidf], -1)), t(facts), t(grade), t(place), t(sent), t(cm), t(qm)), t(gold), kept

    def lesson(self, ids, kept):
        """Places and shares, each (examples, spans), of the spans that the teachers gave, of those that are shown; no shares: nothing taught."""
        places = np.zeros((len(ids), self.spans.shape[1]), np.int64); shares = np.zeros(places.shape, np.float32)
        for b, (i, here) in enumerate(zip(ids, kept)):
            at = np.full(self.rows[i][0][1], -1); at[here] = np.arange(len(here)); first = at[self.spans[i] // SPAN]
            places[b] = np.where(first < 0, 0, first * SPAN + self.spans[i] % SPAN); shares[b] = np.where(first < 0, 0, self.shares[i])
        return torch.from_numpy(places), torch.from_numpy(shares / np.maximum(shares.sum(1, keepdims=True), 1e-9))


def together(spans, shares):
    """Geometric mean of several teachers' shares, each (rows, teachers, spans), as (rows, spans): a span that one does not name has its least."""
    one, mean = np.zeros((len(spans), spans.shape[2]), np.int64), np.zeros((len(spans), spans.shape[2]), np.float32)
    for row in np.flatnonzero(shares.any((1, 2))):
        found = np.unique(spans[row]); logs = 0
        for own, part in zip(spans[row], shares[row]):
            at = {s: p for s, p in zip(own, part)}; logs = logs + np.log([max(at.get(s, part.min()), 1e-6) for s in found])
        p = np.exp(logs / len(spans[row])); top = np.argsort(-p)[:spans.shape[2]]
        one[row, :len(top)] = found[top]; mean[row, :len(top)] = p[top]
    return one, mean


def moved(row, kept):
    """The row with its length and gold spans counted among the tokens that are kept."""
    head, gold = row
    place = {int(i): k for k, i in enumerate(kept)} if len(kept) < head[1] else None
    return [head[0], len(kept), *head[2:]], gold if place is None else [(place[i], l) for i, l in gold]


class Drop(nn.Module):
    """Dropout of whole channels for all tokens (Gal and Ghahramani 2016, arXiv 1512.05287)."""
    def __init__(self, p):
        super().__init__(); self.p = p

    def forward(self, x):
        if not self.training or self.p == 0: return x
        return x * ((torch.rand(x.shape[0], 1, x.shape[2]) >= self.p).float() / (1 - self.p)).to(x.dtype)


class Conv(nn.Module):
    def __init__(self, d, width, dilation, drop):
        super().__init__()
        self.ln = nn.LayerNorm(d); self.cv = nn.Conv1d(d, 2 * d, width, padding=(width - 1) // 2 * dilation, dilation=dilation); self.dr = Drop(drop)

    def forward(self, x, mask):
        h = self.ln(x) * mask
        a, g = self.cv(h.transpose(1, 2)).transpose(1, 2).chunk(2, -1)
        return x + self.dr(a * torch.sigmoid(g))


class Net(nn.Module):
    def __init__(self, rows, e, d, drop, dilations, ds):
        super().__init__()
        self.e, self.d = e, d
        self.word = nn.Embedding(rows, e); self.prefix = nn.Embedding(AFFIXES, e); self.suffix = nn.Embedding(AFFIXES, e); self.shape = nn.Embedding(SHAPES, e)
        for x in (self.word, self.prefix, self.suffix, self.shape): nn.init.normal_(x.weight, 0, .1)
        self.ed = Drop(drop)
        self.qp = nn.Linear(e + 2, d); self.qc = nn.ModuleList([Conv(d, 5, 1, drop) for _ in range(2)])
        self.att = nn.Linear(e, e, bias=False)
        self.cp = nn.Linear(2 * e + d + GRADES + FACTS, d)
        self.c1 = nn.ModuleList([Conv(d, 5, 1, drop) for _ in range(2)])
        self.wk = nn.Linear(d, d); self.wq = nn.Linear(d, d); self.mg = nn.Linear(3 * d, d); self.qs = nn.Linear(d, 1)
        self.c2 = nn.ModuleList([Conv(d, 5, k, drop) for k in dilations])
        self.sln = nn.LayerNorm(d); self.sk = nn.Linear(d, d // 2); self.sq = nn.Linear(d, d // 2); self.sv = nn.Linear(d, d)
        self.ln = nn.LayerNorm(d); self.ws = nn.Linear(d, d); self.we = nn.Linear(d, d); self.os = nn.Linear(2 * d, 1); self.oe = nn.Linear(2 * d, 1)
        self.us = nn.Linear(d, ds); self.ue = nn.Linear(d, ds); self.length = nn.Parameter(torch.zeros(SPAN))

    def embed(self, w): return self.word(w[..., 0]) + self.prefix(w[..., 1]) + self.suffix(w[..., 2]) + self.shape(w[..., 3])

    def forward(self, W, Q, qx, facts, grade, place, sent, cm, qm):
        B, T = W.shape[:2]; U = Q.shape[1]; d = self.d
        ce = self.ed(self.embed(W)); qe = self.ed(self.embed(Q)); mk = cm.unsqueeze(-1).float(); qk = qm.unsqueeze(-1).float()
        hq = self.qp(torch.cat([qe, qx], -1))
        for l in self.qc: hq = l(hq, qk)
        hq = hq * qk
        hide = ~qm.unsqueeze(1)
        al = torch.bmm(torch.softmax(torch.bmm(self.att(ce), qe.transpose(1, 2)).float().masked_fill(hide, -1e9), -1).to(qe.dtype), qe)
        hard = torch.gather(torch.cat([hq, hq.new_zeros(B, 1, d)], 1), 1, place.unsqueeze(-1).expand(-1, -1, d))
        x = F.relu(self.cp(torch.cat([ce, al, hard, F.one_hot(grade, GRADES).float(), facts], -1)))
        for l in self.c1: x = l(x, mk)
        a = torch.softmax((torch.bmm(self.wk(x), self.wq(hq).transpose(1, 2)) / math.sqrt(d)).float().masked_fill(hide, -1e9), -1).to(hq.dtype)
        r = torch.bmm(a, hq)
        qv = (torch.softmax(self.qs(hq).squeeze(-1).float().masked_fill(~qm, -1e9), -1).unsqueeze(-1) * hq).sum(1)
        x = x + F.relu(self.mg(torch.cat([x, r, x * r], -1))) + qv.unsqueeze(1)
        for i, l in enumerate(self.c2):
            if i == 2:
                h = self.sln(x)
                s = torch.softmax((torch.bmm(self.sq(h), self.sk(h).transpose(1, 2)) / math.sqrt(d // 2)).float().masked_fill(~cm.unsqueeze(1), -1e9), -1).to(h.dtype)
                x = x + torch.bmm(s, self.sv(h))
            x = l(x, mk)
        # Scores in 32 bits: 16-bit ones would tie spans that are 0.05 apart.
        with torch.autocast('cpu', enabled=False):
            x = self.ln(x.float()); qv = qv.float(); g = x * qv.unsqueeze(1)
            S = (self.ws(x) * qv.unsqueeze(1)).sum(-1) / 8 + self.os(torch.cat([x, g], -1)).squeeze(-1)
            E = (self.we(x) * qv.unsqueeze(1)).sum(-1) / 8 + self.oe(torch.cat([x, g], -1)).squeeze(-1)
            us = self.us(x); ue = F.pad(self.ue(x), (0, 0, 0, SPAN)).unfold(1, SPAN, 1)[:, :T]
            both = torch.matmul(us.unsqueeze(2), ue).squeeze(2)
        Ep = F.pad(E, (0, SPAN)).unfold(1, SPAN, 1)[:, :T]; sp = F.pad(sent, (0, SPAN), value=-2).unfold(1, SPAN, 1)[:, :T]
        return (S.unsqueeze(-1) + Ep + both + self.length).masked_fill((sp != sent.unsqueeze(-1)) | ~cm.unsqueeze(-1), -1e4)


def loss_of(scores, gold):
    flat = scores.reshape(scores.shape[0], -1); null = flat.new_zeros(flat.shape[0], 1)
    every = torch.logsumexp(torch.cat([flat, null], 1), 1)
    right = torch.gather(flat, 1, gold.clamp(min=0)).masked_fill(gold < 0, -1e9)
    has = (gold >= 0).any(1)
    return (every - torch.where(has, torch.logsumexp(right, 1), null.squeeze(1))).mean()


def taught(scores, places, shares):
    """Cross-entropy of the spans with what the teachers gave them, the null option left out; mean over the batch."""
    flat = torch.log_softmax(scores.reshape(scores.shape[0], -1), 1)
    return -(torch.gather(flat, 1, places) * shares).sum(1).mean()


def evaluate(net, data, table, limit):
    """Token-level F1 and exact match of the best span on gold paragraphs, and log mass by kind for the null option."""
    net.eval(); ids = [i for i, r in enumerate(data.rows) if r[0][6] == 0 and r[1]]; ids = ids[::max(1, len(ids) // limit)]
    ids.sort(key=lambda i: data.rows[i][0][1]); f1 = em = 0
    with torch.no_grad():
        for i in range(0, len(ids), 32):
            x, gold, _ = data.batch(ids[i:i + 32], table); top = net(*x).reshape(len(ids[i:i + 32]), -1).argmax(1).tolist()
            for t, g in zip(top, gold.tolist()):
                s, e = t // SPAN, t // SPAN + t % SPAN; best = 0
                for z in g:
                    if z < 0: continue
                    a, b = z // SPAN, z // SPAN + z % SPAN; o = max(0, min(e, b) - max(s, a) + 1)
                    best = max(best, 2 * o / (e - s + 1 + b - a + 1))
                f1 += best; em += best == 1
    net.train(); return 100 * f1 / len(ids), 100 * em / len(ids)


def columns(words, own, rows, spare):
    """For each word form its row (0: forgotten), prefix, suffix, shape and idf; `own` are the words that have rows of their own."""
    row = {w: i + 1 for i, w in enumerate(own)}
    return np.array([(row.get(w[1]) or rows + w[0] % spare, *w[2:6]) for w in words], np.int64)


def frequent(words, train, rows):
    """The words that come up most in passages and (twice as heavy) questions."""
    count = np.bincount(train.words, minlength=len(words)) + 2 * np.bincount(train.asked, minlength=len(words))
    by = {}
    for i, w in enumerate(words): by[w[1]] = by.get(w[1], 0) + int(count[i])
    own = sorted((w for w in by if by[w] > 0), key=lambda w: (-by[w], w))[:rows - 1]
    print('least count of a row', by[own[-1]], 'covers', sum(by[w] for w in own) / sum(by.values()), flush=True)
    return own


def main():
    a = p.parse_args(); torch.set_num_threads(a.threads); torch.manual_seed(a.seed); random.seed(a.seed); rng = np.random.default_rng(a.seed)
    words = json.load(open(f'{a.data}/words.json')); train = Data(a.data, 'train', a.teach); dev = Data(a.data, 'dev')
    own = json.load(open(a.begin + '.json'))['words'] if a.begin else frequent(words, train, a.rows)
    table = columns(words, own, a.rows, a.spare); net = build(vars(a))
    if a.begin: load(net, a.begin)
    print('parameters', sum(x.numel() for x in net.parameters()), flush=True)
    opt = torch.optim.AdamW(net.parameters(), lr=a.rate, weight_decay=.01, betas=(.9, .98))
    mean = {n: v.detach().clone() for n, v in net.named_parameters()}
    kinds = [[i for i, r in enumerate(train.rows) if r[0][6] == k and (k or r[1])] for k in range(3)]
    def epoch():
        ids = kinds[0] + [i for i in kinds[1] if random.random() < a.near * 2] + [i for i in kinds[2] if random.random() < a.strange * 2]
        random.shuffle(ids); out = []
        for i in range(0, len(ids), a.batch * 40):
            part = sorted(ids[i:i + a.batch * 40], key=lambda j: train.rows[j][0][1]); bs = [part[j:j + a.batch] for j in range(0, len(part), a.batch)]; random.shuffle(bs); out += bs
        return out
    t0 = time.time(); k = 0; done = False; seen = None; loss_mean = None
    net.train()
    while not done:
        for ids in epoch():
            part = k / a.steps if a.steps else (time.time() - t0) / (a.minutes * 60)
            if part >= 1: done = True; break
            for g in opt.param_groups: g['lr'] = a.rate * min(1, (k + 1) / a.warm) * max(.02, .5 * (1 + math.cos(math.pi * part)))
            x, gold, kept = train.batch(ids, table, a.forget, rng, a.cut)
            with torch.autocast('cpu', dtype=torch.bfloat16, enabled=not a.float32): scores = net(*x)
            loss = loss_of(scores.float(), gold)
            if a.teach: loss = (1 - a.share) * loss + a.share * taught(scores.float(), *train.lesson(ids, kept))
            opt.zero_grad(set_to_none=True); loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 2.); opt.step(); k += 1
            if k % 5 == 0:
                keep = min(.999, (1 + k) / (10 + k)) ** 5
                with torch.no_grad():
                    for n, v in net.named_parameters(): mean[n].mul_(keep).add_(v, alpha=1 - keep)
            l = loss.item(); loss_mean = l if loss_mean is None else .99 * loss_mean + .01 * l
            if k % 100 == 0: print(k, f'{100 * part:.1f}% loss {loss_mean:.3f} {time.time() - t0:.0f} s', flush=True)
            if k % a.every == 0: report(net, mean, dev, table, a, own, 1000)
    report(net, mean, dev, table, a, own, 10000)


def write(a, own, weights):
    """OUT.json: options, words with rows of their own, name, shape and place of each tensor; OUT.bin: 32-bit floats. pack.ts reads both."""
    tensors, at = [], 0
    with open(a.out + '.bin', 'wb') as f:
        for n, v in weights.items():
            x = v.detach().float().numpy(); f.write(x.astype('<f4').tobytes()); tensors.append({'name': n, 'shape': list(x.shape), 'at': at}); at += x.size
    options = {k: v for k, v in vars(a).items() if k not in ('data', 'out', 'begin', 'teach')}
    json.dump({'options': options, 'words': own, 'tensors': tensors}, open(a.out + '.json', 'w'))


def build(o):
    """The network of a set of options, untrained."""
    return Net(o['rows'] + o['spare'], o['e'], o['d'], o['drop'], [int(k) for k in o['dilations'].split(',')], o['bilinear'])


def load(net, begin):
    """Weights as `write` left them."""
    made = json.load(open(begin + '.json')); raw = np.fromfile(begin + '.bin', '<f4'); own = dict(net.named_parameters())
    with torch.no_grad():
        for t in made['tensors']: own[t['name']].copy_(torch.from_numpy(raw[t['at']:t['at'] + int(np.prod(t['shape']))].reshape(t['shape'])))


def report(net, mean, dev, table, a, own, limit):
    keep = {n: v.detach().clone() for n, v in net.named_parameters()}
    with torch.no_grad():
        for n, v in net.named_parameters(): v.copy_(mean[n])
    print('dev, token-level F1 %.2f EM %.2f' % evaluate(net, dev, table, limit), flush=True)
    write(a, own, mean)
    with torch.no_grad():
        for n, v in net.named_parameters(): v.copy_(keep[n])


if __name__ == '__main__': main()
