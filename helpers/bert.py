"""A real BERT from the inside: MiniLM, read through Hugging Face, and what each of its heads attends to."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import torch

from helpers import assets
from helpers.attention import AttentionMaps


class MiniLM:
    """MiniLM: 6 layers of 12 heads, 22 million weights, from Microsoft and Sentence-Transformers.

    Loading takes the weights from the asset "minilm" and asks nothing of the network. Keep the object and
    pass it on: a second one would load the weights again.

    Args:
        folder: where config.json, model.safetensors and tokenizer.json lie; by default the asset's folder.

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
        folder = Path(folder) if folder is not None else assets.path("minilm")
        missing = [name for name in ("config.json", "model.safetensors", "tokenizer.json")
                   if not (folder / name).is_file()]
        if missing:
            raise ValueError(f"{folder} holds no {', '.join(missing)}; expected the folder of a BERT model, "
                             "such as assets.path('minilm').")
        from tokenizers import Tokenizer

        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        with _silent_transformers():
            from transformers import BertModel

            self.model = BertModel.from_pretrained(folder, local_files_only=True, attn_implementation="eager")
        self.model.eval()

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
        longest = self.model.config.max_position_embeddings
        if not 2 <= max_tokens <= longest:
            raise ValueError(f"max_tokens is {max_tokens}; MiniLM has positions for 2 to {longest} tokens.")
        text = text.encode("utf-8", "replace").decode("utf-8")     # half a surrogate pair is no text: "?"
        cut = self.tokenizer.encode(text)
        n_tokens = len(cut.ids)
        cut.truncate(max_tokens)
        token_ids, tokens, note = list(cut.ids), list(cut.tokens), ""
        if n_tokens > max_tokens:
            token_ids[-1], tokens[-1] = self.tokenizer.token_to_id("[SEP]"), "[SEP]"
            note = f"The text has {n_tokens:,} tokens; only the first {max_tokens} are read."
        with torch.no_grad():
            maps = self.model(torch.tensor([token_ids]), output_attentions=True).attentions
        attention = torch.cat(maps).numpy()     # one (1, H, T, T) per layer -> (layers, H, T, T)
        return AttentionMaps(tokens, attention, note)


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


@contextlib.contextmanager
def _silent_transformers() -> Iterator[None]:
    """Keep transformers from drawing progress bars and reports, and leave its settings as they were."""
    from transformers.utils import logging

    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()
