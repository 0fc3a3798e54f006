"""Looking inside a model (lesson 11): what it computed, and what it does without a head or with another attention.

    with tracing.record(model) as seen: model(token_ids)          # attention, hidden states: tensors, by part and layer
    trace = tracing.read(model, token_ids)                        # the same for one text, as NumPy arrays
    with tracing.switched_off(model, [(layer, head)]): ...        # heads that are silent
    with tracing.overwritten(model, {(layer, head): weights}): ...   # heads that attend to what we say
    tracing.gradients(model, token_ids, score=...)                # of a score by attention and hidden states

All of it works by hooks that are taken off when the `with` ends, after an exception too: weights, `state_dict` and
outputs are then what they were.
"""

from helpers.tracing.flow import gradient_times_input, looks_back, rollout
from helpers.tracing.heads import output_without, overwritten, switched_off
from helpers.tracing.loss import logit_lens, without_each_head
from helpers.tracing.parts import all_heads, attention_of, attention_parts
from helpers.tracing.probe import BEFORE, Examples, fit_linear, majority, selectivity, vectors_at, words_after
from helpers.tracing.read import Gradients, Trace, gradients, read
from helpers.tracing.record import Recording, record

__all__ = [
    "BEFORE",
    "Examples",
    "Gradients",
    "Recording",
    "Trace",
    "all_heads",
    "attention_of",
    "attention_parts",
    "fit_linear",
    "gradient_times_input",
    "gradients",
    "logit_lens",
    "looks_back",
    "majority",
    "output_without",
    "overwritten",
    "read",
    "record",
    "rollout",
    "selectivity",
    "switched_off",
    "vectors_at",
    "without_each_head",
    "words_after",
]
