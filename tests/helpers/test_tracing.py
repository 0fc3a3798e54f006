"""Tracing: ablation against the same by hand, hooks that never stay, attention of every kind of model, gradients."""

import copy
import dataclasses

import numpy as np
import pytest
import torch

from helpers import bert, tracing
from helpers.gpt import GPT, fast_config, gpt2_config
from helpers.recurrent import RecurrentLanguageModel
from helpers.recurrent.seq2seq import Seq2Seq
from helpers.transformer import EncoderDecoder, TransformerConfig

IDS = torch.tensor([[2, 5, 9, 4, 7, 3], [2, 8, 6, 3, 0, 0]])
SIZES = {"d_model": 24, "n_heads": 4, "n_layers": 3, "context_len": 16}


def loud(model):
    """Weights large enough that every head matters, always the same."""
    generator = torch.Generator().manual_seed(1)
    for parameter in model.parameters():
        with torch.no_grad():
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.3)
    return model.eval()


def encoder_decoder():
    config = TransformerConfig(11, **SIZES)
    return EncoderDecoder(config, dataclasses.replace(config, n_layers=2))


MODELS = {
    "encoder": lambda: bert.Encoder(bert.bert_config(11, **SIZES)),
    "mlm": lambda: bert.MaskedLanguageModel(bert.Encoder(bert.bert_config(11, **SIZES))),
    "classifier": lambda: bert.Classifier(bert.Encoder(bert.bert_config(11, fused=True, **SIZES)), 3),
    "gpt-2": lambda: GPT(gpt2_config(11, **SIZES)),
    "fast": lambda: GPT(fast_config(11, shifted=True, **SIZES)),
    "window": lambda: GPT(fast_config(11, window=2, **SIZES)),
}


@pytest.fixture(params=["encoder", "classifier", "gpt-2", "fast"])
def model(request):
    return loud(MODELS[request.param]())


def answer(model, *inputs):
    with torch.no_grad():
        out = model(*(inputs or (IDS,)))
    return out.x if isinstance(out, bert.Encoded) else out


def hooks(model):
    return sum(len(part._forward_hooks) + len(part._forward_pre_hooks) for part in model.modules())


def state(model):
    """All that could have been changed: weights, flags, hooks, attributes of the object itself."""
    return ({name: value.clone() for name, value in model.state_dict().items()}, hooks(model),
            [module.fused for modules in tracing.attention_parts(model).values() for module in modules],
            [sorted(part.__dict__) for part in model.modules()], model.training)  # fmt: skip


def untouched(model, before):
    now = state(model)
    assert now[1:] == before[1:]
    assert all(torch.equal(value, before[0][name]) for name, value in now[0].items())


def by_hand(model, heads):
    """The same ablation on a copy: the columns of the output projection that read these heads become zero."""
    other = copy.deepcopy(model)
    for layer, head in heads:
        module = tracing.attention_of(other)[layer]
        width = module.to_output.in_features // module.n_heads
        with torch.no_grad():
            module.to_output.weight[:, head * width : (head + 1) * width] = 0.0
    return other


@pytest.mark.parametrize("heads", [[], [(0, 0)], [(2, 3), (0, 1)], [(1, head) for head in range(4)]])
def test_switched_off_is_the_ablation_by_hand(model, heads):
    before, plain = state(model), answer(model)
    with tracing.switched_off(model, heads) as same:
        assert same is model
        silenced = answer(model)
    torch.testing.assert_close(silenced, answer(by_hand(model, heads)), atol=1e-6, rtol=1e-5)
    assert torch.equal(silenced, plain) is (not heads)
    assert torch.equal(answer(model), plain)
    untouched(model, before)


def test_each_text_of_a_batch_may_lack_other_heads(model):
    plain, one, other = answer(model), [(0, 1), (2, 3)], [(0, 1), (1, 0)]
    with tracing.switched_off(model, one):
        without_one = answer(model)
    with tracing.switched_off(model, other):
        without_other = answer(model)
    with tracing.switched_off(model, one, texts=[True, False]), tracing.switched_off(model, other, texts=[False, True]):
        both = answer(model)
    torch.testing.assert_close(both, torch.stack([without_one[0], without_other[1]]))
    with tracing.switched_off(model, one, texts=[False, True]):
        torch.testing.assert_close(answer(model), torch.stack([plain[0], without_one[1]]))


def test_the_exercise_is_what_the_hook_does():
    model = loud(bert.Encoder(bert.bert_config(11, **SIZES)))
    attention, x = model.blocks[1].attention, torch.randn(2, 5, 24, generator=torch.Generator().manual_seed(0))
    kept = []
    handle = attention.to_output.register_forward_pre_hook(lambda _, args: kept.append(args[0].clone()))
    with torch.no_grad():
        attention(x)
        with tracing.switched_off(model, [(1, 2), (1, 0)]):
            expected = attention(x)[0]
        got = tracing.output_without(kept[0], attention.to_output.weight, attention.to_output.bias, 4, [2, 0])
    handle.remove()
    torch.testing.assert_close(got, expected)


def test_contexts_nest_and_leave_in_any_case(model):
    before, plain = state(model), answer(model)
    with tracing.switched_off(model, [(0, 0)]), tracing.switched_off(model, [(2, 1)]):
        both = answer(model)
    torch.testing.assert_close(both, answer(by_hand(model, [(0, 0), (2, 1)])), atol=1e-6, rtol=1e-5)
    for context in (tracing.switched_off(model, [(0, 0)]), tracing.record(model),
                    tracing.overwritten(model, {(1, 1): lambda weights: weights * 0})):  # fmt: skip
        with pytest.raises(KeyboardInterrupt), tracing.record(model), context:
            answer(model)
            raise KeyboardInterrupt
        untouched(model, before)
    with pytest.raises(IndexError), tracing.overwritten(model, {(0, 1): lambda weights: weights}):
        model(torch.tensor([[99]]))  # no such token: the model itself fails
    with pytest.raises(ValueError, match="NaN"), tracing.overwritten(model, {(0, 1): lambda weights: weights / 0}):
        answer(model)  # the edit fails inside a hook
    untouched(model, before)
    assert torch.equal(answer(model), plain)


def test_zero_weights_are_a_silent_head_and_own_weights_change_nothing(model):
    heads = [(0, 1), (2, 2)]
    with tracing.switched_off(model, heads):
        expected = answer(model)
    with tracing.overwritten(model, dict.fromkeys(heads, torch.zeros_like)):
        torch.testing.assert_close(answer(model), expected, atol=1e-6, rtol=1e-5)
    with tracing.overwritten(model, dict.fromkeys(tracing.all_heads(model), lambda weights: weights)):
        torch.testing.assert_close(answer(model), answer(model), atol=1e-6, rtol=1e-5)


def test_overwritten_weights_are_what_the_head_does_and_what_is_seen(model):
    uniform = np.full((6, 6), 1 / 6)
    plain = answer(model)
    with tracing.overwritten(model, {(0, 2): uniform}), tracing.record(model) as seen:
        changed = answer(model)
    weights = next(iter(seen.attention.values()))
    torch.testing.assert_close(weights[0][:, 2], torch.full((2, 6, 6), 1 / 6))
    assert not torch.allclose(weights[0][:, 1], weights[0][:, 2]) and not torch.allclose(plain, changed)
    with tracing.record(model) as outside, tracing.overwritten(model, {(0, 2): uniform}):  # the other way round
        torch.testing.assert_close(answer(model), changed)
    torch.testing.assert_close(next(iter(outside.attention.values()))[0], weights[0])
    with tracing.overwritten(model, {(0, 2): torch.zeros(6, 6)}), tracing.overwritten(model, {(0, 2): uniform}):
        torch.testing.assert_close(answer(model), changed)  # the inner one has the last word


def test_overwriting_by_hand():
    """One layer, its head 1 told to copy the first token: the value of that token, projected."""
    model = loud(bert.Encoder(bert.bert_config(11, **(SIZES | {"n_layers": 1}))))
    first = torch.zeros(6, 6)
    first[:, 0] = 1
    module, x = model.blocks[0].attention, model.embedding(IDS[:1])
    with torch.no_grad():
        value = module.to_value(x).view(1, 6, 4, 6)  # (B, T, H, K)
        _, weights = module(x)
        found = torch.einsum("bhts,bshk->bthk", weights, value)
        found[:, :, 1] = value[:, :1, 1]
        with tracing.overwritten(model, {(0, 1): first}):
            output, shown = module(x)
    torch.testing.assert_close(output, module.to_output(found.flatten(-2)))
    assert torch.equal(shown[0, 1], first)


def test_a_trace_is_what_the_model_itself_returns():
    model = loud(bert.Encoder(bert.bert_config(11, **SIZES)))
    trace = tracing.read(model, IDS[:1])
    with torch.no_grad():
        own = model(IDS[:1])
    np.testing.assert_array_equal(trace.attention, torch.cat(own.attention).numpy())
    np.testing.assert_array_equal(trace.hidden, torch.cat(own.hidden).numpy())
    scores = trace.queries @ trace.keys.swapaxes(-1, -2) / 6**0.5
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    np.testing.assert_allclose(weights / weights.sum(-1, keepdims=True), trace.attention, atol=1e-5)
    assert (trace.attention.dtype, trace.queries.shape) == (np.float32, (3, 4, 6, 6))
    with pytest.raises(ValueError, match="one text"):
        tracing.read(model, IDS)


@pytest.mark.parametrize("name", ["gpt-2", "fast", "window"])
def test_queries_and_keys_of_a_gpt_give_its_attention(name):
    model = loud(MODELS[name]())
    trace = tracing.read(model, IDS[:1])
    scores = trace.queries @ trace.keys.swapaxes(-1, -2) / 6**0.5
    query, key = np.mgrid[:6, :6]
    scores = np.where((key > query) | (key <= query - (2 if name == "window" else 9)), -np.inf, scores)
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    np.testing.assert_allclose(weights / weights.sum(-1, keepdims=True), trace.attention, atol=1e-5)
    torch.testing.assert_close(trace.output, answer(model, IDS[:1]), atol=1e-5, rtol=1e-4)


def test_encoder_decoder_by_part():
    model, target = loud(encoder_decoder()), torch.tensor([[1, 4, 6, 2]])
    before = state(model)
    shapes = {"encoder": (3, 4, 6, 6), "decoder": (2, 4, 4, 4), "cross": (2, 4, 4, 6)}
    for part, shape in shapes.items():
        trace = tracing.read(model, IDS[:1], target, part=part)
        assert trace.attention.shape == shape and trace.hidden.shape[1] == shape[2]
        np.testing.assert_allclose(trace.attention.sum(-1), 1, atol=1e-5)
        with tracing.switched_off(model, [(1, 3)], part):
            silenced = answer(model, IDS[:1], target)
        other = copy.deepcopy(model)
        with torch.no_grad():
            tracing.attention_of(other, part)[1].to_output.weight[:, 18:24] = 0
        torch.testing.assert_close(silenced, answer(other, IDS[:1], target), atol=1e-6, rtol=1e-5)
    with pytest.raises(ValueError, match="'encoder', 'decoder', 'cross'"):
        tracing.read(model, IDS[:1], target)
    with pytest.raises(ValueError, match="'cross'"), tracing.switched_off(model, [(0, 0)]):
        pass
    untouched(model, before)


def test_recurrent_models():
    torch.manual_seed(0)
    for fused in (True, False):
        model = RecurrentLanguageModel(11, d_model=8, d_hidden=12, fused=fused).eval()
        with tracing.record(model) as seen:
            answer(model, IDS[:1])
        source, states = seen.hidden["recurrent"]
        assert torch.equal(source, model.embedding(IDS[:1])) and states.shape == (1, 6, 12)
        torch.testing.assert_close(model.head(states), model(IDS[:1]))
        found = tracing.gradients(model, IDS[:1], score=lambda logits: logits[0, -1, 3])
        assert found.attention.size == 0 and found.hidden[0].shape == (6, 8) and np.abs(found.hidden[0]).min() > 0
        with pytest.raises(ValueError, match="no multi-head attention"), tracing.switched_off(model, [(0, 0)]):
            pass


def test_sequence_to_sequence():
    torch.manual_seed(0)
    model = Seq2Seq(11, 11, d_model=8, d_hidden=12).eval()
    target = torch.tensor([[1, 4, 6, 2]])
    with tracing.record(model), tracing.record(model) as seen:
        answer(model, IDS[1:], target)
    weights = model.decode(target, model.encode(IDS[1:]))[1]
    torch.testing.assert_close(seen.attention["cross"][0][:, 0], weights)
    trace = tracing.read(model, IDS[1:], target, part="cross")
    assert trace.attention.shape == (1, 1, 4, 6) and np.all(trace.attention[..., 4:] == 0)  # padding
    assert "decode" not in model.__dict__ and hooks(model) == 0


def test_gradients_are_autograds_and_leave_no_trace(model):
    for parameter in model.parameters():
        parameter.requires_grad_(False)  # a frozen model has gradients too
    before = state(model)
    score = lambda out: (out.x if isinstance(out, bert.Encoded) else out)[0].flatten()[2]  # noqa: E731
    found = tracing.gradients(model, IDS[:1], score=score)
    assert (found.attention.shape, found.hidden.shape) == ((3, 4, 6, 6), (4, 6, 24)) and found.times_input.shape == (6,)
    for layer, head, query, key in [(0, 1, 3, 1), (1, 2, 0, 0)]:  # the same by nudging one weight
        def nudged(by, at=(head, query, key), layer=layer):
            def edit(weights):
                new = weights.clone()
                new[0, at[1], at[2]] += by
                return new

            with torch.no_grad(), tracing.overwritten(model, {(layer, at[0]): edit}):
                return float(score(model(IDS[:1])))

        slope = (nudged(5e-3) - nudged(-5e-3)) / 1e-2
        assert slope == pytest.approx(found.attention[layer, head, query, key], rel=0.02, abs=2e-4)
    assert all(parameter.grad is None for parameter in model.parameters())
    untouched(model, before)
    with pytest.raises(ValueError, match="one number"):
        tracing.gradients(model, IDS[:1], score=lambda out: torch.zeros(()))


def test_rollout_by_hand():
    attention = np.array([[[[0.5, 0.5], [0.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]]], [[[0.0, 1.0], [1.0, 0.0]]] * 2])
    # Layer 1, averaged and half residual: [[0.875, 0.125], [0, 1]]; layer 2: [[0.5, 0.5], [0.5, 0.5]].
    np.testing.assert_allclose(tracing.rollout(attention), [[0.4375, 0.5625], [0.4375, 0.5625]])
    np.testing.assert_allclose(tracing.rollout(np.zeros((0, 3, 4, 4))), np.eye(4))
    uniform = np.full((5, 2, 8, 8), 1 / 8)
    np.testing.assert_allclose(np.diag(tracing.rollout(uniform)), 0.5**5 + (1 - 0.5**5) / 8)


def test_who_looks_back():
    attention = np.zeros((1, 2, 4, 4))
    attention[0, 0] = np.eye(4, k=-1) + np.diag([1, 0, 0, 0])
    attention[0, 1] = 0.25
    np.testing.assert_allclose(tracing.looks_back(attention), [[1, 0.25]])
    np.testing.assert_allclose(tracing.looks_back(attention, 0), [[0.25, 0.25]])
    np.testing.assert_allclose(tracing.looks_back(attention, -1), [[0, 0.25]])
    assert np.isnan(tracing.looks_back(attention[..., :1, :1])).all()


def test_the_lens_ends_at_the_models_own_answer():
    for name in ("mlm", "gpt-2", "fast"):
        model = loud(MODELS[name]())
        lens = tracing.logit_lens(model, IDS)
        assert lens.shape == (4, 2, 6, 11)
        torch.testing.assert_close(lens[-1], answer(model), atol=1e-5, rtol=1e-4)
    with pytest.raises(ValueError, match="Encoder"):
        tracing.logit_lens(loud(MODELS["encoder"]()), IDS)


def test_losses_without_each_head(model):
    losses = tracing.without_each_head(model, lambda: answer(model).square().mean().item())
    assert losses.shape == (3, 4)
    expected = answer(by_hand(model, [(1, 2)])).square().mean().item()
    assert losses[1, 2] == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("heads", [[(3, 0)], [(0, 4)], [(-1, 0)], [0], [("a", 1)], [(0, 1, 2)]])
def test_heads_that_are_not_there(heads):
    model = loud(MODELS["encoder"]())
    with pytest.raises(ValueError, match=r"head"), tracing.switched_off(model, heads):
        pass
    assert hooks(model) == 0
    assert tracing.all_heads(model)[5] == (1, 1)


@pytest.mark.parametrize("edit", [torch.zeros(6, 5), np.zeros((2, 6)), lambda old: 3, lambda old: old[0, 0]])
def test_weights_that_do_not_fit(edit):
    model = loud(MODELS["encoder"]())
    with pytest.raises(ValueError, match="B, T, S"), tracing.overwritten(model, {(0, 0): edit}):
        answer(model)
    assert hooks(model) == 0
