"""Our GPT's weights in the class that professionals use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from helpers.gpt.model import GPT
from helpers.gpt.variants import gpt2_config

if TYPE_CHECKING:
    from transformers import GPT2LMHeadModel


def to_hugging_face(model: GPT) -> GPT2LMHeadModel:
    """Put our weights into Hugging Face's GPT-2 class, which must then give the same logits.

    Raises:
        ValueError: the config is not that of GPT-2 (see `gpt2_config`).
    """
    from transformers import GPT2Config, GPT2LMHeadModel

    config = model.config
    twin = gpt2_config(config.vocab_size, context_len=config.context_len, d_model=config.d_model,
                       n_heads=config.n_heads, n_layers=config.n_layers, d_ff=config.d_ff, dropout=config.dropout,
                       zero_output=config.zero_output, fused=config.fused)  # fmt: skip
    if config != twin or model.to_logits.weight is not model.stack.embedding.token.weight:
        raise ValueError("Only a GPT made with gpt2_config and tied embeddings fits into Hugging Face's class.")
    theirs = GPT2LMHeadModel(GPT2Config(
        vocab_size=config.vocab_size, n_positions=config.context_len, n_embd=config.d_model, n_head=config.n_heads,
        n_layer=config.n_layers, n_inner=config.width, resid_pdrop=config.dropout, embd_pdrop=config.dropout,
        attn_pdrop=config.dropout, bos_token_id=None, eos_token_id=None))  # fmt: skip
    weights = {"wte": model.stack.embedding.token, "wpe": model.stack.embedding.position, "ln_f": model.stack.norm}
    state = {f"{name}.{key}": value for name, part in weights.items() for key, value in part.state_dict().items()}
    for number, block in enumerate(model.stack.blocks):
        heads = block.attention
        three = [heads.to_query, heads.to_key, heads.to_value]
        parts = {"attn.c_proj": heads.to_output, "mlp.c_fc": block.feed_forward.widen,
                 "mlp.c_proj": block.feed_forward.narrow}  # fmt: skip
        linear = {name: (part.weight, part.bias) for name, part in parts.items()}
        linear["attn.c_attn"] = torch.cat([part.weight for part in three]), torch.cat([part.bias for part in three])
        for name, (weight, bias) in linear.items():  # theirs multiply from the other side: weights are transposed
            state |= {f"h.{number}.{name}.weight": weight.T, f"h.{number}.{name}.bias": bias}
        for name, norm in (("ln_1", block.attention_norm), ("ln_2", block.feed_forward_norm)):
            state |= {f"h.{number}.{name}.{key}": value for key, value in norm.state_dict().items()}
    theirs.transformer.load_state_dict({key: value.detach().clone() for key, value in state.items()})
    return theirs.train(model.training)
