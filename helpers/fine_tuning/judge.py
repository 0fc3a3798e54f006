"""The judge of film snippets that the lesson's widget asks: MiniLM with the corrections of a checkpoint."""

from __future__ import annotations

import copy

import torch

from helpers import bert
from helpers.fine_tuning.batches import encoded, review_loss
from helpers.fine_tuning.lora import lora_classifier, merge, trained_parts
from helpers.fine_tuning.task import LITTLE_REVIEWS
from helpers.training import Recipe, train


def load_judge(pretrained: bert.Pretrained) -> bert.Classifier:
    """MiniLM taught to judge film snippets: the checkpoint "reviews_lora", merged into a copy of the encoder.

    Another encoder, where MiniLM can't be had, gets corrections and a head that have seen four little reviews alone: it
    runs, and knows next to nothing.

    Args:
        pretrained: MiniLM and its tokenizer; left as it is.

    Returns:
        A classifier in `eval` mode, class 1 being "good".

    Raises:
        CheckpointError: the checkpoint is missing or damaged.
    """
    from helpers import checkpoints

    judge = lora_classifier(copy.deepcopy(pretrained.encoder))
    parts, record = trained_parts(judge), checkpoints.record("reviews_lora")
    if sum(part.numel() for part in parts.values()) == record.parameters:
        checkpoints.load("reviews_lora", parts)
    else:
        texts, labels = zip(*LITTLE_REVIEWS, strict=True)
        batch = encoded(pretrained.tokenizer, list(texts)), torch.tensor(labels)
        train(judge, lambda generator: batch, review_loss, Recipe(20, 1e-2), show=False)
    return merge(judge).eval()
