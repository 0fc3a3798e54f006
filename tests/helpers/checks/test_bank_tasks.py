"""Lesson 10's exercises: right answers in several styles, wrong ones with the reason each must get."""

import numpy as np
import pytest
import torch

from helpers.checks.tasks import bio_tags, mean_pool, mmr, span_f1


# Tags from spans ------------------------------------------------------------
def tags_word_by_word(spans, n_words):
    tags = []
    for place in range(n_words):
        tag = "O"
        for start, end, kind in spans:
            if start == place:
                tag = "B-" + kind
            elif start < place < end:
                tag = "I-" + kind
        tags.append(tag)
    return tags


def tags_by_slices(spans, n_words):
    tags = np.full(n_words, "O", dtype=object)
    for start, end, kind in spans:
        tags[start:end] = f"I-{kind}"
        tags[start] = f"B-{kind}"
    return list(tags)


def tags_from_a_dict(spans, n_words):
    found = {}
    for start, end, kind in sorted(spans):
        found.update({place: "BI"[place > start] + "-" + kind for place in range(start, end)})
    return tuple(found.get(place, "O") for place in range(n_words))


def tags_until_the_kind_changes(spans, n_words):
    kinds = ["O"] * n_words
    for start, end, kind in spans:
        for i in range(start, end):
            kinds[i] = kind
    tags, last = [], "O"
    for kind in kinds:
        tags.append("O" if kind == "O" else ("I-" if kind == last else "B-") + kind)
        last = kind
    return tags


def tags_with(change):
    return lambda spans, n_words: change(tags_word_by_word(spans, n_words), spans, n_words)


TAGS_WRONG = [
    ("adjacent-merged", tags_until_the_kind_changes),
    ("no-beginning", tags_with(lambda tags, *_: [tag.replace("B-", "I-") for tag in tags])),
    ("no-inside", tags_with(lambda tags, *_: [tag.replace("I-", "B-") for tag in tags])),
    ("end-included", lambda spans, n: tags_one_too_long(spans, n)),
    ("end-off-by-one", lambda spans, n: tags_word_by_word([(a, b - 1, kind) for a, b, kind in spans if b - a > 1], n)),
    ("starts-late", lambda spans, n: tags_word_by_word([(a + 1, b, kind) for a, b, kind in spans if b - a > 1], n)),
    ("forgets-kind", tags_with(lambda tags, *_: [tag[0] for tag in tags])),
    ("kind-first", tags_with(lambda tags, *_: ["-".join(tag.split("-")[::-1]) for tag in tags])),
    ("kind-without-mark", tags_with(lambda tags, *_: [tag.split("-")[-1] for tag in tags])),
    ("wrong-separator", tags_with(lambda tags, *_: [tag.replace("-", "_") for tag in tags])),
    ("empty-outside", tags_with(lambda tags, *_: ["" if tag == "O" else tag for tag in tags])),
    ("spans-only", tags_with(lambda tags, *_: [tag for tag in tags if tag != "O"])),
    ("too-long", lambda spans, n: tags_word_by_word(spans, n + 1)),
    ("wrong-item", lambda spans, n: [None if tag == "O" else tag for tag in tags_word_by_word(spans, n)]),
    ("returns-string", lambda spans, n: " ".join(tags_word_by_word(spans, n))),
    ("returns-none", lambda spans, n: None),
    ("exception", lambda spans, n: [spans[i] for i in range(n)]),
]  # fmt: skip


def tags_one_too_long(spans, n):
    tags = ["O"] * n
    for start, end, kind in spans:
        for place in range(start, min(end + 1, n)):
            tags[place] = ("I-" if place > start else "B-") + kind
    return tags


# Span F1 ------------------------------------------------------------
def f1_from_precision_and_recall(gold, found):
    right = offered = there = 0
    for true, mine in zip(gold, found, strict=True):
        seen = []
        for span in mine:
            if span not in seen:
                seen.append(span)
                right += span in true
        offered, there = offered + len(seen), there + len(set(true))
    precision = right / offered if offered else 0
    recall = right / there if there else 0
    return 2 * precision * recall / (precision + recall) if precision + recall else 0


def f1_with_numbered_sentences(gold, found):
    true = {(i, *span) for i, spans in enumerate(gold) for span in spans}
    mine = {(i, *span) for i, spans in enumerate(found) for span in spans}
    return np.float64(2 * len(true & mine) / max(len(true) + len(mine), 1))


def f1_from_errors(gold, found):
    tp = fp = fn = 0
    for g, f in zip(gold, found, strict=True):
        g, f = set(g), set(f)
        tp, fp, fn = tp + len(g & f), fp + len(f - g), fn + len(g - f)
    return torch.tensor(tp / (tp + (fp + fn) / 2) if tp else 0.0)


def flat(rows, keep=lambda span: span):
    return {(i, *keep(span)) for i, spans in enumerate(rows) for span in spans}


def f1_of(true, mine):
    return 2 * len(true & mine) / (len(true) + len(mine)) if true & mine else 0.0


def words_of(rows):
    return {(i, place, kind) for i, spans in enumerate(rows) for a, b, kind in spans for place in range(a, b)}


def per_sentence(gold, found):
    return float(np.mean([f1_of(set(g), set(f)) for g, f in zip(gold, found, strict=True)]))


def with_lists(gold, found):
    tp = sum(span in g for g, f in zip(gold, found, strict=True) for span in f)
    return 2 * tp / (sum(map(len, gold)) + sum(map(len, found))) if tp else 0.0


def without_guard(gold, found):
    true, mine = flat(gold), flat(found)
    p, r = len(true & mine) / len(mine), len(true & mine) / len(true)
    return 2 * p * r / (p + r)


def safe(a, b):
    return a / b if b else 0.0


def list_by_list(gold, found):
    right = sum(a == b for g, f in zip(gold, found, strict=True) for a, b in zip(g, f, strict=False))
    return 2 * right / (len(flat(gold)) + len(flat(found))) if right else 0.0


F1_WRONG = [
    ("by-place-in-the-list", list_by_list),
    ("counts-words", lambda gold, found: f1_of(words_of(gold), words_of(found))),
    ("ignores-kind", lambda gold, found: f1_of(flat(gold, lambda s: s[:2]), flat(found, lambda s: s[:2]))),
    ("ignores-end", lambda gold, found: f1_of(flat(gold, lambda s: s[::2]), flat(found, lambda s: s[::2]))),
    ("ignores-start", lambda gold, found: f1_of(flat(gold, lambda s: s[1:]), flat(found, lambda s: s[1:]))),
    ("sentences-mixed", lambda gold, found: f1_of(set(sum(gold, [])), set(sum(found, [])))),
    ("duplicates", with_lists),
    ("mean-of-sentences", per_sentence),
    ("precision-only", lambda gold, found: safe(len(flat(gold) & flat(found)), len(flat(found)))),
    ("recall-only", lambda gold, found: safe(len(flat(gold) & flat(found)), len(flat(gold)))),
    ("union", lambda gold, found: safe(len(flat(gold) & flat(found)), len(flat(gold) | flat(found)))),
    ("no-two", lambda gold, found: f1_of(flat(gold), flat(found)) / 2),
    ("divides-by-zero", without_guard),
    ("nothing-is-perfect", lambda gold, found: f1_with_numbered_sentences(gold, found) if gold != [[]] else 1),
    ("percent", lambda gold, found: 100 * f1_with_numbered_sentences(gold, found)),
    ("wrong-shape", lambda gold, found: [f1_of(set(g), set(f)) for g, f in zip(gold, found, strict=True)] + [0.0, 0.0]),
    ("returns-none", lambda gold, found: None),
    ("exception", lambda gold, found: len(gold & found)),
]


# Mean pooling ------------------------------------------------------------
def pool_with_loops(x, token_mask):
    rows = []
    for text, mask in zip(x, token_mask, strict=True):
        kept = [vector for vector, counts in zip(text, mask, strict=True) if counts]
        rows.append(sum(kept) / len(kept) if kept else torch.zeros(x.shape[-1]))
    return torch.stack(rows)


def pool_with_numpy(x, token_mask):
    x, mask = x.numpy(), token_mask.numpy()[..., None]
    return np.where(mask, x, 0).sum(1) / np.maximum(mask.sum(1), 1)


def pool_with_einsum(x, token_mask):
    weights = token_mask / token_mask.sum(1, keepdim=True).clamp(min=1)
    return torch.einsum("bt,btd->bd", weights, x)


def pool_with_nan(x, token_mask):
    return x.masked_fill(~token_mask[..., None], float("nan")).nanmean(1).nan_to_num()


POOL_WRONG = [
    ("padding-in-the-mean", lambda x, m: x.mean(dim=1)),
    ("divides-by-all", lambda x, m: (x * m[..., None]).mean(dim=1)),
    ("divides-by-the-sum-of-all", lambda x, m: (x * m[..., None]).sum(1) / m.sum()),
    ("sum-not-mean", lambda x, m: (x * m[..., None]).sum(1)),
    ("all-padding-nan", lambda x, m: (x * m[..., None]).sum(1) / m.sum(1)[:, None]),
    ("mask-inverted", lambda x, m: pool_with_numpy(x, ~m)),
    ("max", lambda x, m: x.max(dim=1)[0]),
    ("first-token", lambda x, m: x[:, 0, :]),
    ("over-the-batch", lambda x, m: x.mean(dim=0)),
    ("over-the-numbers", lambda x, m: x.mean(dim=2)),
    ("normalised", lambda x, m: torch.nn.functional.normalize(pool_with_loops(x, m), dim=1)),
    ("keeps-an-axis", lambda x, m: pool_with_loops(x, m)[:, None]),
    ("adds-one", lambda x, m: (x * m[..., None]).sum(1) / (1 + m.sum(1, keepdim=True))),
    ("exception", lambda x, m: x * m),
    ("returns-none", lambda x, m: None),
]


# MMR ------------------------------------------------------------
def mmr_with_loops(relevance, similarity, k, trade_off):
    chosen = []
    while len(chosen) < k and len(chosen) < len(relevance):
        best, best_score = None, -1e9
        for i in range(len(relevance)):
            if i in chosen:
                continue
            redundancy = 0.0
            for n, j in enumerate(chosen):
                redundancy = float(similarity[i, j]) if n == 0 else max(redundancy, float(similarity[i, j]))
            score = trade_off * float(relevance[i]) - (1 - trade_off) * redundancy
            if score > best_score:
                best, best_score = i, score
        chosen.append(best)
    return chosen


def mmr_with_numpy(relevance, similarity, k, trade_off):
    relevance, similarity = np.array(relevance), np.array(similarity)
    chosen, left = [], list(range(len(relevance)))
    while left and len(chosen) < k:
        redundancy = similarity[np.ix_(left, chosen)].max(1) if chosen else np.zeros(len(left))
        chosen.append(left.pop(int(np.argmax(trade_off * relevance[left] - (1 - trade_off) * redundancy))))
    return np.array(chosen)


def mmr_from_similarities(relevance, similarity, k, trade_off):
    redundancy, picked = None, []
    for _ in range(min(k, len(relevance))):
        score = trade_off * relevance - (1 - trade_off) * (0 if redundancy is None else redundancy)
        score[torch.tensor(picked, dtype=torch.long)] = -99.0
        picked.append(score.argmax())
        new = similarity[picked[-1]]
        redundancy = new if redundancy is None else torch.maximum(redundancy, new)
    return torch.stack(picked)


def mmr_from_zeros(relevance, similarity, k, trade_off):
    redundancy, picked = torch.zeros(len(relevance)), []
    for _ in range(min(k, len(relevance))):
        score = trade_off * relevance - (1 - trade_off) * redundancy
        score[torch.tensor(picked, dtype=torch.long)] = -99.0
        picked.append(score.argmax())
        redundancy = torch.maximum(redundancy, similarity[picked[-1]])
    return torch.stack(picked)


def mmr_scored(score, again=False):
    def answer(relevance, similarity, k, trade_off):
        chosen = []
        for _ in range(min(k, len(relevance))):
            left = [i for i in range(len(relevance)) if again or i not in chosen]
            sims = {i: [float(similarity[i, j]) for j in chosen] or [0.0] for i in left}
            chosen.append(max(left, key=lambda i: score(float(relevance[i]), sims[i], trade_off)))
        return chosen

    return answer


MMR_WRONG = [
    ("negative-lost", mmr_from_zeros),
    ("negative-lost", mmr_scored(lambda r, s, t: t * r - (1 - t) * max([0, *s]))),
    ("negative-lost", mmr_scored(lambda r, s, t: t * r - (1 - t) * max(abs(one) for one in s))),
    ("lambda-swapped", mmr_scored(lambda r, s, t: (1 - t) * r - t * max(s))),
    ("sum-not-max", mmr_scored(lambda r, s, t: t * r - (1 - t) * sum(s))),
    ("mean-not-max", mmr_scored(lambda r, s, t: t * r - (1 - t) * np.mean(s))),
    ("min-not-max", mmr_scored(lambda r, s, t: t * r - (1 - t) * min(s))),
    ("last-only", mmr_scored(lambda r, s, t: t * r - (1 - t) * s[-1])),
    ("rewards-redundancy", mmr_scored(lambda r, s, t: t * r + (1 - t) * max(s))),
    ("relevance-only", mmr_scored(lambda r, s, t: r)),
    ("relevance-only", lambda r, s, k, t: r.argsort(descending=True)[:k].tolist()),
    ("no-weights", mmr_scored(lambda r, s, t: r - max(s))),
    ("one-weight", mmr_scored(lambda r, s, t: t * r - max(s))),
    ("sorted", lambda *args: sorted(mmr_with_loops(*args))),
    ("one-too-few", lambda r, s, k, t: mmr_with_loops(r, s, k - 1, t)),
    ("returns-values", lambda r, s, k, t: r[mmr_with_loops(r, s, k, t)]),
    ("returns-a-mask", lambda r, s, k, t: np.isin(np.arange(len(r)), mmr_with_loops(r, s, k, t)).astype(int)),
    ("returns-none", lambda *args: None),
]


BANK = [
    (bio_tags, [tags_word_by_word, tags_by_slices, tags_from_a_dict], TAGS_WRONG),
    (span_f1, [f1_from_precision_and_recall, f1_with_numbered_sentences, f1_from_errors], F1_WRONG),
    (mean_pool, [pool_with_loops, pool_with_numpy, pool_with_einsum, pool_with_nan], POOL_WRONG),
    (mmr, [mmr_with_loops, mmr_with_numpy, mmr_from_similarities], MMR_WRONG),
]
RIGHT = [(check, answer) for check, answers, _ in BANK for answer in (check.reference, *answers)]
WRONG = [(check, reason, answer) for check, _, wrong in BANK for reason, answer in wrong]


@pytest.mark.parametrize(("check", "answer"), RIGHT, ids=lambda it: getattr(it, "__name__", getattr(it, "title", "")))
def test_right(check, answer):
    result = check(answer, seconds=60)
    assert result.status == "right", (result.reason, result.message)


@pytest.mark.parametrize(("check", "reason", "answer"), WRONG, ids=[f"{check.title}: {why}" for check, why, _ in WRONG])
def test_wrong(check, reason, answer):
    result = check(answer, seconds=60)
    assert (result.status, result.reason) == ("wrong", reason), result.message
    assert result.message


def test_untried_and_changing_the_input():
    assert bio_tags(lambda spans, n_words: ...).status == "untried"
    assert mean_pool(lambda x, token_mask: ...).status == "untried"

    def in_place(x, token_mask):
        x *= token_mask.unsqueeze(-1)
        return x.sum(1) / token_mask.sum(1, keepdim=True).clamp(min=1)

    assert mean_pool(in_place, seconds=60).reason == "changes-input"
