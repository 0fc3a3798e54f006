"""Go on without an asset: say what to run, and use something else."""

from collections.abc import Callable
from typing import TypeVar

from helpers.assets.table import AssetError

T = TypeVar("T")


def optional(make: Callable[[], T], instead: Callable[[], T], *, says: str) -> T:
    """Give `make()`, or `instead()` when an asset that `make` needs can't be had.

    Args:
        make: what the lesson would like, for example `data.glove`.
        instead: what it uses otherwise; called only if `make` raised AssetError. Other errors pass through.
        says: what `instead` gives, in words that end the sentence "The lesson goes on with ...".

    Returns:
        Whatever the function that was used gave.

    Example:
        >>> vectors = optional(data.glove, train_small, says="vectors trained on the Wikipedia sample")
    """
    try:
        return make()
    except AssetError as error:
        print(f"{error} The lesson goes on with {says}.")
    return instead()
