"""What a language model expects next: scores for the page, the cut-offs as arithmetic, and a picture without a page."""

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from helpers.decoding import probabilities
from helpers.widgets.client import legible
from helpers.widgets.recurrent_gates_data import visible

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LONGEST, ROWS = 256, 20
OPTIONS = {"temperature": 1.0, "top_k": 0, "top_p": 1.0}


@torch.no_grad()
def next_logits(model: Any, vocabulary: Any, text: str) -> tuple[torch.Tensor, list[int], str]:
    """A model's scores for what follows a text.

    Args:
        model: token_ids (B, T) -> logits (B, T, V); if it has a `config.context_len`, no more is read at once.
        vocabulary: `encode(text)` and `decode(ids)`, such as `CharacterText.vocabulary`.
        text: any text but an empty one; the end of a long one is read.

    Returns:
        Logits (V,), the ids that were read, and a sentence on what was left out or is unknown, if anything.

    Raises:
        ValueError: the text is empty.
    """
    if not text:
        raise ValueError("Type at least one character: a model goes on from something.")
    longest = min(LONGEST, getattr(getattr(model, "config", None), "context_len", LONGEST))
    ids = torch.as_tensor(vocabulary.encode(text[-longest:])).tolist()
    if isinstance(model, torch.nn.Module):
        model.eval()
    unknown = vocabulary.decode(ids).count("\ufffd")
    notes = [f"Only the last {longest} of {len(text):,} characters are read."] if len(text) > longest else []
    if unknown:
        notes.append(f"□ stands for what is not in the model's alphabet: {unknown} character{'s' * (unknown > 1)}.")
    return model(torch.tensor([ids]))[0, -1].detach().float(), ids, " ".join(notes)


def compute(model: Any, vocabulary: Any, text: str) -> dict[str, Any]:
    """Everything the page needs to draw the distribution at any temperature and cut-off.

    Args:
        model, vocabulary, text: as for `next_logits`.

    Returns:
        tokens: V signs to show, the best score first; logits: their scores, the best one's 0; read: the end of the
        text as the model saw it; note.

    Raises:
        ValueError: the text is empty.
    """
    logits, ids, note = next_logits(model, vocabulary, str(text))
    ranked, order = logits.double().sort(descending=True, stable=True)
    return {"tokens": [visible(vocabulary.decode([token])) for token in order.tolist()],
            "logits": [round(score, 6) for score in (ranked - ranked[0]).tolist()],
            "read": "".join(map(visible, vocabulary.decode(ids[-24:]))), "note": note}  # fmt: skip


def distribution(shown: dict[str, Any], temperature: float = 1.0, top_k: int = 0,
                 top_p: float = 1.0) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Probabilities before and after the cut, (V,) each, in the order of `shown`; temperature 0 keeps the best alone.

    Raises:
        ValueError: an option out of range, as `helpers.decoding.probabilities`.
    """
    logits = torch.tensor(shown["logits"])
    if temperature == 0:
        best = np.zeros(len(logits))
        best[0] = 1.0
        return best, best
    plain = probabilities(logits, temperature=temperature)
    return plain.numpy(), probabilities(logits, temperature=temperature, top_k=top_k or None, top_p=top_p).numpy()


def draw(shown: dict[str, Any], options: dict[str, float]) -> "Figure":
    """The likeliest tokens as bars, what is cut off in grey, in a matplotlib Figure."""
    from matplotlib.figure import Figure

    plain, kept = distribution(shown, **options)
    figure = Figure(figsize=(10, 3.6), dpi=100, layout="constrained")
    axes = figure.subplots()
    places = np.arange(min(ROWS, len(plain)))
    axes.bar(places, plain[places], color="#dddddd", edgecolor="#888888", hatch="//", label="before the cut")
    axes.bar(places, kept[places], color="#0072B2", width=0.55, label="may be drawn")
    names = [legible(token, 3) for token in shown["tokens"][: len(places)]]
    axes.set_xticks(places, names, parse_math=False, fontsize=13)
    axes.set_ylabel("probability")
    axes.set_title(f"After “{legible(shown['read'], 24)}”: {in_short(options)}", loc="left", parse_math=False)
    axes.legend(frameon=False)
    return figure


def in_short(options: dict[str, float]) -> str:
    """The options in words."""
    top_k, top_p = int(options["top_k"]), options["top_p"]
    return (f"temperature {options['temperature']:g}, top-k {top_k or 'off'}, "
            f"top-p {'off' if top_p >= 1 else format(top_p, 'g')}")  # fmt: skip


def in_words(shown: dict[str, Any], options: dict[str, float]) -> str:
    """What the picture shows, in a sentence."""
    _, kept = distribution(shown, **options)
    first = ", ".join(f"{token} {chance:.0%}" for token, chance in list(zip(shown["tokens"], kept, strict=True))[:4])
    return (f"What comes next after “{shown['read']}”, at {in_short(options)}: {first}; {int((kept > 0).sum())} of "
            f"{len(kept)} tokens may be drawn.")  # fmt: skip
