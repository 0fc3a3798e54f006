"""The translation task: pieces that join to the exact text, batches as promised, and a verdict to the letter."""

import pytest
import torch

from helpers import data
from helpers.data.translation import LANGUAGES, NAMES, SPLITS
from helpers.translation import (
    BEGIN,
    END,
    PAD,
    THINGS,
    UNKNOWN,
    Outcome,
    TranslationTask,
    by_length,
    exact_match,
    in_words,
    outcomes,
)  # fmt: skip
from helpers.translation.vocabulary import join_pieces, source_tokens, target_pieces

MAKERS = (data.number_pairs, data.date_pairs, data.list_pairs)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_pair_comes_back_to_the_letter_and_nothing_is_unknown(language):
    task = TranslationTask(language)
    for make in MAKERS:
        for split in SPLITS:
            for pair in make(400, language, split):
                ids = task.encode_target(pair.target)
                assert task.decode(ids) == pair.target
                assert (ids[0], ids[-1]) == (BEGIN, END) and UNKNOWN not in ids
                assert UNKNOWN not in task.encode_source(pair.source)


def test_pieces_show_units_before_tens():
    assert target_pieces("einundzwanzig", "de") == ["ein", "##und", "##zwanzig"]
    assert target_pieces("einhunderteinstausendeins", "de") == ["ein", "##hundert", "##eins", "##tausend", "##eins"]
    assert target_pieces("siebzehn; sechzig", "de") == ["siebzehn", "##;", "sechzig"]
    assert target_pieces("quatre-vingt-dix", "fr") == ["quatre", "##-vingt", "##-dix"]
    assert target_pieces("2 мая 1984\u202fг.", "ru") == ["2", "мая", "1", "##9", "##8", "##4", "##\u202fг", "##."]
    assert target_pieces("Anna", "de") == ["Anna"]  # an ordinary word stays whole, whatever it holds
    assert source_tokens("Twenty-one, MAY 3") == ["twenty", "-", "one", ",", "may", "3"]


@pytest.mark.parametrize("text", ["", " ", "🙂", "我爱你", "<script>", "##x", "שלום", "a\u0301", "x" * 10**4, "<pad>"])
def test_any_text_is_taken_and_what_is_unknown_is_marked(text):
    for language in LANGUAGES:
        task = TranslationTask(language)
        source, target = task.encode_source(text), task.encode_target(text)
        assert set(source) <= {UNKNOWN} and set(target[1:-1]) <= {UNKNOWN}
        assert set(task.decode(target)) <= {"\ufffd"}
        assert task.source_batch([text]).shape == (1, max(len(source), 1))
    assert join_pieces(target_pieces("Ñandú x?", "de")) == "Ñandú x?"


def test_batches_are_training_pairs_padded_at_the_end():
    task = TranslationTask("de")
    next_batch = task.batches(16, items=(2, 4), pool=300)
    train_numbers = {pair.source for pair in data.number_pairs(300)} | {pair.source for pair in data.date_pairs(300)}
    lengths = set()
    for seed in range(12):
        source_ids, target_ids = next_batch(torch.Generator().manual_seed(seed))
        assert source_ids.shape[0] == target_ids.shape[0] == 16 and source_ids.dtype == torch.long
        for source, target in zip(source_ids, target_ids, strict=True):
            text, source = task.decode(target.tolist()), [n for n in source.tolist() if n != PAD]
            assert target[0] == BEGIN and (target == END).sum() == 1
            lengths.add(text.count(";") + 1)
            assert source.count(task.source.numbers([";"])[0]) == text.count(";")
    assert lengths == {2, 3, 4}
    known = {tuple(task.encode_source(text)) for text in train_numbers} | {tuple(task.encode_source(name)) for name in
                                                                          NAMES["en"]}  # fmt: skip
    singles = task.batches(64, items=(1, 1), pool=300)(torch.Generator().manual_seed(0))[0]
    assert all(tuple(n for n in row if n != PAD) in known for row in singles.tolist())
    again = [next_batch(torch.Generator().manual_seed(5))[0] for _ in range(2)]
    assert torch.equal(*again)


def test_joined_pieces_are_the_pieces_of_the_joined_text():
    for language in LANGUAGES:
        task = TranslationTask(language)
        for pair in task.pairs(50):
            parts = [task.encode_target(part)[1:-1] for part in pair.target.split("; ")]
            comma = task.target.numbers(["##;"])
            assert [n for part in parts for n in [*comma, *part]][1:] == task.encode_target(pair.target)[1:-1]


@pytest.mark.parametrize("wrong", [{"items": (0, 3)}, {"items": (3, 2)}, {"things": ("verb",)}, {"things": ()},
                                   {"pool": 0}, {"batch_size": 0}])  # fmt: skip
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match="Expected items"):
        TranslationTask("de").batches(**({"batch_size": 4} | wrong))
    with pytest.raises(ValueError, match="languages"):
        TranslationTask("nl")
    assert set(THINGS) == {"number", "date", "name"}


def test_outcomes_keep_their_order_and_lengths():
    task = TranslationTask("de")
    pairs = task.pairs(30, items=(1, 6))
    answers = {tuple(task.encode_source(pair.source)): task.encode_target(pair.target) for pair in pairs}
    seen = []

    def translate(source_ids):
        seen.append(source_ids.shape)
        rows = [answers[tuple(n for n in row if n != PAD)] for row in source_ids.tolist()]
        return torch.tensor([[*row[1:], *[0] * (200 - len(row))] for row in rows])

    found = outcomes(translate, task, pairs, batch_size=8)
    assert exact_match(found) == 1 and [one.pair for one in found] == pairs
    assert [width for _, width in seen] == sorted(width for _, width in seen) and len(seen) == 4
    assert exact_match(outcomes(lambda ids: torch.full((len(ids), 1), END), task, pairs)) == 0
    with pytest.raises(ValueError, match="at least one"):
        exact_match([])


def test_the_share_by_length():
    pair = data.Pair("one", "eins")
    found = [Outcome(pair, "eins", 5), Outcome(pair, "zwei", 19), Outcome(pair, "eins", 20), Outcome(pair, "x", 500)]
    assert by_length(found) == {"0–19": (0.5, 2), "20–39": (1.0, 1)}


def test_digits_become_words():
    assert in_words("21; 1,234; 1984-05-21; Anna") == ("twenty-one; one thousand, two hundred and thirty-four; "
                                                       "May 21, 1984; Anna")  # fmt: skip
    for same in ("", "2024-02-30", "1234567890", "May 3, 1999", "١٢", "-5", "3.14"):
        assert in_words(same) == same
