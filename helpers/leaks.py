"""Find the leak: four language models of dice rolls with losses too good to be true, and the tools to find out why.

Nobody can predict a fair die: the best honest loss is ln 6 = 1.79 nats a roll. Each of the four has another fault, and
a clean model stands beside them. All are trained when asked for, in a few seconds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from helpers.attention import combine, padding_mask
from helpers.training import Recipe, train
from helpers.transformer import Stack, TransformerConfig

SIDES, PLACES, TEXTS = 6, 12, 8  # tokens 1 to 6 are rolls, 0 is padding; a text has 12 rolls, a batch 8 texts
PAD = 0
HONEST = math.log(SIDES)  # the loss of someone who knows that the die is fair, and no more

FAULTS = {
    "sees one ahead": "Its causal mask reaches one place too far: each token sees the one that it is to predict.",
    "repeats its input": "Its targets are not shifted: it is asked for the token that it has just been given.",
    "sees its neighbours": "Its axes are exchanged: attention runs over the texts of a batch, place by place, and the "
                           "text above, one roll ahead, holds the answers.",
    "knows the test": "Its test texts stood in its training texts: it knows them by heart.",
}  # fmt: skip
CLUES = {
    "sees one ahead": "Change one token: does the output at the place before it move?",
    "repeats its input": "No future token moves it, and yet it is hardly ever wrong. What does it say at each place?",
    "sees its neighbours": "Change a token in another row: does anything move in this one?",
    "knows the test": "Nothing moves that should not. So what is odd about the test itself?",
}
PLANTED = {"A": "sees its neighbours", "B": "knows the test", "C": "sees one ahead", "D": "repeats its input"}


class Dice(nn.Module):
    """A small Transformer over rolls: token_ids (B, T) -> logits (B, T, 7).

    Args:
        reach: how far ahead of itself a token sees; 0 is the honest causal mask.
        over_batch: whether attention takes the texts of a batch for the places of a text, as `nn.MultiheadAttention`
            does without `batch_first=True`.
    """

    def __init__(self, reach: int = 0, over_batch: bool = False) -> None:
        super().__init__()
        config = TransformerConfig(SIDES + 1, context_len=PLACES, d_model=32, n_heads=2, n_layers=1,
                                   positions="learned", fused=True)  # fmt: skip
        self.stack, self.reach, self.over_batch = Stack(config), reach, over_batch
        self.to_logits = nn.Linear(config.d_model, SIDES + 1)

    def forward(self, token_ids: Tensor) -> Tensor:
        length = token_ids.shape[1]
        x = self.stack.embedding(token_ids)  # (B, T, D)
        if self.over_batch:
            x, mask = x.transpose(0, 1), None  # (T, B, D): for the blocks, B is now the length
        else:
            triangle = torch.ones(length, length).tril(self.reach).bool()
            mask = combine(triangle, padding_mask(token_ids, PAD))  # (B, T, T)
        for block in self.stack.blocks:
            x = block(x, mask).x
        x = x.transpose(0, 1) if self.over_batch else x
        return self.to_logits(self.stack.norm(x))


def windows(rolls: Tensor, start: int, texts: int = TEXTS, places: int = PLACES) -> Tensor:
    """Overlapping texts from one row of rolls, each beginning one roll before the text above it: (texts, places)."""
    return torch.stack([rolls[start + row : start + row + places] for row in reversed(range(texts))])


def roll(n: int, generator: torch.Generator) -> Tensor:
    """n rolls of a fair die, (n,), from 1 to 6."""
    return torch.randint(1, SIDES + 1, (n,), generator=generator)


@dataclass(frozen=True)
class Suspect:
    """A model as its makers describe it.

    Attributes:
        model: token_ids (B, T) -> logits (B, T, 7).
        loss_of: model and a batch (B, T + 1) of rolls -> the loss as its makers compute it.
        test: the batches that its makers tested it on.
    """

    model: nn.Module
    loss_of: Callable[[nn.Module, Tensor], Tensor]
    test: list[Tensor]

    @torch.no_grad()
    def reported(self) -> float:
        """The test loss its makers report, in nats a roll."""
        return float(torch.stack([self.loss_of(self.model, batch) for batch in self.test]).mean())


def next_roll_loss(model: nn.Module, batch: Tensor) -> Tensor:
    """The loss at the next rolls: inputs are all rolls but the last of each text, targets all but the first."""
    return cross_entropy(model(batch[:, :-1]).flatten(0, 1), batch[:, 1:].flatten(), ignore_index=PAD)


def same_roll_loss(model: nn.Module, batch: Tensor) -> Tensor:
    """The loss with targets that are not shifted."""
    return cross_entropy(model(batch[:, :-1]).flatten(0, 1), batch[:, :-1].flatten(), ignore_index=PAD)


def suspect(fault: str | None = None, seed: int = 0, steps: int = 150) -> Suspect:
    """Train a model with a fault of `FAULTS`, or a clean one; ValueError for another fault."""
    if fault is not None and fault not in FAULTS:
        raise ValueError(f"{fault!r} is no fault of this laboratory; expected one of {', '.join(FAULTS)}, or None.")
    generator = torch.Generator().manual_seed(seed)
    known = fault == "knows the test"
    rolls = roll(60 if known else 20_000, generator)
    fresh = rolls if known else roll(1_000, generator)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = Dice(reach=int(fault == "sees one ahead"), over_batch=fault == "sees its neighbours")
    loss_of = same_roll_loss if fault == "repeats its input" else next_roll_loss

    texts = 2 if fault == "sees its neighbours" else TEXTS

    def draw(generator: torch.Generator, of: Tensor = rolls) -> Tensor:
        last = len(of) - TEXTS - PLACES
        return windows(of, int(torch.randint(last + 1, (), generator=generator)), texts, PLACES + 1)

    recipe = Recipe(steps, learning_rate=1e-2, warmup_steps=min(20, steps))
    train(model, draw, loss_of, recipe, generator=generator, show=False)
    return Suspect(model.eval(), loss_of, [draw(generator, fresh) for _ in range(20)])


def suspects(seed: int = 0, steps: int = 150) -> dict[str, Suspect]:
    """The four with a fault, "A" to "D", and one that is "clean"."""
    return {name: suspect(fault, seed, steps) for name, fault in [*PLANTED.items(), ("clean", None)]}


@torch.no_grad()
def honest_loss(model: nn.Module, n_texts: int = 30, seed: int = 99) -> float:
    """The loss on new rolls when a model is given nothing but the past: one text at a time, cut off before the answer.

    Args:
        model: token_ids (1, T) -> logits (1, T, 7). n_texts: how many. seed: of the dice.

    Returns:
        Nats a roll; `HONEST` is as good as anyone can be in the long run.
    """
    rolls = roll(n_texts * (PLACES + 1), torch.Generator().manual_seed(seed)).view(n_texts, PLACES + 1)
    losses = [cross_entropy(model(text[None, :seen])[0, -1], text[seen]) for text in rolls for seen in range(1, PLACES)]
    return float(torch.stack(losses).mean())


@torch.no_grad()
def moved(model: nn.Module, token_ids: Tensor, row: int, place: int, token: int | None = None) -> Tensor:
    """Change one token of a batch: which outputs move?

    Args:
        model: token_ids (B, T) -> anything (B, T, …).
        token_ids: (B, T). row, place: which token is changed. token: to what; by default to another roll.

    Returns:
        (B, T), by how much the output at each place has moved at most. A model that is evaluated twice on equal tokens
        must not move at all, so there is no chance in it.

    Raises:
        ValueError: there is no such token, or the model is in training mode.
    """
    batch, length = token_ids.shape
    if not (0 <= row < batch and 0 <= place < length):
        raise ValueError(f"There is no token in row {row}, place {place}: the batch is {batch} by {length}.")
    if getattr(model, "training", False):
        raise ValueError("The model is in training mode, where dropout moves everything: call model.eval() first.")
    changed = token_ids.clone()
    old = int(changed[row, place])
    changed[row, place] = (old % SIDES + 1) if token is None else token
    return (model(changed) - model(token_ids)).abs().flatten(2).amax(-1)  # (B, T)


def verdict(answers: Mapping[str, str]) -> dict[str, bool | None]:
    """Say for each suspect whether the learner has found its fault; prints a line each.

    Args:
        answers: "A" to "D" -> one of `FAULTS`; anything else counts as not answered.

    Returns:
        For each of "A" to "D": True, False, or None where there is no answer yet.
    """
    given = dict(answers) if isinstance(answers, Mapping) else {}
    found: dict[str, bool | None] = {}
    for name, fault in PLANTED.items():
        answer = given.get(name)
        known = isinstance(answer, str) and answer in FAULTS
        found[name] = (answer == fault) if known else None
        said = {True: f"right. {FAULTS[fault]}", False: f"not “{answer}”. {CLUES[fault]}",
                None: f"not answered yet; one of: {', '.join(FAULTS)}."}[found[name]]  # fmt: skip
        print(f"{name}: {said}")
    return found


