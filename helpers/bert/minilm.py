"""A real pretrained BERT's weights in our own encoder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from helpers import assets
from helpers.bert.encoder import Encoder, bert_config
from helpers.bert.heads import mean_pool
from helpers.bert.inputs import batch_of
from helpers.tokenization import WordPiece

FILES = ("config.json", "model.safetensors", "vocab.txt")
# Our name of a block's part -> Hugging Face's.
PARTS = {
    "attention.to_query": "attention.self.query",
    "attention.to_key": "attention.self.key",
    "attention.to_value": "attention.self.value",
    "attention.to_output": "attention.output.dense",
    "attention_norm": "attention.output.LayerNorm",
    "feed_forward.widen": "intermediate.dense",
    "feed_forward.narrow": "output.dense",
    "feed_forward_norm": "output.LayerNorm",
}
EMBEDDINGS = {
    "embedding.token": "embeddings.word_embeddings",
    "embedding.position": "embeddings.position_embeddings",
    "embedding.segment": "embeddings.token_type_embeddings",
    "embedding.norm": "embeddings.LayerNorm",
}


def their_names(n_layers: int) -> dict[str, str]:
    """Our name of each weight of an encoder -> Hugging Face's name in `BertModel`."""
    parts = dict(EMBEDDINGS)
    for layer in range(n_layers):
        parts |= {f"blocks.{layer}.{ours}": f"encoder.layer.{layer}.{theirs}" for ours, theirs in PARTS.items()}
    return {f"{ours}.{kind}": f"{theirs}.{kind}" for ours, theirs in parts.items() for kind in ("weight", "bias")
            if kind == "weight" or "norm" in ours or ours not in EMBEDDINGS}  # fmt: skip


@dataclass(frozen=True)
class Pretrained:
    """An encoder and the tokenizer it was trained with."""

    encoder: Encoder
    tokenizer: WordPiece

    @torch.no_grad()
    def encode_texts(self, texts: list[str], *, batch_size: int = 32, longest: int = 128) -> Tensor:
        """A vector for each text: the mean over its tokens, marks included, brought to length one.

        Args:
            texts: any. batch_size: how many are read at once; those of like length together.
            longest: tokens; a longer text is cut.

        Returns:
            (number of texts, D).

        Raises:
            ValueError: `texts` is a string.

        Source: Reimers and Gurevych (2019), section 3.
        """
        if isinstance(texts, str):
            raise ValueError("texts is one string; expected a list of texts, such as [text].")
        vectors = torch.zeros(len(texts), self.encoder.config.d_model)
        order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
        self.encoder.eval()
        for start in range(0, len(order), batch_size):
            numbers = order[start : start + batch_size]
            token_ids = batch_of(self.tokenizer, [texts[number] for number in numbers], longest=longest).token_ids
            pooled = mean_pool(self.encoder(token_ids).x, token_ids != self.encoder.pad_id)
            vectors[numbers] = torch.nn.functional.normalize(pooled, dim=-1)
        return vectors


def load_minilm(folder: str | Path | None = None, *, fused: bool = True) -> Pretrained:
    """MiniLM: 6 layers of 12 heads, 22 million weights, read into our own encoder; nothing is asked of the network.

    Args:
        folder: where config.json, model.safetensors and vocab.txt lie; by default the asset's folder.
        fused: the fast path, which keeps no attention to look at; `encoder.fused = False` switches it off.

    Raises:
        AssetError: the asset is missing and cannot be fetched; the message says what to do.
        ValueError: `folder` lacks one of the files, or they belong to another kind of model.

    Source: Wang et al. (2020), "MiniLM"; Reimers and Gurevych (2019), "Sentence-BERT".
    """
    from safetensors.torch import load_file

    folder = Path(folder) if folder is not None else assets.path("minilm")
    if missing := [name for name in FILES if not (folder / name).is_file()]:
        raise ValueError(f"{folder} holds no {', '.join(missing)}; expected the folder of a BERT model, "
                         "such as assets.path('minilm').")  # fmt: skip
    theirs = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    if (theirs["model_type"], theirs["hidden_act"]) != ("bert", "gelu"):
        raise ValueError(
            f"{folder} holds a {theirs['model_type']} with {theirs['hidden_act']}; expected BERT with GELU."
        )
    config = bert_config(theirs["vocab_size"], d_model=theirs["hidden_size"], n_heads=theirs["num_attention_heads"],
                         n_layers=theirs["num_hidden_layers"], d_ff=theirs["intermediate_size"],
                         context_len=theirs["max_position_embeddings"], dropout=theirs["hidden_dropout_prob"],
                         norm_eps=theirs["layer_norm_eps"], fused=fused)  # fmt: skip
    with torch.device("meta"):  # no time is spent on weights that are replaced at once
        encoder = Encoder(config, n_segments=theirs["type_vocab_size"], pad_id=theirs["pad_token_id"])
    weights = load_file(folder / "model.safetensors")
    encoder.load_state_dict({ours: weights[name] for ours, name in their_names(config.n_layers).items()}, assign=True)
    return Pretrained(encoder.eval(), WordPiece.from_file(folder / "vocab.txt"))
