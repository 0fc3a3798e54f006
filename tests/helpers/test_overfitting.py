"""Over-fitting: augmentation, the moment at which weights are taken, and a run that does over-fit."""

import pytest
import torch

from helpers.overfitting import Curve, Texts, augment, few_reviews, run, wiki_instead
from helpers.text_cnn import PADDING, UNKNOWN


def noisy_texts():
    """Verdicts that no text explains: what is learned here can only be learned by heart."""
    dice = torch.Generator().manual_seed(0)
    return Texts(50, *((torch.randint(2, 50, (60, 8), generator=dice), torch.randint(2, (60,), generator=dice))
                       for _ in range(3)))  # fmt: skip


def test_augmentation_blots_words_out_and_leaves_padding():
    ids = torch.tensor([[5, 6, 7, PADDING]]).repeat(2000, 1)
    new = augment(ids, 0.3, torch.Generator().manual_seed(0))
    assert (new[:, 3] == PADDING).all() and set(new[:, 0].tolist()) == {5, UNKNOWN}
    assert (new[:, :3] == UNKNOWN).float().mean().item() == pytest.approx(0.3, abs=0.03)
    assert augment(ids, 0.0).equal(ids)


def test_learning_noise_by_heart():
    texts = noisy_texts()
    curve = run(texts, seed=0, steps=100)
    assert curve.steps == [20, 40, 60, 80, 100]
    assert curve.train_loss[-1] < 0.3 < 0.69 < curve.valid_loss[-1]  # chance is 0.693
    early = curve.taken(True)
    assert curve.valid_loss[early] == min(curve.valid_loss) and curve.taken(False) == 4
    cured = run(texts, ["dropout", "weight decay", "augmentation"], seed=0, steps=100)
    assert cured.valid_loss[-1] < curve.valid_loss[-1]
    assert run(texts, seed=0, steps=20).train_loss == curve.train_loss[:1]


def test_wiki_stands_in_for_reviews():
    texts = few_reviews(wiki_instead(), n_train=300, n_valid=50, n_test=60, length=10)
    assert [len(part[1]) for part in (texts.train, texts.valid, texts.test)] == [300, 50, 60]
    for ids, verdicts in (texts.train, texts.test):
        assert 0.3 < verdicts.float().mean() < 0.7 and int(ids.max()) < texts.vocab_size and ids.shape[1] == 10


def test_no_such_cure():
    with pytest.raises(ValueError, match="expected some of dropout"):
        run(noisy_texts(), ["prayer"])
    assert Curve([20], [1], [1], [1], [1], [1]).taken(True) == 0
