"""Whatever a page asks, a widget answers, keeps sound state, changes nothing where it refuses, and goes on.

Half a surrogate pair is not among it: no message could carry it; client.js mends it before it is asked.
"""

import json
import math
from functools import partial

import numpy as np
import pytest
import torch

from helpers import bert
from helpers import tokenization as tok
from helpers.attention import AttentionMaps
from helpers.gpt import GPT, fast_config
from helpers.language_models import Characters
from helpers.recurrent import RecurrentLanguageModel
from helpers.recurrent.seq2seq import Seq2Seq
from helpers.tasks import weak_spans
from helpers.tasks.retrieval import Passage
from helpers.tasks.search import Search
from helpers.tasks.store import VectorStore
from helpers.transformer import Stack, TransformerConfig
from helpers.translation import TranslationTask
from helpers.vectors import WordVectors
from helpers.widgets.alignment_explorer import alignment_explorer
from helpers.widgets.attention_editor import attention_editor
from helpers.widgets.attention_explorer import attention_explorer
from helpers.widgets.entity_marker import entity_marker
from helpers.widgets.follow_token import follow_token
from helpers.widgets.generation_lab import generation_lab
from helpers.widgets.gpt_screen import gpt_screen
from helpers.widgets.head_switchboard import head_switchboard
from helpers.widgets.mask_and_fill import mask_and_fill
from helpers.widgets.mask_switchboard import mask_switchboard
from helpers.widgets.next_token import next_token
from helpers.widgets.path_writer import path_writer
from helpers.widgets.question_box import question_box
from helpers.widgets.recurrent_gates import recurrent_gates
from helpers.widgets.review_lab import review_lab
from helpers.widgets.token_stepper import token_stepper
from helpers.widgets.two_sentences import two_sentences
from helpers.widgets.window_counts import window_counts
from helpers.widgets.word_explorer import word_explorer

CHARACTERS = Characters()
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cat", "sat", "on", "mat"]
PIECES, BPE = tok.WordPiece(WORDS), tok.BPE.train(["the cat sat on the mat"], 260)
STRANGE = [None, True, -1, 10**20, 0.5, math.nan, math.inf, "", "x", "a" * 3000, [], ["x"], [None], [math.nan],
           [[0, 0]], [[9, 9]], [["x"]], [1, 2, 3], {}, {"a": math.nan}]  # fmt: skip


def small_bert(kind=bert.Encoder):
    torch.manual_seed(0)
    encoder = bert.Encoder(bert.bert_config(len(WORDS), d_model=8, n_heads=2, n_layers=2, context_len=64))
    return encoder.eval() if kind is bert.Encoder else kind(encoder).eval()


def small_gpt():
    torch.manual_seed(0)
    return GPT(fast_config(CHARACTERS.vocab_size, context_len=16, d_model=8, n_heads=2, n_layers=2)).eval()


def lstm():
    return RecurrentLanguageModel(CHARACTERS.vocab_size, "lstm", d_model=4, d_hidden=5)


def alignment():
    task = TranslationTask("de")
    return alignment_explorer(Seq2Seq(len(task.source), len(task.target), d_model=4, d_hidden=6), task)


def switchboard():
    stack = Stack(TransformerConfig(16, d_model=8, n_heads=2, n_layers=2)).eval()
    return mask_switchboard(lambda token_ids, mask: stack(token_ids, mask).x, 16)


def encode(texts):
    return torch.nn.functional.normalize(torch.tensor([[text.count(one) + 0.1 for one in "amot"] for text in texts]))


def box():
    passages = [Passage("Rain", 0, "Rain fell on 3 May 1931."), Passage("Tea", 0, "Tea is hot.")]
    return question_box(Search(passages, VectorStore.of(encode([one.titled for one in passages])), encode), "Tea?")


def maps(text):
    return AttentionMaps(text.split(), np.full((1, 1, len(text.split()), len(text.split())), 1 / len(text.split())))


def explorer():
    return word_explorer(WordVectors(["man", "king", "woman", "queen"], np.eye(4)), n=3)


EDITOR = partial(attention_editor, bert.Pretrained(small_bert(), PIECES), text="the cat sat")
TEXT = [{"text": "the cat"}]
QUESTIONS = {  # a widget, and good questions to it
    "alignment": (alignment, [{"text": "twenty"}]),
    "editor": (EDITOR, [*TEXT, {"select": [1, 1]}, {"row": 1, "kind": "one", "key": 1}, {"all": "first"},
                        {"clear": True}]),
    "entities": (partial(entity_marker, {"rules": weak_spans}, "Peru"), TEXT),
    "follow": (follow_token, TEXT),
    "generation": (partial(generation_lab, lstm(), CHARACTERS, length=3),
                   [{"prompt": "a", "temperature": 1.0, "top_k": 3, "top_p": 0.9, "seed": 2}]),
    "gpt": (partial(gpt_screen, small_gpt(), CHARACTERS, "the"), TEXT),
    "heads": (partial(head_switchboard, bert.Pretrained(small_bert(), PIECES), ["the cat", "mat"]),
              [{"texts": ["the mat", "cat"], "off": [[0, 1]]}, {"off": [[1, 1]]}]),
    "fill": (partial(mask_and_fill, small_bert(bert.MaskedLanguageModel), PIECES, "the cat sat"),
             [{"text": "the cat on", "masked": [1], "of": "the cat sat"}]),
    "masks": (switchboard, [{"text": "the cat", "causal": "off", "window": 2, "hide_padding": False}]),
    "next": (partial(next_token, small_gpt(), CHARACTERS, "the"), TEXT),
    "paths": (partial(path_writer, small_gpt(), CHARACTERS, "the"),
              [{"start": "a"}, {"choose": 4}, {"path": [3, 4]}, {"undo": True}, {"likeliest": True}, {"draw": True}]),
    "box": (box, TEXT),
    "gates": (partial(recurrent_gates, lstm(), CHARACTERS, "the"), TEXT),
    "review": (partial(review_lab, small_bert(partial(bert.Classifier, pooling="mean")), PIECES, "the cat sat"),
               [{"text": "the cat", "without": [0], "parts": True}]),
    "stepper": (partial(token_stepper, {"words": tok.WordTokenizer.train(["the cat"], 9)}, BPE, text="a cat"), TEXT),
    "two": (partial(two_sentences, small_bert(), PIECES, "the cat", "the mat"),
            [{"texts": ["the cat sat", "the mat"], "places": [1, 1]}]),
    "window": (partial(window_counts, [["the", "cat", "sat"]] * 3, ["cat"]), [{"word": "sat"}]),
    "attention": (partial(attention_explorer, maps, "a cat"), TEXT),
    "neighbours": (explorer, [{"word": "king", "n": 2}]),
    "analogy": (explorer, [{"a": "man", "b": "king", "c": "woman", "leave_out": True}]),
}  # fmt: skip


def hostile(good):
    """The question with each of its values replaced by something strange, and with each of them missing."""
    for name in good:
        yield from ({**good, name: value} for value in STRANGE)
        yield {key: value for key, value in good.items() if key != name}
    yield {"nothing": 1}


def state(widget):
    """Everything the page is told but questions and answers; ValueError if it would not survive the way there."""
    traits = {name: value for name, value in widget.get_state().items() if not name.startswith("_")}
    sent = {name: value for name, value in traits.items() if not isinstance(value, bytes) and "question" not in name}
    json.dumps(sent, allow_nan=False, ensure_ascii=False).encode()
    return {name: value for name, value in traits.items() if "question" not in name and "answer" not in name}


@pytest.mark.parametrize("name", QUESTIONS)
def test_strange_questions_are_answered_and_do_no_harm(name):
    make, questions = QUESTIONS[name]
    widget, number = make(), 0
    prefix = f"{name}_" if make is explorer else ""
    asking, answering = f"{prefix}question", f"{prefix}answer"

    def ask(question):
        nonlocal number
        number += 1
        setattr(widget, asking, {**question, "id": number})
        answer = getattr(widget, answering)
        assert answer["id"] == number
        return answer.get("problem", "")

    for good in questions:
        for question in hostile(good):
            was = state(widget)
            problem = ask(question)
            emptied = name == "attention" and question.get("text") == ""  # shows no map, and says why
            assert state(widget) == was or not problem or emptied, question
        assert ask(good) == "", good
