"""Quiz questions in a lesson: jupyterquiz's, kept offline, with the same ids at every build."""

import hashlib
import html
import json

from IPython.display import HTML, Javascript, display

COLOURS = {
    "--jq-multiple-choice-bg": "#0b4f7d",
    "--jq-many-choice-bg": "#0b4f7d",
    "--jq-numeric-bg": "#0b4f7d",
    "--jq-mc-button-bg": "#ffffff",
    "--jq-mc-button-border": "#56b4e9",
    "--jq-mc-button-inset-shadow": "#555555",
    "--jq-numeric-input-bg": "#ffffff",
    "--jq-numeric-input-label": "#ffffff",
    "--jq-numeric-input-shadow": "#999999",
    "--jq-string-bg": "#0b4f7d",
    "--jq-incorrect-color": "#a33f00",
    "--jq-correct-color": "#00684a",
    "--jq-text-color": "#ffffff",
    "--jq-link-color": "#cfe8ff",
}
# The radio buttons stay in the tab order but out of sight, and the focused answer shows a ring. Feedback is
# written on white, where the colours of right and wrong have enough contrast.
LOOKS = """<style>
#ID .sr-only { position: absolute; opacity: 0; width: 1px; height: 1px; }
#ID .MCButton { position: relative; }
#ID .MCButton:focus-within { outline: 3px solid #e69f00; outline-offset: 2px; }
#ID .Quiz { border-radius: 8px; }
#ID .Feedback:not(:empty) { background: #ffffff; border-radius: 6px; padding: 8px; font-size: 16px; margin-top: 6px; }
</style>"""

# The plain text makes room, and JupyterLab, which moves between cells with the arrow keys, does not see them.
START = """document.querySelectorAll('#ID .before').forEach(node => node.remove());
document.querySelectorAll('#ID').forEach(box => box.addEventListener('keydown', event => event.stopPropagation()));
"""


def question(text: str, right: str, wrong: dict[str, str], because: str) -> dict:
    """One multiple-choice question in jupyterquiz's form.

    Args:
        text: the question.
        right: the right answer.
        wrong: each wrong answer with the sentence shown when it is chosen.
        because: the sentence shown when the right answer is chosen.

    Returns:
        A dict that `quiz` and jupyterquiz's `display_quiz` understand.
    """
    answers = [{"answer": right, "correct": True, "feedback": because}]
    answers += [{"answer": answer, "correct": False, "feedback": why} for answer, why in wrong.items()]
    return {"question": text, "type": "multiple_choice", "answers": answers}


def quiz(*questions: dict) -> None:
    """Show questions to answer by mouse or keyboard; each answer gets its own feedback.

    jupyterquiz draws them. Its way to MathJax is cut, since that loads a script from the web, and the id of
    the box comes from the questions, so that a rebuilt notebook stays the same. Before the script runs (a
    reader on the web, a notebook not yet trusted) the questions stand there as plain text.

    Raises:
        ValueError: if a question has no text, fewer than two answers, or not exactly one right one.
    """
    from jupyterquiz.dynamic.loader import load_questions_script
    from jupyterquiz.dynamic.renderer import build_script, build_styles, render_div

    for item in questions:
        right = [answer for answer in item.get("answers", ()) if answer.get("correct")]
        if not item.get("question") or len(item["answers"]) < 2 or len(right) != 1:
            raise ValueError(f"a question needs a text, two answers or more and one right one; got {item!r}")
    digest = hashlib.sha256(json.dumps(questions, sort_keys=True).encode()).hexdigest()
    box = f"quiz{digest[:10]}"
    prefix, static, url = load_questions_script([_escaped(item) for item in questions], box)
    script = build_script(prefix, static, url, box, load_js=True).replace("MathJax", "NoMathJax")
    ready = START.replace("ID", box)
    frame = render_div(box, False, True, False, len(questions), 640, 8, "left")
    looks = build_styles(box, COLOURS) + LOOKS.replace("#ID", f"#{box}")
    display(HTML(frame + looks + _as_text(questions) + "</div>"))
    display(Javascript(ready + script))


def _escaped(item: dict) -> dict:
    """The question with its texts safe to stand in HTML, which is where jupyterquiz puts them."""
    texts = ("question", "answer", "feedback")
    safe = {key: html.escape(value) if key in texts else value for key, value in item.items()}
    return safe | {"answers": [_escaped(answer) for answer in item["answers"]]} if "answers" in item else safe


def _as_text(questions: tuple[dict, ...]) -> str:
    """The questions and their answers, right one not marked, in alphabetical order."""
    lines = []
    for item in questions:
        answers = "".join(f"<li>{html.escape(text)}</li>" for text in sorted(a["answer"] for a in item["answers"]))
        lines.append(f"<p>{html.escape(item['question'])}</p><ul>{answers}</ul>")
    return f'<div class="before">{"".join(lines)}</div>'
