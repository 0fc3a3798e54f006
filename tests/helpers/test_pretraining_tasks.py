"""Tasks without labels, and what an encoder has learned: segments, pairs, replaced and shuffled tokens, probes."""

from collections import Counter

import numpy as np
import pytest
import torch

from helpers import bert
from helpers.bert import IGNORED
from helpers.pretraining import objectives, probes, sentences, text

SPECIAL = (0, 1, 2, 3, 4)


def dice(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def ids():
    ids = torch.randint(5, 60, (200, 40), generator=dice(7))
    ids[:, 0], ids[:, 30], ids[::2, 31:] = 2, 3, 0
    return ids


@pytest.fixture(scope="module")
def encoder():
    torch.manual_seed(0)
    config = bert.bert_config(text.VOCAB_SIZE, d_model=16, n_heads=2, n_layers=2, context_len=64, dropout=0.0)
    encoder = bert.Encoder(config).eval()
    for part in encoder.parameters():
        torch.nn.init.normal_(part, std=0.3)
    return encoder


def test_segments_are_those_of_batch_of():
    cut = text.tokenizer()
    first = ["The cat sat.", "", "A dog", "one two three four five six"]
    batch = bert.batch_of(cut, first, pairs=["On the mat.", "x", "", "seven eight nine ten"], longest=12)
    found = sentences.segment_ids(batch.token_ids, cut.index["[SEP]"], cut.index["[PAD]"])
    assert torch.equal(found, batch.segment_ids) and found.max() == 1


def test_sentence_pairs_over_many_articles():
    articles = [[f"{n}.{m}" for m in range(2 + n % 7)] for n in range(300)] + [[], ["alone"]]
    pairs = sentences.sentence_pairs(articles, dice())
    follows = {one: two for article in articles for one, two in zip(article, article[1:], strict=False)}
    assert [first for first, _, _ in pairs] == list(follows)
    share = np.mean([is_next for _, _, is_next in pairs])
    assert 0.45 < share < 0.55 and pairs == sentences.sentence_pairs(articles, dice())
    for first, second, is_next in pairs:
        assert (follows[first] == second) == is_next
        assert is_next or first.split(".")[0] != second.split(".")[0]
    second_ones = Counter(second.split(".")[0] for _, second, is_next in pairs if not is_next)
    assert len(second_ones) > 150 and "alone" in {second for _, second, _ in pairs}
    with pytest.raises(ValueError, match="one article alone"):
        sentences.sentence_pairs([["a", "b", "c", "d", "e", "f", "g"]], dice())


def test_harder_pairs_stay_in_the_article():
    articles = [[f"{n}.{m}" for m in range(2 + n % 9)] for n in range(200)]
    pairs = sentences.harder_pairs(articles, dice())
    for first, second, is_next in pairs:
        (n, m), (other_n, other_m) = first.split("."), second.split(".")
        assert n == other_n and first != second and (int(other_m) == int(m) + 1) == is_next
    steps = {int(b.split(".")[1]) - int(a.split(".")[1]) for a, b, is_next in pairs if not is_next}
    assert steps >= {-2, -1, 2, 3} and 1 not in steps
    assert 0.45 < np.mean([is_next for _, _, is_next in pairs]) < 0.55


def test_overlap_counts_rare_tokens():
    counts = Counter({"the": 9, "cat": 1, "sat": 4})
    assert sentences.document_counts([["a", "b", "a"], ["a"], []]) == {"a": 2, "b": 1}
    assert sentences.overlap(["the", "cat"], ["the", "dog"], counts, 10) == pytest.approx(0.0)
    assert sentences.overlap(["cat", "sat", "cat"], ["sat", "cat"], counts, 10) == pytest.approx(np.log(5) + np.log(2))


def test_replaced_tokens(ids):
    proposals = torch.arange(60).float()
    before = ids.clone()
    inputs, labels = objectives.replace_tokens(ids, dice(), proposals=proposals, special_ids=SPECIAL, rate=0.2)
    special = torch.isin(ids, torch.tensor(SPECIAL))
    assert torch.equal(ids, before) and torch.equal(inputs[special], ids[special])
    assert (labels[special] == IGNORED).all() and not torch.isin(inputs[~special], torch.tensor(SPECIAL)).any()
    assert torch.equal(labels[~special] == 1, inputs[~special] != ids[~special])
    assert 0.17 < (labels == 1).sum() / (~special).sum() < 0.21
    drawn = torch.bincount(inputs[labels == 1], minlength=60)
    assert drawn[40:].sum() > 2 * drawn[5:25].sum()  # in proportion
    assert torch.equal(objectives.replace_tokens(ids, dice(), proposals=proposals, special_ids=SPECIAL, rate=0)[0], ids)
    for bad in ({"rate": 1.5}, {"proposals": torch.zeros(60)}):
        with pytest.raises(ValueError, match="expected"):
            objectives.replace_tokens(ids, dice(), **({"proposals": proposals, "special_ids": SPECIAL} | bad))


def test_shuffled_words(ids):
    before = ids.clone()
    inputs, targets = objectives.shuffle_words(ids, dice(), special_ids=SPECIAL, rate=0.05)
    asked = targets != IGNORED
    assert torch.equal(ids, before) and torch.equal(inputs[~asked], ids[~asked])
    assert torch.equal(targets[asked], ids[asked]) and not torch.isin(inputs[asked], torch.tensor(SPECIAL)).any()
    assert torch.equal(inputs.sort(1).values, ids.sort(1).values)  # moved, never replaced
    assert 0.09 < asked.float().mean() < 0.15 and (inputs != ids).sum() > 0.5 * asked.sum()
    assert int(asked.sum()) % 3 == 0
    with pytest.raises(ValueError, match="rate"):
        objectives.shuffle_words(ids, dice(), special_ids=SPECIAL, rate=-1)


def test_detection_counted_pair_by_pair():
    labels = torch.tensor([[1, 0, 0, IGNORED, 0], [0, 1, 0, 1, 0]])
    scores = torch.tensor([[0.5, -1.0, 0.5, 9.0, 0.2], [-2.0, -0.5, -0.5, 3.0, 0.0]])
    found, asked = objectives.detection(scores, labels), labels != IGNORED
    pairs = [(one, two) for one in scores[labels == 1] for two in scores[labels == 0]]
    wins = [1.0 if one > two else 0.5 if one == two else 0.0 for one, two in pairs]
    assert found["auc"] == pytest.approx(np.mean(wins)) and asked.sum() == 9
    assert found["majority"] == pytest.approx(6 / 9) and found["accuracy"] == pytest.approx(6 / 9)
    assert objectives.detection(torch.zeros(2, 5), labels)["auc"] == pytest.approx(0.5)
    with pytest.raises(ValueError, match="some of each"):
        objectives.detection(scores, torch.zeros(2, 5))


def test_capitals_are_spotted_inside_sentences():
    found = probes.spot_capitals(
        ["He met Ana Smith in Rome. THE END OF ALL OF IT NOW.\nThey left the city by train today."]
    )
    assert [one.words for one in found] == [["he", "met", "ana", "smith", "in", "rome"],
                                            ["they", "left", "the", "city", "by", "train", "today"]]  # fmt: skip
    assert found[0].capital == [probes.UNASKED, 0, 1, 1, 0, 1] and found[1].capital == [probes.UNASKED, *[0] * 6]


def test_words_written_both_ways():
    rows = [probes.Spotted(["so", "the", "bank"], [-1, 0, n % 2]) for n in range(8)] + [probes.Spotted(["bank"], [-1])]
    found = probes.written_both_ways(rows, least=8)
    assert len(found) == 8 and found[3].capital == [-1, -1, 1] and probes.written_both_ways(rows, least=9) == []


def test_word_vectors_are_the_encoders_own(encoder):
    cut = text.tokenizer()
    rows = [["the", "unbelievableness", "of", "rome"], ["we", "may", "go"], ["x"] * 100]
    read = probes.word_vectors(encoder, cut, rows, batch_size=2, longest=32)
    assert [tuple(one.shape) for one in read[:2]] == [(4, 3, 16), (3, 3, 16)] and len(read[2]) < 31
    batch = bert.batch_of(cut, [rows[1]])
    alone = torch.stack(encoder(batch.token_ids).hidden, dim=2)[0, 1:4]
    assert torch.allclose(read[1], alone, atol=1e-5)  # beside a longer sentence: padding changes nothing


def test_occurrences_and_their_neighbours(encoder):
    rows = [["we", "may", "go"], ["in", "may", "we", "may", "go"], ["nothing"], ["we", "may", "go"]]
    found = probes.occurrences(encoder, text.tokenizer(), rows, "may")
    assert found.places == [(0, 1), (1, 1), (1, 3), (3, 1)] and found.vectors.shape == (4, 3, 16)
    near = found.nearest(0, k=9)
    assert near[0] == (3, pytest.approx(1.0, abs=1e-5)) and len(near) == 3 and 0 not in [number for number, _ in near]
    assert found.agreement(["a", "b", "b", "a"], layer=-1) >= 0.5
    with pytest.raises(ValueError, match="1 times"):
        probes.occurrences(encoder, text.tokenizer(), rows, "nothing")


def test_a_probe_finds_what_is_there_and_no_more(encoder):
    spotted = [probes.Spotted(["a", "b", "c"], [-1, 1, 0]), probes.Spotted(["d", "e"], [-1, 1])]
    made = probes.examples(encoder, text.tokenizer(), spotted)
    assert made.words == ["b", "c", "e"] and made.labels.tolist() == [1, 0, 1] and made.vectors.shape == (3, 3, 16)
    x = torch.randn(400, 6, generator=dice())
    truth = (x[:, 2] > 0).numpy().astype(int)
    assert (probes.probe(x[:300], truth[:300], x[300:]) == truth[300:]).mean() > 0.9
    chance = np.random.default_rng(0).integers(0, 2, 400)
    assert (probes.probe(x[:300], chance[:300], x[300:]) == chance[300:]).mean() < 0.65
    control = probes.control_labels(["a", "b", "a", "c"] * 50, 0.5)
    assert control[0] == control[2] and len(control) == 200 and set(control) <= {0, 1}
