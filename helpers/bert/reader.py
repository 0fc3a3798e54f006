"""A real BERT from the inside: MiniLM in our own encoder, and what each of its heads attends to."""

from __future__ import annotations

from pathlib import Path

import torch

from helpers.attention import AttentionMaps
from helpers.bert.minilm import load_minilm


class MiniLM:
    """MiniLM: 6 layers of 12 heads, 22 million weights, from Microsoft and Sentence-Transformers.

    Loading takes the weights from the asset "minilm" and asks nothing of the network. Keep the object and
    pass it on: a second one would load the weights again.

    Args:
        folder: where config.json, model.safetensors and vocab.txt lie; by default the asset's folder.

    Raises:
        AssetError: the asset is missing and cannot be fetched; the message says what to do.
        ValueError: `folder` lacks one of the files.

    Source: Wang et al. (2020), "MiniLM"; Reimers and Gurevych (2019), "Sentence-BERT".

    Example:
        >>> maps = MiniLM().attention("The cat sat.")
        >>> maps.tokens, maps.attention.shape
        (['[CLS]', 'the', 'cat', 'sat', '.', '[SEP]'], (6, 12, 6, 6))
    """

    def __init__(self, folder: str | Path | None = None) -> None:
        self.model, self.tokenizer = (loaded := load_minilm(folder, fused=False)).encoder, loaded.tokenizer

    def attention(self, text: str, *, max_tokens: int = 128) -> AttentionMaps:
        """Read a text and tell how much each token attends to each, in every layer and head.

        Args:
            text: any text, empty too; lower-cased and cut into word pieces ("##ing" goes on with the
                word before it), between the marks [CLS] and [SEP]. What it does not know becomes [UNK].
            max_tokens: 2 to 512; a longer text is cut, and the note says so.

        Returns:
            Tokens and attention (6, 12, T, T), T at most `max_tokens`; row `query`, column `key`.

        Raises:
            ValueError: `text` is no str, or `max_tokens` is out of range.
        """
        if not isinstance(text, str):
            raise ValueError(f"text is a {type(text).__name__}; expected a str such as 'The cat sat.'.")
        longest = self.model.config.context_len
        if not 2 <= max_tokens <= longest:
            raise ValueError(f"max_tokens is {max_tokens}; MiniLM has positions for 2 to {longest} tokens.")
        text = text.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair is no text: "?"
        pieces = self.tokenizer.encode(text)
        marks = [self.tokenizer.index[mark] for mark in ("[CLS]", "[SEP]")]
        token_ids = [marks[0], *pieces[: max_tokens - 2], marks[1]]
        note = ""
        if len(pieces) + 2 > max_tokens:
            note = f"The text has {len(pieces) + 2:,} tokens; only the first {max_tokens} are read."
        with torch.no_grad():
            maps = self.model(torch.tensor([token_ids])).attention
        attention = torch.cat(maps).numpy()  # one (1, H, T, T) per layer -> (layers, H, T, T)
        return AttentionMaps([self.tokenizer.vocab[one] for one in token_ids], attention, note)


def minilm_attention(text: str, model: MiniLM | None = None) -> AttentionMaps:
    """MiniLM's attention over one text; for several texts make one `MiniLM()` and use its method `attention`.

    Args:
        text: any text; cut at 128 tokens, and the note says so.
        model: a loaded `MiniLM`; without it the weights are loaded for this call.

    Returns:
        Tokens and attention (6, 12, T, T), as `MiniLM.attention`.

    Raises:
        AssetError: the weights are missing and cannot be fetched.
        ValueError: `text` is no str.
    """
    return (model or MiniLM()).attention(text)
