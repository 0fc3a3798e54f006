"""From scores to a verdict: softmax, cross-entropy, perplexity, bits per character (lesson 03), BLEU (lesson 05),
calibration (lesson 09), ROUGE (lesson 10)."""

from helpers.metrics.calibration import Reliability, expected_calibration_error, reliability
from helpers.metrics.prediction import bits_per_character, cross_entropy, nats_to_bits, perplexity, softmax, text_nats
from helpers.metrics.rouge import mean_rouge, rouge
from helpers.metrics.translation import Bleu, bleu, bleu_parts, exact_match

__all__ = [
    "Bleu",
    "Reliability",
    "bits_per_character",
    "bleu",
    "bleu_parts",
    "cross_entropy",
    "exact_match",
    "expected_calibration_error",
    "mean_rouge",
    "nats_to_bits",
    "perplexity",
    "reliability",
    "rouge",
    "softmax",
    "text_nats",
]
