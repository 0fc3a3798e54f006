"""One token after another: the most likely one, or one that is drawn; and a model's memory between them."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

NextLogits = Callable[[Sequence[int]], Tensor]


def probabilities(logits: Tensor, *, temperature: float = 1.0, top_k: int | None = None,
                  top_p: float | None = None) -> Tensor:  # fmt: skip
    """Scores as probabilities, sharpened or flattened, with unlikely tokens cut off.

    Args:
        logits: (V,) scores; minus infinity means never.
        temperature: the scores are divided by it: below 1 the likely become likelier, above 1 all come closer.
        top_k: keep the k most likely tokens, on a tie the ones with the smaller ids; more than V keeps all.
        top_p: then keep the fewest of the most likely tokens whose probabilities reach p together, from 0
            (the best alone) to 1 (all).

    Returns:
        (V,) probabilities that add up to one, in float64.

    Raises:
        ValueError: logits that are no vector, hold NaN or plus infinity or nothing possible; a temperature that is
            not above 0; top_k below 1; top_p outside 0 to 1.

    Source: Holtzman et al. (2020), *The Curious Case of Neural Text Degeneration*, section 3.

    Example:
        >>> probabilities(torch.tensor([2.0, 1.0, 0.0]), top_k=1).tolist()
        [1.0, 0.0, 0.0]
    """
    logits = checked(logits)
    if isinstance(temperature, bool) or not 0 < temperature < float("inf"):
        raise ValueError(f"temperature is {temperature}; expected a number above 0. For the best token always, use "
                         "greedy(), which is what a temperature towards 0 becomes.")  # fmt: skip
    if top_k is not None and (isinstance(top_k, bool) or int(top_k) != top_k or top_k < 1):
        raise ValueError(f"top_k is {top_k}; expected a whole number from 1 up, or None to keep all.")
    if top_p is not None and not 0 <= top_p <= 1:
        raise ValueError(f"top_p is {top_p}; expected a number from 0 to 1, or None to keep all.")
    result = torch.softmax((logits - logits.max()) / temperature, dim=0)  # (V,)
    if top_k is None and top_p in (None, 1):
        return result
    order = torch.sort(result, descending=True, stable=True).indices  # (V,) the most likely first
    if top_k is not None:
        result[order[int(top_k) :]] = 0.0
        result = result / result.sum()
    if top_p is not None and top_p < 1:
        before = result[order].cumsum(0) - result[order]  # (V,) what the likelier tokens reach together
        dropped = before >= top_p - 1e-12  # what the sum of rounded numbers may lack
        dropped[0] = False
        result[order[dropped]] = 0.0
    return result / result.sum()


def checked(logits: Tensor) -> Tensor:
    """The logits as float64 on the CPU, if they can be turned into probabilities."""
    logits = torch.as_tensor(logits).detach().to("cpu", torch.float64)
    if logits.dim() != 1 or not len(logits):
        raise ValueError(f"logits have shape {tuple(logits.shape)}; expected (V,), one score for each token.")
    highest = logits.max().item()  # NaN if there is one
    if not highest < float("inf"):
        odd = torch.isnan(logits) | (logits == float("inf"))
        raise ValueError(f"the logits of {int(odd.sum())} tokens are NaN or infinite, the first at id "
                         f"{int(odd.nonzero()[0])}. Has training diverged?")  # fmt: skip
    if highest == float("-inf"):
        raise ValueError("all logits are minus infinity: no token is possible.")
    return logits


def greedy(next_logits: NextLogits, token_ids: Sequence[int], length: int, *, stop: int | None = None) -> list[int]:
    """Go on with the most likely token every time; on a tie with the smallest id.

    Args:
        next_logits: scores for the next token, (V,), from all ids so far.
        token_ids: the beginning. length: how many tokens to write at most.
        stop: an id that ends the text, and is its last token.

    Returns:
        The beginning and what was written.

    Raises:
        ValueError: length is negative, or the logits can't be used; see `probabilities`.
    """
    return _write(next_logits, token_ids, length, stop, lambda logits: int(checked(logits).argmax()))


def sample(next_logits: NextLogits, token_ids: Sequence[int], length: int, *, generator: torch.Generator,
           temperature: float = 1.0, top_k: int | None = None, top_p: float | None = None,
           stop: int | None = None) -> list[int]:  # fmt: skip
    """Go on with a token drawn at random, each with its probability.

    Args:
        next_logits, token_ids, length, stop: as for `greedy`.
        generator: the dice; the same seed writes the same text.
        temperature, top_k, top_p: as for `probabilities`.

    Returns:
        The beginning and what was written.

    Raises:
        ValueError: as `greedy` and `probabilities`.
    """

    def draw(logits: Tensor) -> int:
        chances = probabilities(logits, temperature=temperature, top_k=top_k, top_p=top_p)
        return int(torch.multinomial(chances, 1, generator=generator))

    return _write(next_logits, token_ids, length, stop, draw)


def _write(next_logits: NextLogits, token_ids: Sequence[int], length: int, stop: int | None,
           choose: Callable[[Tensor], int]) -> list[int]:  # fmt: skip
    """The loop that all ways of writing share: ask, choose, append."""
    if length < 0:
        raise ValueError(f"length is {length}; expected how many tokens to write, 0 or more.")
    written = [int(token) for token in token_ids]
    for _ in range(length):
        written.append(choose(next_logits(written)))
        if written[-1] == stop:
            break
    return written


class Remembering:
    """Next-token scores of a recurrent model that reads only what is new.

    Called with ids that begin with those it was called with last, it goes on from the state it has kept; with
    any others it begins anew. So writing T tokens costs T steps instead of T·T/2, and gives the same scores.

    Args:
        read: (token_ids (1, T), state or None) -> (logits (1, T, V), state), such as a recurrent model's `read`.

    Example:
        >>> next_logits = Remembering(model.read)
        >>> greedy(next_logits, [3, 1], 100)
    """

    def __init__(self, read: Callable[[Tensor, Any], tuple[Tensor, Any]]) -> None:
        self.read = read
        self._known: list[int] = []
        self._state: Any = None
        self._logits: Tensor | None = None

    @torch.no_grad()
    def __call__(self, token_ids: Sequence[int]) -> Tensor:
        """Scores (V,) for the token after `token_ids`, of which there must be one or more."""
        ids = [int(token) for token in token_ids]
        if not ids:
            raise ValueError("There is nothing to go on from: give at least one token.")
        if self._known != ids[: len(self._known)]:
            self._known, self._state, self._logits = [], None, None
        if new := ids[len(self._known) :]:
            logits, self._state = self.read(torch.tensor([new]), self._state)
            self._known, self._logits = ids, logits[0, -1]
        return self._logits
