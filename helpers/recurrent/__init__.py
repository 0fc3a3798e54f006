"""RNN, LSTM and GRU: one step with every gate in sight, layers over time, gradients through time, two models."""

from helpers.recurrent.layer import Recurrent, detach
from helpers.recurrent.models import RecurrentLanguageModel, ReviewClassifier, padded
from helpers.recurrent.steps import GATES, gru_step, lstm_step, rnn_step
from helpers.recurrent.through_time import gradient_norms, truncated_gradient

__all__ = [
    "GATES",
    "Recurrent",
    "RecurrentLanguageModel",
    "ReviewClassifier",
    "detach",
    "gradient_norms",
    "gru_step",
    "lstm_step",
    "padded",
    "rnn_step",
    "truncated_gradient",
]
