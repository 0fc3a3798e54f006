"""Few-shot prompts: what they ask, that guessing is one in 26, and that a model which looks back is right."""

import pytest
import torch

from helpers.gpt import few_shot
from helpers.language_models import Characters

VOCABULARY = Characters()


def dice(seed=0):
    return torch.Generator().manual_seed(seed)


def test_the_prompts_ask_what_they_say():
    text, answer = few_shot.prompt("repeat", 2, dice())
    first, second, asked = text.strip().split("\n")
    assert first == second == asked + answer and len(set(first)) == 5
    text, answer = few_shot.prompt("capital", 3, dice())
    *shown, asked = text.strip("\n").split("\n")
    assert len(shown) == 3 and all(line[0].upper() == line[3] and line[1:3] == ": " for line in shown)
    assert asked == f"{answer.lower()}: " and asked[0] not in {line[0] for line in shown}
    text, answer = few_shot.prompt("next letter", 1, dice())
    shown, asked = text.strip("\n").split("\n")
    assert ord(shown[3]) == ord(shown[0]) + 1 and ord(answer) == ord(asked[0]) + 1
    assert few_shot.prompt("repeat", 0, dice())[0].count("\n") == 1
    for task, shots in [("sing", 1), ("repeat", -1)]:
        with pytest.raises(ValueError, match="expected one of"):
            few_shot.prompt(task, shots, dice())


class LooksBack(torch.nn.Module):
    """Expects what came after the last token the time before."""

    def forward(self, token_ids):
        logits = torch.zeros(*token_ids.shape, VOCABULARY.vocab_size)
        for row, ids in enumerate(token_ids.tolist()):
            for place, token in enumerate(ids):
                earlier = [i for i in range(place) if ids[i] == token]
                if earlier:
                    logits[row, place, ids[earlier[-1] + 1]] = 5.0
        return logits


def test_accuracy_of_models_whose_answers_are_known():
    looks, says_a = LooksBack(), lambda ids: torch.nn.functional.one_hot(ids * 0 + 3, 80).float()
    assert few_shot.accuracy(looks, VOCABULARY, "repeat", 1, n_prompts=40) == 1.0
    assert few_shot.accuracy(looks, VOCABULARY, "repeat", 0, n_prompts=100) < 0.15
    assert few_shot.accuracy(looks, VOCABULARY, "capital", 2, n_prompts=40) < 0.3
    for task in few_shot.TASKS:  # the same letter always: once in 26, whatever the number of examples
        assert few_shot.accuracy(says_a, VOCABULARY, task, 2, n_prompts=300) < 0.12


def test_texts_of_repeated_words():
    ids = few_shot.repeats(VOCABULARY, batch_size=3, lines=4)(dice())
    assert ids.shape == (3, 24)
    for row in ids:
        lines = VOCABULARY.decode(row).split("\n")
        assert lines[0] == "" and len(set(lines[1:])) == 1 and len(set(lines[1])) == 5
    assert not torch.equal(ids[0], ids[1])
