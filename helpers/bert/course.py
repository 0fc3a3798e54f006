"""The course's own BERT, pretrained in lesson 08, as its checkpoint has it."""

from __future__ import annotations

from helpers.bert.heads import MaskedLanguageModel
from helpers.bert.minilm import Pretrained
from helpers.tokenization import WordPiece


def load_course_mlm(*, fused: bool = False) -> tuple[MaskedLanguageModel, WordPiece]:
    """The course's masked language model and its tokenizer.

    Args:
        fused: the fast path, which keeps no attention to look at.

    Raises:
        CheckpointError: the checkpoint "bert_mlm" is missing or damaged; the message says what to do.
    """
    from helpers import checkpoints
    from helpers.checkpoints.bert import make
    from helpers.pretraining.text import tokenizer

    model = make(fused=fused)
    checkpoints.load("bert_mlm", model)
    return model, tokenizer()


def load_course_model(*, fused: bool = True) -> Pretrained:
    """The course's encoder and its tokenizer, without the head; arguments and errors as for `load_course_mlm`."""
    model, tokenizer = load_course_mlm(fused=fused)
    return Pretrained(model.encoder, tokenizer)
