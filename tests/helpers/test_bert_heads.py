"""BERT's encoder, heads, inputs and masking: shapes, padding, and the same numbers as Hugging Face's classes."""

import pytest
import torch

from helpers import bert
from helpers.bert.hugging_face import to_hugging_face
from helpers.tokenization import WordPiece

VOCAB = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefgh", *(f"##{char}" for char in "abcdefgh"), "."]


@pytest.fixture(scope="module")
def cut():
    return WordPiece(VOCAB)


def small(seed=0, **more):
    torch.manual_seed(seed)
    sizes = {"d_model": 24, "n_heads": 3, "n_layers": 2, "context_len": 20, "dropout": 0.0}
    encoder = bert.Encoder(bert.bert_config(len(VOCAB), **(sizes | more)))
    for weight in encoder.parameters():
        torch.nn.init.normal_(weight, std=0.3)
    return encoder


def test_masked_language_model_equals_hugging_face_in_values_and_gradients(cut):
    batch = bert.batch_of(cut, ["a bad cab.", "h"], pairs=["fed", "a"])
    ours = bert.MaskedLanguageModel(small()).eval()
    torch.nn.init.normal_(ours.head.to_logits.bias)
    theirs = to_hugging_face(ours)
    real = batch.token_ids != 0
    mine = ours(batch.token_ids, batch.segment_ids)
    other = theirs(batch.token_ids, token_type_ids=batch.segment_ids, attention_mask=real.long()).logits
    torch.testing.assert_close(mine[real], other[real], atol=1e-5, rtol=0)
    weight = torch.randn(mine[real].shape)
    (mine[real] * weight).sum().backward()
    (other[real] * weight).sum().backward()
    key = theirs.bert.encoder.layer[0].attention.self.key
    for one, twin in ((ours.encoder.embedding.token, theirs.bert.embeddings.word_embeddings),
                      (ours.encoder.blocks[0].attention.to_key, key)):  # fmt: skip
        torch.testing.assert_close(one.weight.grad, twin.weight.grad, atol=1e-4, rtol=1e-4)


def test_fused_and_visible_attention_agree_and_say_what_they_keep(cut):
    encoder, ids = small(), bert.batch_of(cut, ["abc def", "", "h g f e d c b a"]).token_ids
    seen = encoder(ids)
    assert not encoder.fused and [maps.shape for maps in seen.attention] == [(3, 3, 10, 10)] * 2
    encoder.fused = True
    fast = encoder(ids)
    assert encoder.fused and fast.attention == [None, None] and len(fast.hidden) == 3
    torch.testing.assert_close(fast.x[ids != 0], seen.x[ids != 0], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("make", [
    bert.MaskedLanguageModel, bert.NextSentence, lambda encoder: bert.Classifier(encoder, 3),
    lambda encoder: bert.Classifier(encoder, 3, pooling="mean"), lambda encoder: bert.Tagger(encoder, 5),
])  # fmt: skip
def test_padding_changes_nothing(cut, make):
    model = make(small()).eval()
    ids = bert.batch_of(cut, ["a bad cab"]).token_ids
    padded = torch.nn.functional.pad(ids, (0, 6))
    with torch.no_grad():
        alone, filled = model(ids), model(padded)
    torch.testing.assert_close(alone, filled[:, : ids.shape[1]] if alone.ndim == 3 else filled, atol=1e-5, rtol=1e-5)


def test_every_token_is_seen_by_every_other(cut):
    """Not a causal model: a change at either end moves all outputs."""
    encoder, ids = small(), bert.batch_of(cut, ["abcdefgh"]).token_ids
    for place in (1, ids.shape[1] - 2):
        changed = ids.clone()
        changed[0, place] = 7 if ids[0, place] != 7 else 8
        moved = (encoder(changed).x - encoder(ids).x).abs().amax(-1)
        assert (moved > 1e-6).all()


def test_shapes_of_the_other_heads(cut):
    batch = bert.batch_of(cut, ["a", "bad cab"], pairs=["h g", "d"])
    tokens, sentence = bert.Pretraining(small())(batch.token_ids, batch.segment_ids)
    assert tokens.shape == (*batch.token_ids.shape, len(VOCAB)) and sentence.shape == (2, 2)
    start, end = bert.SpanFinder(small())(batch.token_ids, batch.segment_ids)
    padding = batch.token_ids == 0
    assert torch.equal(start.isinf(), padding) and torch.equal(end.isinf(), padding)
    masked = bert.MaskedLanguageModel(small())
    places = batch.token_ids == VOCAB.index("a")
    torch.testing.assert_close(masked.at(batch.token_ids, places), masked(batch.token_ids)[places])
    assert bert.mean_pool(torch.ones(2, 3, 4), torch.tensor([[True, False, True], [False] * 3])).tolist() == [
        [1.0] * 4, [0.0] * 4]  # fmt: skip


def test_wrong_settings_are_named(cut):
    with pytest.raises(ValueError, match="norms after each sum"):
        bert.Encoder(bert.bert_config(9, norm_place="pre"))
    with pytest.raises(ValueError, match="positions for 20"):
        small()(torch.ones(1, 21, dtype=torch.long))
    with pytest.raises(ValueError, match="expected one of cls, mean"):
        bert.Classifier(small(), pooling="max")
    with pytest.raises(ValueError, match="bert_config"):
        to_hugging_face(bert.Encoder(bert.bert_config(9, d_model=8, n_heads=2, activation="relu")))


def test_rows_of_a_batch(cut):
    batch = bert.batch_of(cut, ["abc", ["ab", "z", "c"]], pairs=["d", []])
    assert batch.tokens == [["[CLS]", "a", "##b", "##c", "[SEP]", "d", "[SEP]"],
                            ["[CLS]", "a", "##b", "[UNK]", "c", "[SEP]", "[SEP]"]]  # fmt: skip
    assert batch.segment_ids.tolist() == [[0, 0, 0, 0, 0, 1, 1], [0, 0, 0, 0, 0, 0, 1]]
    assert batch.word_of == [[-1, 0, 0, 0, -1, 1, -1], [-1, 0, 0, 1, 2, -1, -1]]
    assert bert.batch_of(cut, ["", "a"]).token_ids.tolist() == [[2, 3, 0], [2, 5, 3]]


@pytest.mark.parametrize(("first", "second", "kept"), [(9, 0, (7, 0)), (9, 9, (3, 4)), (9, 1, (6, 1)), (1, 9, (1, 6))])
def test_what_is_too_long_is_cut(cut, first, second, kept):
    batch = bert.batch_of(cut, ["a " * first], pairs=["b " * second], longest=10)
    assert batch.tokens[0] == ["[CLS]", *"a" * kept[0], "[SEP]", *"b" * kept[1], "[SEP]"]
    assert len(batch.word_of[0]) == len(batch.tokens[0]) <= 10


@pytest.mark.parametrize("wrong", [{"texts": "abc"}, {"texts": []}, {"texts": ["a"], "pairs": []},
                                   {"texts": ["a"], "longest": 1}])  # fmt: skip
def test_what_is_no_batch(cut, wrong):
    with pytest.raises(ValueError):
        bert.batch_of(cut, **wrong)


def test_masking_has_the_right_rates_and_spares_what_it_must():
    ids = torch.randint(5, 1000, (200, 100), generator=torch.Generator().manual_seed(1))
    ids[:, 0], ids[:, -1], ids[::2, 50:] = 2, 3, 0
    before = ids.clone()
    inputs, targets = bert.mask_tokens(ids, torch.Generator().manual_seed(0), mask_id=4, vocab_size=1000,
                                       special_ids=(0, 1, 2, 3, 4))  # fmt: skip
    asked, ordinary = targets != bert.IGNORED, ids >= 5
    assert torch.equal(ids, before) and not (asked & ~ordinary).any()
    assert torch.equal(targets[asked], ids[asked]) and torch.equal(inputs[~asked], ids[~asked])
    assert asked.sum() / ordinary.sum() == pytest.approx(0.15, abs=0.01)
    hidden, same = (inputs[asked] == 4), (inputs[asked] == ids[asked])
    assert hidden.float().mean() == pytest.approx(0.8, abs=0.03)
    assert same.float().mean() == pytest.approx(0.1, abs=0.03)
    assert inputs[asked][~hidden].min() >= 5
    nothing, none = bert.mask_tokens(ids, torch.Generator(), mask_id=4, vocab_size=1000, special_ids=(0,), rate=0.0)
    assert torch.equal(nothing, ids) and (none == bert.IGNORED).all()
    with pytest.raises(ValueError, match="expected 0 to 1"):
        bert.mask_tokens(ids, torch.Generator(), mask_id=4, vocab_size=1000, special_ids=(), rate=1.5)


def test_masked_loss_is_the_mean_over_the_places_asked_about():
    logits, targets = torch.randn(2, 5, 7), torch.full((2, 5), bert.IGNORED)
    assert bert.masked_loss(logits, targets) == 0
    targets[0, 1], targets[1, 4] = 3, 6
    expected = -(logits.log_softmax(-1)[0, 1, 3] + logits.log_softmax(-1)[1, 4, 6]) / 2
    torch.testing.assert_close(bert.masked_loss(logits, targets), expected)
    torch.testing.assert_close(expected, torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten()))
