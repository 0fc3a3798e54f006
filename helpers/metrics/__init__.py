"""From scores to a verdict: softmax, cross-entropy, perplexity, bits per character (lesson 03), BLEU (lesson 05)."""

from helpers.metrics.prediction import bits_per_character, cross_entropy, nats_to_bits, perplexity, softmax, text_nats
from helpers.metrics.translation import Bleu, bleu, bleu_parts, exact_match

__all__ = [
    "Bleu",
    "bits_per_character",
    "bleu",
    "bleu_parts",
    "cross_entropy",
    "exact_match",
    "nats_to_bits",
    "perplexity",
    "softmax",
    "text_nats",
]
