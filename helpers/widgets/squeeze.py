"""The squeeze: bits and pruning against accuracy and size, and what they do to one row of weights."""

from typing import Any

import anywidget
import traitlets

from helpers.widgets.client import source
from helpers.widgets.picture import PictureMixin, png
from helpers.widgets.squeeze_data import draw, in_words

LISTS = {"bits": "bits", "percent": "percents", "row": "rows"}  # trait -> the table's list it is a place in


class Squeeze(PictureMixin, anywidget.AnyWidget):
    """The live widget; `squeeze` makes it. The traits bits, percent and row are places in the table's lists."""

    _esm = source("client.js", "squeeze.js")
    _css = source("client.css", "squeeze.css")

    table = traitlets.Dict().tag(sync=True)
    bits = traitlets.Int().tag(sync=True)
    percent = traitlets.Int().tag(sync=True)
    row = traitlets.Int().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)

    @traitlets.validate("bits", "percent", "row")
    def _in_range(self, proposal: dict) -> int:
        name, value = proposal["trait"].name, proposal["value"]
        most = len(self.table[LISTS[name]]) - 1
        if not 0 <= value <= most:
            raise ValueError(f"{name} is {value}; expected a place from 0 to {most}.")
        return value

    def picture(self) -> bytes:
        return png(draw(self.table, self.bits, self.percent, self.row))

    def alt_text(self) -> str:
        return f"{self.title}. {in_words(self.table, self.bits, self.percent, self.row)}"


def squeeze(table: dict[str, Any], *, bits: int = 8, percent: int = 0, row: int = 0,
            title: str = "Squeeze MiniLM") -> Squeeze:  # fmt: skip
    """Choose bits and a pruned share, and see accuracy, size and a row of weights.

    Args:
        table: from `squeeze_data.compute`.
        bits, percent: what is shown first, from the table's lists. row: a place among its rows.
        title: what stands above it.

    Returns:
        The widget.

    Raises:
        ValueError: bits, percent or row is not in the table.
    """
    for name, value, known in (("bits", bits, table["bits"]), ("percent", percent, table["percents"])):
        if value not in known:
            raise ValueError(f"{name} is {value}; the table has {', '.join(map(str, known))}.")
    return Squeeze(table=table, bits=table["bits"].index(bits), percent=table["percents"].index(percent), row=row,
                   title=title)  # fmt: skip
