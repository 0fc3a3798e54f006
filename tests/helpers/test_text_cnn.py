"""The three classifiers: padding changes nothing, order matters where it should."""

import pytest
import torch

from helpers.text_cnn import MeanOfWords, Recurrent, TextCNN, encode, tokens, vocabulary

TEXTS = ["Not good, bad!", "not bad, good!", "", "好 🙂 <script>", "Don’t go"]
NUMBERS = vocabulary(TEXTS, min_count=1)
KINDS = [TextCNN, MeanOfWords, Recurrent]


def make(kind):
    torch.manual_seed(0)
    return kind(len(NUMBERS) + 2, d_model=6).eval()


def test_tokens_and_numbers():
    assert tokens("Don’t GO! 好") == ["don't", "go", "!", "好"]
    ids = encode(TEXTS, NUMBERS, length=4)
    assert ids.shape == (5, 4) and not ids[2].any() and (ids[:2] > 1).all()
    assert encode(["zebra " * 9], NUMBERS, length=4).tolist() == [[1] * 4] and encode([], NUMBERS).shape == (0, 40)
    assert min(NUMBERS.values()) == 2 and len(vocabulary(TEXTS, size=3)) == 3 and "go" not in vocabulary(TEXTS)


@pytest.mark.parametrize("kind", KINDS)
def test_padding_changes_nothing(kind):
    model = make(kind)
    short, long = (model(encode(TEXTS, NUMBERS, length=length)) for length in (6, 20))
    assert short.shape == (5, 2) and short.isfinite().all()
    rows = [0, 1, 3, 4]  # an empty text is nothing but padding
    assert torch.allclose(short[rows], long[rows], atol=1e-6)


@pytest.mark.parametrize("kind, differs", [(TextCNN, True), (MeanOfWords, False), (Recurrent, True)])
def test_word_order(kind, differs):
    one, other = make(kind)(encode(TEXTS[:2], NUMBERS))
    assert torch.allclose(one, other, atol=1e-6) != differs


def test_a_detector_finds_its_phrase_anywhere():
    model = make(TextCNN)
    rest = encode(["x y z"], NUMBERS, length=3)[0]
    phrase = encode(["not good"], NUMBERS, length=2)[0]
    places = [torch.cat([rest[:i], phrase, rest[i:]]) for i in range(4)]
    answers = model.features(torch.stack(places))[0]  # (4, F, T + 1)
    for i in range(4):
        assert torch.allclose(answers[i, :, i + 1], answers[0, :, 1], atol=1e-6)
