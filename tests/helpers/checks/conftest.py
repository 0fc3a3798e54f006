"""For the tests of the checks: panels are collected, not shown."""

import pytest
import torch

from helpers.checks import panel


@pytest.fixture(autouse=True)
def shown(monkeypatch) -> list[tuple[str, str]]:
    """The panels shown during a test: pairs (HTML, text)."""
    panels: list[tuple[str, str]] = []
    monkeypatch.setattr(panel, "show", lambda html, text: panels.append((html, text)))
    return panels


@pytest.fixture(autouse=True, scope="session")
def one_thread():
    """As within a check: for tiny tensors a second thread only costs time."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
