"""A question's answers, found in two ways, as plain data and as a picture."""

from typing import TYPE_CHECKING, Any

from helpers.widgets.client import legible

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from helpers.tasks.search import Search

LONGEST = 300  # characters of a question
NAMES = {"vectors": "By vectors: what means something like it", "words": "By words: what shares rare words with it"}


def compute(search: "Search", question: str, k: int = 5) -> dict[str, Any]:
    """The k best sentences each way.

    Returns:
        "question" that was read; "ways", for each a name and rows: article, what stands before the answer, the answer,
        what stands behind it, the score, and its share of the best score; "note".
    """
    question = str(question)
    read = question[:LONGEST].encode("utf-8", "replace").decode()
    ways = []
    for way, name in NAMES.items():
        found = search.ask(read, way, k) if read.strip() else []
        best = max((one.score for one in found), default=1.0)
        rows = [{"article": one.passage.article, "sentence": one.passage.sentence,
                 "before": one.passage.text[: one.answer.start], "behind": one.passage.text[one.answer.end :],
                 "answer": one.passage.text[one.answer.start : one.answer.end], "score": round(one.score, 3),
                 "share": round(max(one.score, 0.0) / best, 4) if best > 0 else 0.0} for one in found]  # fmt: skip
        ways.append({"way": way, "name": name, "rows": rows})
    note = f"Only the first {LONGEST} of {len(question):,} characters are read." if len(question) > LONGEST else ""
    return {"question": read, "ways": ways, "note": note}


def in_words(shown: dict[str, Any]) -> str:
    """The best answer each way, in a sentence."""
    said = []
    for way in shown["ways"]:
        first = way["rows"][0] if way["rows"] else {"answer": "nothing", "article": ""}
        place = f" from the article {legible(first['article'], 40)}" if way["rows"] else ""
        said.append(f"by {way['way']} “{legible(first['answer'], 50)}”{place}")
    return f"Asked “{legible(shown['question'], 80)}”, the first answer is {' and '.join(said)}."


def draw(shown: dict[str, Any]) -> "Figure":
    """Question and ranked sentences in a matplotlib Figure."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4.4), dpi=100, layout="none")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set(xlim=(0, 100), ylim=(13.4, -1.2))
    axes.text(1, -0.4, f"“{legible(shown['question'], 90)}”", fontsize=13, va="center", parse_math=False)
    for number, way in enumerate(shown["ways"]):
        top = 0.7 + 6.4 * number
        axes.text(1, top, way["name"], fontsize=11.5, fontweight="bold", va="center", parse_math=False)
        for place, row in enumerate(way["rows"] or [{"article": "nothing found", "answer": "", "share": 0}]):
            line = top + 1 + place
            axes.barh(line, 9 * row["share"], left=1, height=0.5, color="#56B4E9")
            axes.text(11, line, legible(row["article"], 24), fontsize=10, va="center", parse_math=False)
            axes.text(34, line, legible(row["answer"], 60), fontsize=10, weight="bold", va="center", parse_math=False)
    return figure
