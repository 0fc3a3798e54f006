"""The map of the course: its lessons as boxes on a path."""

from collections.abc import Sequence

from helpers import plots
from helpers.syllabus import Lesson


def course_map(lessons: Sequence[Lesson], stages: Sequence[str], here: Sequence[Lesson], ax=None):
    """The course as a path: a column per stage, a box per lesson; boxes with a dashed edge are not here yet.

    Args:
        lessons: `helpers.syllabus.LESSONS` or some of them; stages: their names, in order.
        here: the lessons whose notebooks are present.

    Returns:
        The Axes.
    """
    import textwrap

    from matplotlib.patches import FancyBboxPatch

    ax = plots.axes(ax, size=(11, 3.9))
    colours = ["black", "blue", "green", "vermillion", "purple", "orange"]
    width, height, step = 0.86, 0.78, 1.0
    last = None
    for stage, name in enumerate(stages):
        column = [lesson for lesson in lessons if lesson.stage == stage]
        colour = plots.OKABE_ITO[colours[stage % len(colours)]]
        ax.text(stage, 0.55, textwrap.fill(name, 16), ha="center", va="bottom", fontsize=11, fontweight="bold")
        for place, lesson in enumerate(column):
            ready = lesson in here
            corner = (stage - width / 2, -place * step - height / 2)
            ax.add_patch(FancyBboxPatch(corner, width, height, boxstyle="round,pad=0,rounding_size=0.09",
                         facecolor="#eef6fb" if ready else "white", edgecolor=colour, linewidth=2 if ready else 1.2,
                         linestyle="-" if ready else (0, (3, 3))))  # fmt: skip
            words = f"{lesson.number:02d}\n{textwrap.fill(lesson.title, 17)}\n{lesson.minutes} min"
            ax.text(stage, -place * step, words, ha="center", va="center", fontsize=8.5, linespacing=1.25)
            if last is not None:
                arrow = {"arrowstyle": "->", "color": "dimgrey", "lw": 1.3, "shrinkA": 1, "shrinkB": 1}
                start, end = (last[0] + width / 2, -last[1] * step), (stage - width / 2, -place * step)
                if last[0] == stage:
                    start = (stage, -last[1] * step - height / 2)
                    end = (stage, -place * step + height / 2)
                ax.annotate("", end, start, arrowprops=arrow)
            last = (stage, place)
    ax.set_xlim(-0.5, len(stages) - 0.5)
    ax.set_ylim(-2.5, 1.25)
    ax.set_axis_off()
    return ax
