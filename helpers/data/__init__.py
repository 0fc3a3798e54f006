"""The course's texts, ratings and word lists, read into plain Python and NumPy.

What it reads comes from gensim's packaged test data and from `helpers.assets`; each function names source and
licence. Nothing is downloaded twice, and slow parsers run once (`helpers.data.kept`).
"""

from helpers.data.lists import analogies, similarity_pairs
from helpers.data.newspaper import news, news_articles
from helpers.data.pretrained import glove
from helpers.data.ratings import DOMAINS, Review, Reviews, reviews
from helpers.data.text import Article, sentences, words
from helpers.data.translation import Pair, date_pairs, list_pairs, number_pairs
from helpers.data.wikipedia import wiki, wiki_articles

__all__ = [
    "DOMAINS",
    "Article",
    "Pair",
    "Review",
    "Reviews",
    "analogies",
    "date_pairs",
    "glove",
    "list_pairs",
    "news",
    "news_articles",
    "number_pairs",
    "reviews",
    "sentences",
    "similarity_pairs",
    "wiki",
    "wiki_articles",
    "words",
]
