"""Translating with a Transformer: one token after another, the keys and values of the earlier ones kept."""

from __future__ import annotations

import torch
from torch import Tensor

from helpers.transformer.stack import EncoderDecoder


@torch.no_grad()
def translate(model: EncoderDecoder, source_ids: Tensor, *, begin: int, end: int,
              longest: int = 200) -> tuple[Tensor, Tensor | None]:  # fmt: skip
    """Translate a batch greedily, all texts at once.

    Args:
        model: in evaluation mode. source_ids: (B, S). begin, end: the target's marks. longest: tokens, 1 or more.

    Returns:
        token_ids (B, T), filled with the model's pad_id after `end`, and the cross-attention of the last block, mean
        over its heads, (B, T, S); None with `fused`, which keeps no weights.
    """
    memory, mask = model.encode(source_ids)
    cache = model.decoder.new_cache()
    token = source_ids.new_full((len(source_ids), 1), begin)  # (B, 1)
    done, written, looked = torch.zeros_like(token[:, 0], dtype=torch.bool), [], []
    while len(written) < longest and not done.all():
        logits, output = model.decode(token, memory, mask, cache)
        token = logits.argmax(dim=-1).masked_fill(done[:, None], model.pad_id)  # (B, 1)
        written.append(token)
        looked.append(output.cross_attention[-1])
        done = done | (token[:, 0] == end)
    attention = None if looked[0] is None else torch.cat([one.mean(dim=1) for one in looked], dim=1)
    return torch.cat(written, dim=1), attention
