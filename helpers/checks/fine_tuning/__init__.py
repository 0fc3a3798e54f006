"""Lesson 09: pooling, a classification head, freezing, LoRA; references in `helpers.bert` and `helpers.fine_tuning`."""

from helpers.checks.fine_tuning._freeze import freeze
from helpers.checks.fine_tuning._head import classification_loss
from helpers.checks.fine_tuning._lora import lora
from helpers.checks.fine_tuning._pool import mean_pool

__all__ = ["mean_pool", "classification_loss", "freeze", "lora"]
