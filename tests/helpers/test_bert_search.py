"""The search for the recipe of the course's BERT: what its variants do to a batch, and what the record holds."""

import dataclasses
from statistics import median

import torch

from helpers import bert, checkpoints
from helpers.bert import IGNORED
from helpers.checkpoints import bert as mlm
from helpers.checkpoints import search
from helpers.pretraining import text

CUT = text.tokenizer()


def test_each_variant_changes_one_thing():
    recipe = dataclasses.asdict(search.VARIANTS["recipe"])
    for name, variant in search.VARIANTS.items():
        changed = {key for key, value in dataclasses.asdict(variant).items() if value != recipe[key]} - {"says"}
        allowed = {"replaced": {"task", "rate"}, "untrained_counts": {"steps", "neighbours"},
                   "untrained_heads": {"steps", "counts"}}  # fmt: skip
        assert len(changed) == (name != "recipe") or changed == allowed[name], name


def test_whole_words_are_asked_about_together():
    rows = text.short_rows(["Unbelievably, the parliamentarians misunderstood hydroelectricity."] * 400, 64).long()
    draw = search.by_words(lambda generator: (rows, torch.full_like(rows, IGNORED)), rate=0.3)
    inputs, targets = draw(torch.Generator().manual_seed(0))
    asked, goes_on = targets != IGNORED, torch.tensor([token.startswith("##") for token in CUT.vocab])[rows]
    assert goes_on.any() and torch.equal(asked[:, 1:][goes_on[:, 1:]], asked[:, :-1][goes_on[:, 1:]])
    special = rows < 5
    assert not asked[special].any() and torch.equal(inputs[~asked], rows[~asked])
    assert torch.equal(targets[asked], rows[asked])
    starts = ~goes_on & ~special
    assert 0.25 < asked[starts].float().mean() < 0.35
    hidden = (inputs == CUT.index["[MASK]"])[asked].float().mean()
    assert 0.75 < hidden < 0.85 and 0.07 < (inputs[asked] == rows[asked]).float().mean() < 0.13


def small(d_model=96, n_heads=2):
    torch.manual_seed(0)
    config = bert.bert_config(text.VOCAB_SIZE, d_model=d_model, n_heads=n_heads, n_layers=1, context_len=32,
                              dropout=0.0, fused=True)  # fmt: skip
    return bert.MaskedLanguageModel(bert.Encoder(config))


def test_replaced_tokens_teach_both_models():
    proposer = small()
    mlm.start_with_neighbours(proposer)
    both = search.Replaced(small().encoder, proposer)
    rows = torch.randint(5, 8000, (4, 32), generator=torch.Generator().manual_seed(0))
    rows[:, 0], rows[:, 20:] = CUT.index["[CLS]"], CUT.index["[PAD]"]
    targets = torch.full_like(rows, IGNORED)
    targets[:, 3:6] = rows[:, 3:6]
    inputs = rows.clone()
    inputs[:, 3:6] = CUT.index["[MASK]"]
    both(inputs, targets).backward()
    for part in (both.encoder.blocks[0], both.proposer.encoder.blocks[0], both.to_score):
        assert any(weight.grad is not None and weight.grad.abs().sum() > 0 for weight in part.parameters())
    # A proposer that knows the answers replaces nothing: the scores should then all be low, and cost nothing.
    answers = torch.zeros(12, 8000).scatter_(1, targets[targets != IGNORED][:, None], 1000.0)
    both.proposer.at = lambda inputs, places: answers
    with torch.no_grad():
        both.to_score.weight.zero_()
        both.to_score.bias.fill_(-100.0)
        assert float(both(inputs, targets)) == 0.0
        both.to_score.bias.fill_(100.0)  # and being sure of the opposite costs 100 nats a token, fifty times
        assert abs(float(both(inputs, targets)) - 5000) < 1


def test_the_second_long_run_took_what_had_won():
    tried, second = checkpoints.record("bert_search").figures, checkpoints.record("bert_second")
    films = {name: median(run["films"] for run in runs) for name, runs in tried.items() if runs[0]["films"] is not None}
    nats = {name: median(run["nats"]["news"] for run in tried[name]) for name in ("rate15", "recipe", "rate40")}
    assert second.recipe["pieces"] == search.VARIANTS[max(films, key=films.get)].pieces == 16_000
    assert second.recipe["rate"] == search.VARIANTS[min(nats, key=nats.get)].rate == 0.4
    assert second.recipe["steps"] == mlm.RECIPE.steps and len(second.runs) == 3
    assert all(run["curve"][-1][0] == mlm.RECIPE.steps for run in second.figures["pretraining"])


def test_the_record_holds_every_variant_and_three_seeds():
    found = checkpoints.record("bert_search").figures
    assert list(found) == list(search.VARIANTS)
    for name, runs in found.items():
        assert len(runs) == 3
        for run in runs:
            assert 0 <= run["countries"] <= 1
            assert (run["films"] is None) == (search.VARIANTS[name].steps == 0)
