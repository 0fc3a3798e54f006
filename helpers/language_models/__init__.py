"""Language models before attention: count the next token, or predict it with a small network (lesson 03).

Every model here, and every one of lesson 04, is called alike: token_ids (B, T) in, logits (B, T, V) out, where
logits[:, t] predict token t + 1 from the tokens up to t. `helpers.metrics` judges them all with one function.
"""

from helpers.language_models.characters import Characters, CharacterText, characters, readable
from helpers.language_models.feed_forward import FeedForwardLM
from helpers.language_models.loss import language_model_loss
from helpers.language_models.ngrams import NGram

__all__ = [
    "CharacterText",
    "Characters",
    "FeedForwardLM",
    "NGram",
    "characters",
    "language_model_loss",
    "readable",
]
