"""The squeeze: sizes and thresholds are those of real files and real pruning, rows are those of `symmetric`."""

import numpy as np
import pytest
import torch
from torch import nn

from helpers import bert
from helpers import compression as small
from helpers.widgets.squeeze import squeeze
from helpers.widgets.squeeze_data import compute, in_words, on_levels, thresholds

BITS, PERCENTS = [2, 4, 8, 32], [0, 50, 90]


def model():
    torch.manual_seed(0)
    config = bert.bert_config(60, d_model=24, n_heads=3, n_layers=2, context_len=16)
    found = bert.Classifier(bert.Encoder(config), pooling="mean").eval()
    for weight in found.parameters():
        nn.init.normal_(weight, std=0.2)
    return found


def table():
    accuracy = [[0.5 + 0.04 * b - 0.01 * p for p in range(3)] for b in range(4)]
    return compute(model(), BITS, PERCENTS, accuracy, baseline=("counting words", 0.8))


def test_thresholds_prune_what_pruning_prunes():
    found, shown = model(), table()
    for percent, edge in zip(PERCENTS, shown["edges"], strict=True):
        pruned = small.prunable(small.pruned(found, percent / 100))
        assert all(torch.equal(w.abs() > edge, pruned[name] != 0) for name, w in small.prunable(found).items())
    assert thresholds(np.array([3.0, 1.0, 2.0]), [0, 34, 100]) == [-1.0, 1.0, 3.0]


@pytest.mark.parametrize("bits", [2, 5, 8])
def test_a_row_is_put_on_the_levels_of_the_matrix(bits):
    found, shown = model(), table()
    row = found.encoder.blocks[0].attention.to_query.weight[:1].detach()
    assert np.allclose(shown["rows"][0]["weights"], row[0], rtol=1e-4)
    now = on_levels(row[0].tolist(), bits, -1.0)
    assert np.allclose(now["values"], small.symmetric(row, bits, per_row=True).values()[0], atol=1e-6)
    assert now["error"] <= now["scale"] / 2 * 1.001 and now["used"] <= 2**bits and now["pruned"] == 0


@pytest.mark.parametrize("bits", [2, 3, 4, 8])
def test_a_half_goes_to_the_even_level(bits):
    half = (2**bits - 1) / 2  # the largest weight is as many scales; 1, 0.5, 1.5 … scales are exact numbers
    row = torch.tensor([[half, *(step / 2 for step in range(-(2**bits) + 1, 2**bits - 1))]])
    now = on_levels(row[0].tolist(), bits, -1.0)
    assert now["scale"] == 1 and now["values"].tolist() == small.symmetric(row, bits, per_row=True).values()[0].tolist()


def test_megabytes_are_those_of_files(tmp_path):
    found = model()
    for bits, percent in ((8, 0), (4, 50), (32, 0)):
        size = small.save(small.pruned(found, percent / 100), tmp_path / "file", bits, sparse=percent > 0)
        told = table()["megabytes"][BITS.index(bits)][PERCENTS.index(percent)]
        assert abs(size / 1e6 - told) < 0.02


def test_the_widget_refuses_what_is_not_there_and_says_what_it_shows():
    widget = squeeze(table(), bits=4, percent=50)
    assert widget.alt_text().startswith("Squeeze MiniLM. 4 bits, 50 % pruned: 53.0% right")
    assert widget.picture()[:4] == b"\x89PNG"
    assert in_words(widget.table, 3, 0, 0).endswith("The row takes 24 different values.")
    with pytest.raises(ValueError, match="bits is 5"):
        squeeze(table(), bits=5)
    with pytest.raises(Exception, match="percent is 3"):
        widget.percent = 3
    with pytest.raises(ValueError, match="4 rows of 3"):
        compute(model(), BITS, PERCENTS, [[0.5]])
