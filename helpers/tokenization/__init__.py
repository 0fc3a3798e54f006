"""From text to token numbers and back: words by rules, characters, byte-pair encoding, WordPiece (lesson 01).

All tokenizers have one interface, `Tokenizer`: `train`, `encode`, `decode`, `tokens`, `vocab_size`. `cutting` cuts
running text into words, `merges` learns and applies byte-pair merges, `history` does so fast and remembers when
each boundary fell. Equal to Hugging Face's `tokenizers` with the same settings, as the tests show.
"""

from helpers.tokenization.bpe import BPE, readable
from helpers.tokenization.cutting import bert_clean, bert_words, rule_words, spaced_words
from helpers.tokenization.interface import Tokenizer
from helpers.tokenization.merges import apply_merges, count_pairs, learn_merges, merge_pair
from helpers.tokenization.simple import CharTokenizer, WordTokenizer
from helpers.tokenization.wordpiece import WordPiece

__all__ = [
    "BPE",
    "CharTokenizer",
    "Tokenizer",
    "WordPiece",
    "WordTokenizer",
    "apply_merges",
    "bert_clean",
    "bert_words",
    "count_pairs",
    "learn_merges",
    "merge_pair",
    "readable",
    "rule_words",
    "spaced_words",
]
