"""The 3-2-1 network in JupyterLab in Chromium: its JavaScript against Python, its sliders and its step."""

import json

import numpy as np
import pytest

from helpers.small_network import START, Weights, backward, descend, forward

CELLS = ["""
from helpers.widgets.small_network import small_network
from ipywidgets import HTML, dlink
network, seen = small_network(), HTML()
dlink((network, "numbers"), (seen, "value"), lambda numbers: f"v2 in Python: {numbers[9]:.2f}")
display(network, seen)
""", """
import numpy as np
rng = np.random.default_rng(0)
network.numbers, network.inputs, network.target = rng.normal(size=11).tolist(), rng.normal(size=3).tolist(), 0.7
"""]  # fmt: skip
X = (1.0, 0.5, -1.0)


def shown(root) -> tuple[np.ndarray, float]:
    return np.array(json.loads(root.get_attribute("data-gradient"))), float(root.get_attribute("data-loss"))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_slopes_sliders_and_steps(lab, theme):
    page = lab.open(CELLS[:1] + ["1"], theme=theme, width=1280)
    root = page.locator(".small-network")
    root.scroll_into_view_if_needed()
    done = forward(START, X, 1.0)
    gradient, loss = shown(root)
    assert gradient == pytest.approx(backward(START, done).flat(), abs=1e-12) and loss == pytest.approx(done.loss)
    assert root.locator("svg .sn-off").count() == 1 and "h1 is off" in root.locator("[role=status]").inner_text()

    root.get_by_role("button", name="Take a step downhill").click()
    after = forward(descend(START, backward(START, done), 0.1), X, 1.0)
    assert shown(root)[1] == pytest.approx(after.loss)
    root.get_by_role("button", name="Reset").press("Enter")
    assert shown(root)[1] == pytest.approx(done.loss)

    slider = root.get_by_role("slider", name="v2")
    slider.focus()
    for _ in range(25):
        page.keyboard.press("ArrowRight")
    moved = START.flat()
    moved[9] += 0.25
    weights = Weights.from_flat(moved)
    expected = forward(weights, X, 1.0)
    assert shown(root)[1] == pytest.approx(expected.loss, abs=1e-9)
    assert shown(root)[0] == pytest.approx(backward(weights, expected).flat(), abs=1e-9)
    page.wait_for_selector("text=v2 in Python: -0.75")
    assert page.locator(".jp-Notebook .jp-CodeCell").count() == 2  # the notebook took none of the keys
    assert float(root.get_attribute("data-paint-ms-max")) >= 0
    assert root.evaluate("e => e.scrollWidth <= e.clientWidth")


def test_any_numbers_from_python_and_a_narrow_page(lab):
    page = lab.open(CELLS, width=900)
    root = page.locator(".small-network")
    rng = np.random.default_rng(0)
    weights, x = Weights.from_flat(rng.normal(size=11)), rng.normal(size=3)
    done = forward(weights, x, 0.7)
    gradient, loss = shown(root)
    assert loss == pytest.approx(done.loss) and gradient == pytest.approx(backward(weights, done).flat(), abs=1e-12)
    assert root.evaluate("e => e.scrollWidth <= e.clientWidth")
