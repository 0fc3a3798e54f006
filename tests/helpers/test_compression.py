"""Quantisation beside PyTorch's own, pruning beside heads switched off, distillation, and models as files."""

import copy
import json
import warnings

import numpy as np
import pytest
import torch
from torch import nn

from helpers import bert, tracing, weigh
from helpers import compression as small
from helpers.compression import files, table
from helpers.compression.prune import Bias
from helpers.gpt import GPT, gpt2_config
from tests.helpers.needs import needs


def tiny(seed=0, **sizes):
    torch.manual_seed(seed)
    sizes = {"d_model": 24, "n_heads": 3, "n_layers": 2, "context_len": 16, "dropout": 0.0, "fused": True} | sizes
    model = bert.Classifier(bert.Encoder(bert.bert_config(50, **sizes)), pooling="mean", dropout=0.0).eval()
    for weight in model.parameters():
        nn.init.normal_(weight, std=0.2)
    return model


IDS = torch.tensor([[2, 7, 9, 11, 3], [2, 8, 3, 0, 0], [2, 40, 41, 3, 0]])


@pytest.mark.parametrize("bits", [1, 2, 5, 8, 12])
@pytest.mark.parametrize("shift", [-9.0, -0.3, 0.0, 0.4, 9.0])
def test_quantising_is_off_by_half_a_step_at_most_and_keeps_zero(bits, shift):
    x = torch.randn(400, generator=torch.Generator().manual_seed(bits)) + shift
    levels, scale, zero = small.quantise(torch.cat([x, torch.zeros(1)]), bits)
    back = small.dequantise(levels, scale, zero)
    assert 0 <= int(levels.min()) and int(levels.max()) <= 2**bits - 1 and 0 <= zero <= 2**bits - 1
    assert back[-1] == 0 and float((back[:-1] - x).abs().max()) <= scale / 2 * 1.001
    again = small.quantise(back, bits)
    assert torch.equal(again[0], levels) or bits == 1


def test_odd_tensors_are_quantised():
    assert small.quantise(torch.zeros(3), 8)[1:] == (1.0, 0)
    for constant in (5.0, -5.0, 1e-30, 1e30):
        levels, scale, zero = small.quantise(torch.full((2, 2), constant), 8)
        assert torch.allclose(small.dequantise(levels, scale, zero), torch.full((2, 2), constant), rtol=1e-5)


@pytest.mark.parametrize("rows", [False, True])
def test_symmetric_levels(rows):
    weight = torch.randn(30, 20, generator=torch.Generator().manual_seed(1))
    weight[3] = 0.0
    for bits in range(2, 9):
        found = small.symmetric(weight, bits, per_row=rows)
        assert found.levels.dtype == torch.int8 and int(found.levels.abs().max()) <= 2 ** (bits - 1)
        assert bool(((found.values() - weight).abs() <= found.scale / 2 * 1.001).all())
        assert bool((found.values()[weight == 0] == 0).all())
    for bad in (torch.ones(3), torch.tensor([[float("nan")]])):
        with pytest.raises(ValueError, match="matrix of finite"):
            small.symmetric(bad)
    with pytest.raises(ValueError, match="9 bits"):
        small.symmetric(weight, 9)


@pytest.mark.parametrize("seed, spread, shift", [(0, 0.05, 0.0), (1, 3.0, 0.7), (2, 1.0, -2.0), (3, 40.0, 5.0)])
def test_our_integers_are_pytorchs(seed, spread, shift):
    torch.manual_seed(seed)
    linear, x = nn.Linear(64, 40), torch.randn(3, 7, 64) * spread + shift
    theirs = small.dynamic(nn.Sequential(linear))[0]
    ours = small.QuantisedLinear(linear, per_row=False)
    assert torch.equal(theirs.weight().int_repr(), ours.levels)
    assert float(theirs.weight().q_scale()) == pytest.approx(float(ours.scale), rel=1e-7)
    assert torch.allclose(ours(x), theirs(x), rtol=1e-5, atol=1e-5 * spread)


def test_pytorchs_quantisation_is_silent_and_leaves_the_model():
    model = tiny()
    before = copy.deepcopy(model.state_dict())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        theirs = small.dynamic(model)
    assert all(torch.equal(a, b) for a, b in zip(before.values(), model.state_dict().values(), strict=True))
    ours = small.with_integers(model, per_row=False)
    with torch.no_grad():
        assert torch.allclose(ours(IDS), theirs(IDS), atol=1e-4)
        assert not torch.allclose(model(IDS), theirs(IDS), atol=1e-5)


def test_integer_product_is_exact():
    x, w = torch.randint(-255, 256, (5, 3, 3000)), torch.randint(-128, 128, (4, 3000))
    assert torch.equal(small.integer_product(x, w), torch.einsum("abi,oi->abo", x, w))


def test_rounding_a_model_copies_it():
    model = tiny()
    before = [weight.detach().clone() for weight in model.parameters()]
    eight = small.rounded(model, 8)
    assert all(torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True))
    for name, weight in small.matrices(eight).items():
        assert torch.equal(weight, small.symmetric(small.matrices(model)[name].detach(), 8, per_row=True).values())


def test_pruning_takes_the_smallest_exactly():
    model = tiny()
    for everywhere in (True, False):
        half = small.pruned(model, 0.5, everywhere=everywhere)
        old, new = small.prunable(model), small.prunable(half)
        n, gone = sum(w.numel() for w in new.values()), sum(int((w == 0).sum()) for w in new.values())
        assert gone == n // 2 and small.sparsity(new.values()) == pytest.approx(0.5)
        assert all(bool(((new[name] == old[name]) | (new[name] == 0)).all()) for name in old)
    assert torch.equal(half.encoder.embedding.token.weight, model.encoder.embedding.token.weight)
    assert len(old) == 12 and all(name.startswith("blocks.") for name in old)


@pytest.mark.parametrize("heads", [[], [(0, 1)], [(0, 0), (0, 2), (1, 1)], [(1, 0), (1, 1), (1, 2)]])
def test_heads_taken_out_are_heads_switched_off(heads):
    model = tiny()
    smaller = small.without_heads(model, heads)
    with torch.no_grad(), tracing.switched_off(model.encoder, heads):
        silent = model(IDS)
    with torch.no_grad():
        assert torch.allclose(smaller(IDS), silent, atol=1e-5)
        smaller.encoder.fused = False
        assert torch.allclose(smaller(IDS), silent, atol=1e-5)
    assert small.same_as_switched_off(model, heads, IDS) < 1e-5
    sizes = [sum(w.numel() for w in m.parameters()) for m in (model, smaller)]
    assert (sizes[1] < sizes[0]) == bool(heads) and model.encoder.blocks[1].attention.n_heads == 3
    if len(heads) == 3 and heads[0] == (1, 0):
        assert isinstance(smaller.encoder.blocks[1].attention, Bias)
    for odd in ([(2, 0)], [(0, 3)], [(-1, 0)]):
        with pytest.raises(ValueError, match="no head"):
            small.without_heads(model, odd)


def test_importance_is_the_slope_of_the_loss_at_each_head():
    model = tiny()
    labels = torch.tensor([0, 1, 1])

    def loss():
        return nn.functional.cross_entropy(model(IDS), labels)

    importance = small.head_importance(model, loss)
    turned = copy.deepcopy(model)
    for step in (1e-2,):
        turned.encoder.blocks[1].attention.to_output.weight.data[:, 8:16] *= 1 + step
        slope = (nn.functional.cross_entropy(turned(IDS), labels) - loss()) / step
        assert float(importance[1, 1]) == pytest.approx(abs(slope.item()), rel=0.05, abs=1e-4)
    assert importance.shape == (2, 3) and not any(block.attention.to_output._forward_pre_hooks
                                                  for block in model.encoder.blocks)  # fmt: skip
    found = small.least_important(importance, 99)
    assert len(found) == 4 and {layer for layer, _ in found} == {0, 1}  # one head of each layer stays
    assert small.least_important(torch.tensor([[3.0, 1.0, 2.0], [0.5, 9.0, 9.0]]), 2) == [(0, 1), (1, 0)]


def test_the_distillation_loss_is_zero_for_the_teacher_itself_and_its_gradient_is_hintons():
    logits, labels = torch.randn(4, 3, generator=torch.Generator().manual_seed(0)), torch.tensor([0, 1, 2, 1])
    assert float(small.distillation_loss(logits, logits, labels, 3.0, 1.0)) == pytest.approx(0, abs=1e-6)
    student = torch.randn(4, 3, generator=torch.Generator().manual_seed(1)).requires_grad_()
    for temperature in (0.5, 1.0, 4.0):
        soft = small.distillation_loss(student, logits, labels, temperature, 1.0)
        slope = torch.autograd.grad(soft, student)[0]
        by_hand = temperature * ((student / temperature).softmax(1) - (logits / temperature).softmax(1)) / 4
        assert torch.allclose(slope, by_hand.detach(), atol=1e-6)  # Hinton et al. (2015), equation 2, times T²
    hard = small.distillation_loss(student, logits, labels, 2.0, 0.0)
    assert torch.allclose(hard, nn.functional.cross_entropy(student, labels))


def student():
    torch.manual_seed(0)
    numbers, known = small.student_pieces(IDS, 50, 8)
    return small.Student(numbers, small.narrow_vectors(torch.randn(50, 12), known, 6), d_hidden=4).eval()


def test_the_student_knows_common_pieces_and_ignores_padding():
    numbers, known = small.student_pieces(IDS, 50, 4)
    assert known.tolist() == [0, 0, 2, 3] and numbers[[0, 2, 3, 7, 49]].tolist() == [0, 2, 3, 1, 1]
    model = student()
    with torch.no_grad():
        whole = model(IDS)
        assert torch.allclose(whole, torch.cat([model(row[row > 0][None]) for row in IDS]), atol=1e-6)
        wider = torch.cat([IDS, torch.zeros(3, 4, dtype=torch.long)], dim=1)
        assert torch.allclose(whole, model(wider), atol=1e-6)
        assert bool(model(torch.zeros(2, 3, dtype=torch.long)).isfinite().all())
        assert not torch.allclose(model(IDS[:1]), model(IDS[:1].flip(1)), atol=1e-4)  # order counts


def test_lessons_go_through_all_texts_with_their_teacher():
    said = torch.tensor([1.5, -2.0, 0.25])
    batches = small.Lessons(IDS, said, torch.tensor([1, 0, 1]), batch_size=2)
    rows = [row for _ in range(batches.per_epoch) for row in zip(*batches(torch.Generator()), strict=True)]
    assert len(rows) == 3 and sorted(float(logits[1]) for _, logits, _ in rows) == [-2.0, 0.25, 1.5]
    assert all(float(logits[0]) == 0 and int(label) == int(logits[1] > 0) for _, logits, label in rows)
    assert torch.equal(small.from_whole_numbers(small.whole_numbers(said)), said)


@pytest.mark.parametrize("bits", [32, 16, 8, 7, 4, 3, 2])
@pytest.mark.parametrize("sparse", [False, True])
def test_files_bring_back_what_was_written(bits, sparse, tmp_path):
    model = small.pruned(tiny(d_model=48), 0.6) if sparse else tiny(d_model=48)
    size = small.save(model, tmp_path / "model", bits, sparse=sparse)
    assert size == (tmp_path / "model").stat().st_size
    found = files.load(tmp_path / "model", tiny(1, d_model=48))
    wanted = small.rounded(model, bits) if bits <= 8 else model
    for (name, one), other in zip(found.state_dict().items(), wanted.state_dict().values(), strict=True):
        assert torch.allclose(one, other, atol=1e-3 if bits == 16 else 1e-6), name
    if bits <= 8:
        n = sum(weight.numel() for weight in small.prunable(model).values())
        guess = small.expected_bytes(model, bits, *((0.4, n) if sparse else ()))
        assert abs(size - guess) < 9000  # the header


def test_files_of_other_models_are_refused(tmp_path):
    small.save(tiny(), tmp_path / "model", 8)
    with pytest.raises(ValueError, match="another model"):
        files.load(tmp_path / "model", tiny(d_model=48))
    with pytest.raises(ValueError, match="bits is 9"):
        small.save(tiny(), tmp_path / "model", 9)


def test_a_weight_that_two_layers_share_is_rounded_once_and_not_written(tmp_path):
    torch.manual_seed(0)
    model = GPT(gpt2_config(20, context_len=8, d_model=16, n_heads=2, n_layers=1)).eval()
    weight = model.to_logits.weight.detach()
    assert torch.equal(small.rounded(model, 4).to_logits.weight, small.symmetric(weight, 4, per_row=True).values())
    with pytest.raises(ValueError, match="another layer's weight"):
        small.save(model, tmp_path / "model")


def test_bits_are_packed_side_by_side():
    assert files.pack(np.array([1, 2, 3]), 2).tolist() == [0b01101100]
    for bits in range(2, 9):
        levels = np.random.default_rng(bits).integers(0, 2**bits, 77)
        packed = files.pack(levels, bits)
        assert len(packed) == -(-77 * bits // 8) and files.unpack(packed, bits, 77).tolist() == levels.tolist()
    assert files.pack(np.zeros(0, np.int64), 3).tolist() == []


def test_time_goes_somewhere_and_hooks_come_off():
    model = tiny()
    spent = small.seconds_by_part(model, IDS, repeats=2)
    assert set(spent) == {"embeddings", "projections", "scores and mixing", "feed-forward", "the rest"}
    assert all(0 <= value < 1 for value in spent.values())
    counts = small.multiplications(model.encoder.config, 5)
    assert counts == {"embeddings": 0, "projections": 4 * 24 * 24 * 10, "scores and mixing": 2 * 5 * 24 * 10,
                      "feed-forward": 2 * 24 * 96 * 10}  # fmt: skip
    ranges = small.input_ranges(model, IDS)
    assert len(ranges) == 13 and ranges[0].largest.shape == (24,) and ranges[0].ratio >= 1
    assert not any(part._forward_hooks or part._forward_pre_hooks for part in model.modules())
    cut = small.without_heads(model, [(1, head) for head in range(3)])  # a layer without attention has no projections
    assert small.seconds_by_part(cut, IDS, repeats=1)["projections"] >= 0
    with pytest.raises(AttributeError):
        small.head_importance(cut, lambda: cut(IDS).sum())
    assert not any(part._forward_hooks or part._forward_pre_hooks for part in cut.modules())
    assert set(small.in_turn({"a": lambda: 1, "b": lambda: 2}, 2)) == {"a", "b"} and small.seconds(lambda: 1, 2) >= 0


def test_padding_is_not_counted_among_the_inputs():
    model, alone = tiny(), tiny()
    batch, row = small.input_ranges(model, IDS[1:2]), small.input_ranges(alone, IDS[1:2, :3])
    assert all(np.allclose(a.largest, b.largest, atol=1e-5) for a, b in zip(batch, row, strict=True))


def test_buckets_are_sorted_by_length_and_lose_nobody():
    lengths = [5, 2, 9, 2, 7]
    assert small.length_buckets(lengths, 2) == [[1, 3], [0, 4], [2]] and small.length_buckets([], 3) == []
    assert small.padding_share(lengths, [[0, 1], [2, 3], [4]]) == pytest.approx(1 - 25 / 35)
    assert small.padding_share(lengths, small.length_buckets(lengths, 1)) == 0


@needs("minilm")
def test_a_student_is_weighed_in_a_process_of_its_own(tmp_path, monkeypatch, capsys):
    model = table.empty_student(40)
    contender = table.Contender("student", "student", lambda path: small.save(model, path, 16))
    contender.write(tmp_path / "model")
    (tmp_path / "texts").write_text(json.dumps(["a fine film", "dull", "", "🙂 我爱这本书"]))
    monkeypatch.setattr("sys.argv", ["weigh", "student", str(tmp_path / "model"), str(tmp_path / "texts")])
    weigh.main()  # here in this process, to save the start of another
    found = json.loads(capsys.readouterr().out)
    assert len(found["p_good"]) == 4 and all(0 <= p <= 1 for p in found["p_good"])
    assert found["ms_1"] > 0 and found["ms_32"] > 0 and found["peak_mb"] >= found["idle_mb"] > 0
