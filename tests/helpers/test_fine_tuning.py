"""Fine-tuning's parts: batches, freezing, LoRA against a merged layer, learning rates in groups, occlusion, records."""

import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from helpers import bert
from helpers import fine_tuning as ft
from helpers.checkpoints.recipe import Checkpoint, Trained
from helpers.checkpoints.store import load, save
from helpers.fine_tuning.batches import trimmed
from helpers.fine_tuning.ladder import Band, packed, unpacked
from helpers.fine_tuning.words import Widened, glove_words, word_encoder, word_numbers
from helpers.training import History, Recipe, train


def small(n_layers=2, dropout=0.1, pooling="mean"):
    torch.manual_seed(0)
    config = bert.bert_config(20, d_model=8, n_heads=2, n_layers=n_layers, context_len=12, dropout=dropout)
    return bert.Classifier(bert.Encoder(config), pooling=pooling)


def texts(n=40, seed=0):
    """Random token_ids (N, T), padded, and labels that depend on the first token."""
    generator = torch.Generator().manual_seed(seed)
    ids = torch.randint(1, 20, (n, 10), generator=generator)
    lengths = torch.randint(1, 11, (n,), generator=generator)
    ids[torch.arange(10) >= lengths[:, None]] = 0
    return ids, (ids[:, 0] > 9).long()


def test_every_text_comes_once_an_epoch_with_little_padding():
    ids, labels = texts(300)
    batches = ft.Batches(ids, labels, batch_size=16)
    generator = torch.Generator().manual_seed(1)
    first, second = batches.epoch(generator), batches.epoch(generator)
    assert sorted(torch.cat(first).tolist()) == list(range(300)) == sorted(torch.cat(second).tolist())
    assert torch.cat(first).tolist() != torch.cat(second).tolist()
    assert batches.per_epoch == 19 and max(map(len, first)) == 16
    padding = total = 0
    for _ in range(19):
        rows, answers = batches(generator)
        assert answers.shape == (len(rows),) and (rows != 0).any(dim=0).all()
        padding, total = padding + int((rows == 0).sum()), total + rows.numel()
    assert padding / total < 0.15 < float((ids == 0).float().mean())
    assert trimmed(torch.zeros(2, 5, dtype=torch.long)).shape == (2, 1)


def test_probabilities_do_not_depend_on_company_or_dropout():
    model, (ids, _) = small(), texts()
    model.train()
    found = ft.probabilities(model, ids, batch_size=7)
    assert model.training and torch.allclose(found.sum(1), torch.ones(40), atol=1e-6)
    model.eval()
    alone = torch.stack([model(trimmed(row[None])).softmax(1)[0] for row in ids])
    assert torch.allclose(found, alone, atol=1e-6)


def test_the_head_written_out_is_the_classifier_and_its_gradients():
    model, (ids, labels) = small().eval(), texts()
    x = model.encoder(ids).x.detach().requires_grad_()
    head = model.to_logits
    ours = ft.classification_loss(x, ids != 0, head.weight, head.bias, labels)
    theirs = cross_entropy(nn.functional.linear(bert.mean_pool(x, ids != 0), head.weight, head.bias), labels)
    assert torch.allclose(ours, cross_entropy(model(ids), labels), atol=1e-6)
    pairs = zip(torch.autograd.grad(ours, [x, head.weight, head.bias]),
                torch.autograd.grad(theirs, [x, head.weight, head.bias]), strict=True)  # fmt: skip
    assert all(torch.allclose(a, b, atol=1e-7) for a, b in pairs)


def test_what_is_frozen_stays_and_gives_the_same_twice():
    model, (ids, labels) = ft.freeze(small(n_layers=3), 2), texts()
    before = {name: weight.clone() for name, weight in model.named_parameters()}
    train(model, ft.Batches(ids, labels, 8), ft.review_loss, Recipe(5, 1e-2), show=False)
    moved = {name for name, weight in model.named_parameters() if not torch.equal(weight, before[name])}
    free = {name for name in before if name.startswith(("encoder.blocks.2", "to_logits"))}
    assert moved <= free and free - moved <= {"encoder.blocks.2.attention.to_key.bias"}  # which changes no attention
    model.train()
    hidden = [model.encoder(ids).hidden for _ in range(2)]
    assert torch.equal(hidden[0][2], hidden[1][2]) and not torch.equal(hidden[0][3], hidden[1][3])
    assert 0 < ft.trainable_share(model) < 1 and ft.n_trainable(small()) == sum(p.numel() for p in small().parameters())
    for wrong in (-1, 4):
        with pytest.raises(ValueError, match="blocks"):
            ft.freeze(small(n_layers=3), wrong)


def test_lora_starts_as_nothing_learns_and_merges():
    ids, labels = texts()
    plain = small(dropout=0.0).eval()
    model = small(dropout=0.0).eval()
    ft.add_lora(model.encoder, rank=2, alpha=6.0)
    assert torch.equal(model(ids), plain(ids))
    before = {name: weight.clone() for name, weight in model.named_parameters() if not weight.requires_grad}
    history = train(model, ft.Batches(ids, labels, 20), ft.review_loss, Recipe(60, 2e-2), show=False)
    assert history.losses[-1] < 0.7 * history.losses[0]
    assert all(torch.equal(weight, before[name]) for name, weight in model.named_parameters() if name in before)
    assert not any("lora" in name or "up" in name for name in before)
    learned = model(ids)
    merged = ft.merge(model)
    assert torch.allclose(merged(ids), learned, atol=1e-5) and not torch.allclose(learned, plain(ids), atol=1e-2)
    assert not any(isinstance(part, ft.LoRALinear) for part in merged.modules())
    assert list(merged.state_dict()) == list(plain.state_dict())


@pytest.mark.parametrize("bias", [True, False])
def test_a_lora_layer_against_arithmetic(bias):
    torch.manual_seed(1)
    linear = nn.Linear(5, 3, bias=bias)
    layer = ft.lora(linear, 2, 7.0)
    nn.init.normal_(layer.up)
    x = torch.randn(2, 4, 5)
    whole = linear.weight + 3.5 * layer.up @ layer.down
    assert torch.allclose(layer(x), nn.functional.linear(x, whole, linear.bias), atol=1e-5)
    assert torch.allclose(layer.merged()(x), layer(x), atol=1e-5)
    assert [tuple(weight.shape) for weight in layer.parameters() if weight.requires_grad] == [(2, 5), (3, 2)]
    for rank in (0, 4):
        with pytest.raises(ValueError, match="rank"):
            ft.LoRALinear(nn.Linear(5, 3), rank)


def test_kept_corrections_fill_another_model(tmp_path):
    def made(seed):
        model = small()
        torch.manual_seed(seed)
        ft.add_lora(model.encoder, rank=2)
        for weight in ft.trained_parts(model).values():
            nn.init.normal_(weight)
        return model

    first, second = made(1).eval(), made(2).eval()
    checkpoint = Checkpoint("toy", "a toy", lambda seed: None, {}, precision="float16")
    save(checkpoint, 0, Trained(ft.trained_parts(first), History(), {}), {}, tmp_path)
    load("toy", ft.trained_parts(second), tmp_path)
    ids, _ = texts()
    assert torch.allclose(first(ids), second(ids), atol=2e-2)
    assert (tmp_path / "toy.safetensors").stat().st_size < 3000


def test_parts_learn_at_their_own_pace():
    model, (ids, labels) = small(dropout=0.0), texts()
    model.encoder.embedding.requires_grad_(False)
    recipe = ft.FineTuning(Recipe(3, 1e-3, final_fraction=1.0, weight_decay=0.0), {"to_logits": 10.0, "encoder": 0.5})
    before = {name: weight.detach().clone() for name, weight in model.named_parameters()}
    train(model, ft.Batches(ids, labels, 40), ft.review_loss, recipe, show=False)
    most = {name: float((weight.detach() - before[name]).abs().max()) for name, weight in model.named_parameters()}
    assert most["to_logits.weight"] == pytest.approx(3e-2, rel=0.1)  # Adam moves by about its learning rate a step
    assert most["encoder.blocks.0.feed_forward.widen.weight"] == pytest.approx(1.5e-3, rel=0.1)
    assert most["encoder.embedding.token.weight"] == 0
    for wrong in ({"to_logits": 0.0}, {"encoder": -1.0}):
        with pytest.raises(ValueError, match="scales"):
            ft.FineTuning(Recipe(3), wrong)
    with pytest.raises(ValueError, match="AdamW"):
        ft.FineTuning(Recipe(3, optimizer="muon"))
    with pytest.raises(AttributeError):
        recipe.nothing  # noqa: B018


def test_an_interrupted_run_goes_on_with_the_same_groups():
    runs = []
    for cut in (None, 3):
        model, (ids, labels) = small(dropout=0.0), texts(8)
        state, generator = None, torch.Generator().manual_seed(0)
        for steps in [6] if cut is None else [cut, 6]:
            recipe = ft.FineTuning(Recipe(steps, 1e-2, final_fraction=1.0), {"to_logits": 5.0})
            history = train(model, ft.Batches(ids, labels, 8), ft.review_loss, recipe, show=False, state=state,
                            generator=generator)  # fmt: skip
            state = history.state
        runs.append(torch.cat([weight.flatten() for weight in model.parameters()]).detach())
    assert torch.allclose(runs[0], runs[1], atol=1e-6)


def test_occlusion_of_a_judge_that_adds_up_words():
    worth = {"good": 2.0, "bad": -3.0}
    judge = lambda several: [sum(worth.get(word, 0.0) for word in text.split()) for text in several]  # noqa: E731
    found = ft.occlude(judge, "good  but bad")
    assert [(part.word, part.value) for part in found] == [("good", 2.0), ("but", 0.0), ("bad", -3.0)]
    assert [("good  but bad")[part.start : part.end] for part in found] == ["good", "but", "bad"]
    assert ft.log_odds(torch.tensor([[1.0, 3.0], [2.0, 2.0]])).tolist() == [2.0, 0.0]


@pytest.mark.parametrize("text", ["", " \n\t", "x", "我爱这本书", "שלום עולם", "🙂", "a" * 10_000, "word " * 5000,
                                  "<b>&amp;</b>"])  # fmt: skip
def test_words_of_any_text(text):
    spans = ft.words_of(text, most=50)
    assert len(spans) <= 50 and all(start < end for start, end in spans)
    assert all(a[1] <= b[0] for a, b in zip(spans, spans[1:], strict=False))
    assert "".join(text.split()) == "".join("".join(text[start:end].split()) for start, end in spans)
    assert len(ft.words_of("我爱这本书")) == 5
    assert len(ft.occlude(lambda several: [float(len(one)) for one in several], text, most=50)) == len(spans)


def test_words_as_glove_has_them():
    assert glove_words("It's good, don't you think?") == ["it", "'s", "good", ",", "do", "n't", "you", "think", "?"]
    assert word_numbers(["good good?", ""], {"good": 2}).tolist() == [[2, 2, 1], [1, 0, 0]]
    vectors = torch.zeros(6, 4)
    vectors[2:] = torch.randn(4, 4, generator=torch.Generator().manual_seed(0))
    encoder = word_encoder(vectors, d_model=8, n_heads=2, n_layers=1, context_len=5)
    assert isinstance(encoder.embedding.token, Widened) and torch.equal(encoder.embedding.token.few.weight, vectors)
    assert bert.Classifier(encoder, pooling="mean")(torch.tensor([[2, 5, 0]])).shape == (1, 2)


def test_figures_of_a_record():
    p = torch.tensor([0.0, 0.1234, 0.9996, 1.0])
    assert packed(p) == "0 123 1000 1000" and torch.allclose(unpacked(packed(p)), p, atol=5e-4)
    assert str(Band.of([0.7, 0.8, 0.9])) == "80.0% (70.0% to 90.0%)" and str(Band.of([0.5])) == "50.0%"
    assert ft.accuracy(torch.tensor([0.2, 0.7, 0.5]), torch.tensor([0, 1, 1])) == pytest.approx(2 / 3)
    assert ft.accuracy(torch.tensor([[0.2, 0.8], [0.9, 0.1]]), torch.tensor([1, 1])) == 0.5
