"""The kernel's side of a question from the page; client.js has the other side, `Asker`."""

from typing import Any

import traitlets

from helpers.widgets.client import complaint


class AskedMixin(traitlets.HasTraits):
    """Adds `question`, which the page sets, and `answer`, which says under the same id what went wrong, if anything.

    Name it before the widget class. What a question asks for is done by `take`; what it changes arrives together
    with the answer.
    """

    question = traitlets.Dict({"id": 0}).tag(sync=True)
    answer = traitlets.Dict({"id": 0, "problem": ""}).tag(sync=True)

    @traitlets.observe("question")
    def _asked(self, change: Any) -> None:
        problem, asked = "The kernel was interrupted.", change["new"]
        with self.hold_sync():
            try:
                self.take(asked)
                problem = ""
            except Exception as error:  # the question came from the page: there is nobody else to tell
                problem = complaint(error)
            finally:  # an interrupt is answered too: the page waits
                self.answer = {"id": asked.get("id", 0), "problem": problem}

    def take(self, asked: dict[str, Any]) -> None:
        """Do what is asked; most widgets are asked to show another text."""
        self.show(asked["text"])
