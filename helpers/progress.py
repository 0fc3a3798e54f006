"""A progress bar for training in a notebook: one line that is written over, and that a stopped run leaves true."""

from collections.abc import Callable


def progress(label: str, total: float, unit: str = "epochs") -> Callable[[float, float], None]:
    """Show a bar, and return the function that moves it.

    Args:
        label: what is being trained. total: how much there is to do, in `unit`.

    Returns:
        A function of (done, loss) that redraws the line; in a terminal it prints every tenth part.

    Raises:
        ValueError: `total` is not positive.
    """
    from IPython import get_ipython
    from IPython.display import display

    if total <= 0:
        raise ValueError(f"total is {total}; expected how many {unit} there are, more than 0")

    def line(done: float, loss: float | None) -> dict[str, str]:
        filled = round(20 * min(done / total, 1))
        text = f"{label} {'█' * filled}{'░' * (20 - filled)} {done:.1f} of {total:g} {unit}"
        return {"text/plain": text + ("" if loss is None else f", loss {loss:.3f}")}

    if get_ipython() is None:
        tenths: set[int] = set()

        def tell(done: float, loss: float) -> None:
            if int(10 * done / total) not in tenths:
                tenths.add(int(10 * done / total))
                print(line(done, loss)["text/plain"])

        return tell

    handle = display(line(0.0, None), raw=True, display_id=True)
    return lambda done, loss: handle.update(line(done, loss), raw=True)
