"""BERT: the encoder, its masked-language-model and task heads, and real pretrained weights in it."""

from helpers.bert.course import load_course_mlm, load_course_model
from helpers.bert.encoder import Embedding, Encoded, Encoder, bert_config
from helpers.bert.heads import (
    Classifier,
    MaskedLanguageModel,
    NextSentence,
    Pretraining,
    SpanFinder,
    Tagger,
    TokenHead,
    mean_pool,
)
from helpers.bert.inputs import Batch, batch_of
from helpers.bert.masking import IGNORED, mask_tokens, masked_loss
from helpers.bert.minilm import Pretrained, load_minilm
from helpers.bert.reader import MiniLM, minilm_attention

__all__ = [
    "IGNORED",
    "Batch",
    "Classifier",
    "Embedding",
    "Encoded",
    "Encoder",
    "MaskedLanguageModel",
    "MiniLM",
    "NextSentence",
    "Pretrained",
    "Pretraining",
    "SpanFinder",
    "Tagger",
    "TokenHead",
    "batch_of",
    "bert_config",
    "load_course_mlm",
    "load_course_model",
    "load_minilm",
    "mask_tokens",
    "masked_loss",
    "mean_pool",
    "minilm_attention",
]
