"""Calibration against arithmetic by hand and by chance."""

import pytest
import torch

from helpers.metrics import expected_calibration_error, reliability


def test_by_hand():
    said, right = [0.95, 0.85, 0.9, 0.55, 0.6, 0.6], [1, 1, 0, 1, 0, 0]
    bins = reliability(said, right, n_bins=10)
    assert bins.counts == [3, 2, 1] and bins.low == [0.5, 0.8, 0.9]  # 0.9 is an edge: it belongs to the bin below
    assert bins.confidence == pytest.approx([1.75 / 3, 0.875, 0.95]) and bins.accuracy == pytest.approx([1 / 3, 0.5, 1])
    by_hand = (3 * (1.75 / 3 - 1 / 3) + 2 * 0.375 + 0.05) / 6
    assert expected_calibration_error(said, right) == pytest.approx(by_hand)
    assert expected_calibration_error(said, right, n_bins=1) == pytest.approx(abs(4.45 / 6 - 0.5))


def test_extremes():
    assert expected_calibration_error([1.0, 1.0], [True, True]) == 0
    assert expected_calibration_error([1.0, 1.0], [False, False]) == 1
    assert reliability([0.0, 1.0], [0, 1], 4).counts == [1, 1]
    assert reliability([k / 10 for k in range(1, 11)], [1] * 10).counts == [1] * 10  # 0.3 · 10 is a little above 3
    assert reliability(torch.arange(1, 11) / 10, [1] * 10).counts == [1] * 10  # 0.8 with 32 bits is above 0.8


def test_a_model_that_says_what_it_knows_is_near_zero_and_a_bold_one_is_not():
    generator = torch.Generator().manual_seed(0)
    said = 0.5 + 0.5 * torch.rand(20_000, generator=generator)
    right = torch.rand(20_000, generator=generator) < said
    assert expected_calibration_error(said, right) < 0.02
    assert expected_calibration_error((said + 0.15).clamp(max=1), right) > 0.08


def test_what_cannot_be_judged_is_said():
    nan = float("nan")
    for said, right, bins in (([], [], 10), ([0.5], [1, 0], 10), ([1.5], [1], 10), ([0.5], [1], 0), ([nan], [1], 5)):
        with pytest.raises(ValueError, match="Expected"):
            reliability(said, right, bins)
