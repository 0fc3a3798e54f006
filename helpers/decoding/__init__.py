"""Writing text with a language model: from scores for the next token to a chosen token, and on from there.

Everything here works on any function `next_logits(token_ids) -> (V,)`: a list of token ids in, a score for
every possible next token out.
"""

from helpers.decoding.beam import Written, beam, beam_step
from helpers.decoding.choosing import NextLogits, Remembering, greedy, probabilities, sample

__all__ = [
    "NextLogits",
    "Remembering",
    "Written",
    "beam",
    "beam_step",
    "greedy",
    "probabilities",
    "sample",
]
