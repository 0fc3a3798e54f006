"""GPT: a decoder alone, which reads tokens and predicts the next one at every place (lesson 07)."""

from helpers.gpt.cache import NextToken, cached_step
from helpers.gpt.choose import top_p
from helpers.gpt.hugging_face import to_hugging_face
from helpers.gpt.loss import next_token_loss, shift_targets
from helpers.gpt.model import GPT
from helpers.gpt.variants import fast_config, gpt2_config

__all__ = [
    "GPT",
    "NextToken",
    "cached_step",
    "fast_config",
    "gpt2_config",
    "next_token_loss",
    "shift_targets",
    "to_hugging_face",
    "top_p",
]
