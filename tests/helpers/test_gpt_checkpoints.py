"""Lesson 07's records: the kept weights reach their figures, and the text's claims hold in every seed."""

from statistics import median

import pytest
import torch

from helpers import checkpoints
from helpers.checkpoints import gpt as recipes
from helpers.language_models import NGram, characters
from helpers.metrics import bits_per_character


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def text():
    return characters()


def bits(name):
    return checkpoints.record(name).figures["bits"]


def test_the_weights_reach_the_figure_of_their_record(text):
    model = recipes.make("fast", **recipes.BEST)
    record = checkpoints.load("gpt_fast", model)
    assert bits_per_character(model, text.valid[:10_000]) == pytest.approx(record.figures["bits"][0], abs=3e-3)
    assert recipes.contexts(model, text, (1, 4)) == pytest.approx(
        {key: record.figures["by_context"][0][key] for key in ("1", "4")}, abs=2e-3)  # fmt: skip


def test_fast_recipe_lstm_usual_recipe_in_this_order_in_every_seed():
    assert max(bits("gpt_fast")) < min(bits("gpt_lstm")) and max(bits("gpt_lstm")) < min(bits("gpt_usual")) - 0.1


def test_trained_models_beat_the_trivial_ones(text):
    bigram = bits_per_character(NGram(2, 80, interpolate=True).fit(text.train), text.valid[:10_000])
    assert all(max(bits(f"gpt_{kind}")) < bigram for kind in ("fast", "lstm"))


def test_two_pieces_carry_the_recipe_and_three_do_not():
    found = {name: [run["bits"] for run in runs] for name, runs in checkpoints.record("gpt_ablation").figures.items()}
    for name in ("learned positions", "AdamW", "usual"):
        assert min(found[name]) > max(found["fast"]) + 0.1, name
    assert median(found["usual"]) == max(median(values) for values in found.values())
    for name in ("no norm on queries and keys", "GELU", "output projections not zero"):
        assert abs(median(found[name]) - median(found["fast"])) < 0.1, name


def test_larger_is_better_on_the_same_text_by_more_than_seeds_differ():
    sizes = [[run["bits"] for run in runs] for runs in checkpoints.record("gpt_sizes").figures.values()]
    assert all(min(small) > max(large) for small, large in zip(sizes[:-1], sizes[1:], strict=True))


def test_few_shot_prompts_are_chance_but_for_the_model_that_read_repeats():
    for run in checkpoints.record("gpt_fast").figures["few_shot"]:
        assert max(value for values in run.values() for value in values) < 0.12
    for run in checkpoints.record("gpt_repeats").figures["few_shot"]:
        assert run["repeat"][0] < 0.12 and min(run["repeat"][1:4]) > 0.95 and max(run["capital"]) < 0.12


def test_token_shift_is_one_piece_more_that_pays():
    shifted, fast = ([run["bits"] for run in checkpoints.record(name).figures[key]] for name, key in
                     (("gpt_shift", "token shift"), ("gpt_ablation", "fast")))  # fmt: skip
    assert max(shifted) < min(fast)
