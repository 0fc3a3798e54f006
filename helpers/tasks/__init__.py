"""Tasks that one encoder serves: entities, questions about a text, summaries (lesson 10).

`weak` labels entities by rules and `names`, `spans` writes and scores them, `tagging` teaches a model with them,
`sample` holds what a reader marked; `retrieval` searches, `answers` cuts the answer out; `summaries` chooses sentences.
"""

from helpers.tasks.answers import find_answer, overlap_f1, same_answer
from helpers.tasks.retrieval import BM25, Passage, Question, passages, questions, ranks, recall_at, right_passages
from helpers.tasks.sample import hand_checked
from helpers.tasks.spans import Span, bio_tags, span_f1, span_scores, spans_of, token_accuracy, token_scores
from helpers.tasks.summaries import Story, centrality, choose, mmr, oracle, stories, summary
from helpers.tasks.weak import KINDS, weak_spans

__all__ = [
    "BM25",
    "KINDS",
    "Passage",
    "Question",
    "Span",
    "Story",
    "bio_tags",
    "centrality",
    "choose",
    "find_answer",
    "hand_checked",
    "mmr",
    "oracle",
    "overlap_f1",
    "passages",
    "questions",
    "ranks",
    "recall_at",
    "right_passages",
    "same_answer",
    "span_f1",
    "span_scores",
    "spans_of",
    "stories",
    "summary",
    "token_accuracy",
    "token_scores",
    "weak_spans",
]
