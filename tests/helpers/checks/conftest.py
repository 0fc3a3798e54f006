"""For the tests of the checks: panels are collected, not shown."""

import pytest

from helpers.checks import panel


@pytest.fixture(autouse=True)
def shown(monkeypatch) -> list[tuple[str, str]]:
    """The panels shown during a test: pairs (HTML, text)."""
    panels: list[tuple[str, str]] = []
    monkeypatch.setattr(panel, "show", lambda html, text: panels.append((html, text)))
    return panels
