"""Python source in the colours of JupyterLab's editor, which follow its theme."""

from __future__ import annotations

import html
from collections.abc import Iterator

# without JupyterLab's theme, the page's own text colour
SYNTAX = (
    ("Token.Comment", "color: var(--jp-mirror-editor-comment-color, inherit); font-style: italic;"),
    ("Token.Literal.String", "color: var(--jp-mirror-editor-string-color, inherit);"),
    ("Token.Literal.Number", "color: var(--jp-mirror-editor-number-color, inherit);"),
    ("Token.Keyword", "color: var(--jp-mirror-editor-keyword-color, inherit); font-weight: bold;"),
    ("Token.Operator.Word", "color: var(--jp-mirror-editor-keyword-color, inherit); font-weight: bold;"),
    ("Token.Operator", "color: var(--jp-mirror-editor-operator-color, inherit);"),
    ("Token.Name.Builtin", "color: var(--jp-mirror-editor-builtin-color, inherit);"),
    ("Token.Name.Function", "color: var(--jp-mirror-editor-def-color, inherit);"),
)


def coloured(source: str) -> str:
    """Python source as escaped HTML with the colours of JupyterLab's editor."""
    from pygments.lexers import PythonLexer

    return "".join(_spans(PythonLexer(), source))


def _spans(lexer, source: str) -> Iterator[str]:
    for kind, text in lexer.get_tokens(source):
        style = next((style for prefix, style in SYNTAX if str(kind).startswith(prefix)), None)
        escaped = html.escape(text)
        yield f'<span style="{style}">{escaped}</span>' if style else escaped
