"""Fine-tuning (lesson 09): rated snippets as a task, batches, freezing, LoRA, and what each word contributes."""

from helpers.fine_tuning.batches import LONGEST, Batches, encoded, probabilities, review_loss
from helpers.fine_tuning.freezing import freeze, n_trainable, trainable_share, without_dropout
from helpers.fine_tuning.heads import classification_loss
from helpers.fine_tuning.judge import load_judge
from helpers.fine_tuning.lora import LoRALinear, add_lora, lora, lora_classifier, merge, trained_parts
from helpers.fine_tuning.occlusion import Contribution, left_out, log_odds, occlude, words_of
from helpers.fine_tuning.recipe import FineTuning
from helpers.fine_tuning.task import LITTLE_REVIEWS, OPINION, Labelled, accuracy, draw, film_parts, labelled, wiki_parts

__all__ = [
    "LITTLE_REVIEWS",
    "LONGEST",
    "OPINION",
    "Batches",
    "Contribution",
    "FineTuning",
    "Labelled",
    "LoRALinear",
    "accuracy",
    "add_lora",
    "classification_loss",
    "draw",
    "encoded",
    "film_parts",
    "freeze",
    "labelled",
    "left_out",
    "load_judge",
    "log_odds",
    "lora",
    "lora_classifier",
    "merge",
    "n_trainable",
    "occlude",
    "probabilities",
    "review_loss",
    "trainable_share",
    "trained_parts",
    "without_dropout",
    "wiki_parts",
    "words_of",
]
