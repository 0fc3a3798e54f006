"""The checks in a real kernel, as a notebook runs them: panels at once, endless loops, the stop button."""

import time

import pytest
from jupyter_client.manager import KernelManager

START = """
import sys, time
from helpers import checks
cosine = checks.vectors.cosine
"""


class Cells:
    """A kernel that runs cells one by one."""

    def __init__(self, root):
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(cwd=str(root))
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def run(self, code, stop_after=None):
        """Run a cell; return its status and its outputs as pairs (type of message, content)."""
        message = self.client.execute(code)
        outputs = []
        if stop_after is not None:
            while self.client.get_iopub_msg(timeout=30)["msg_type"] != "execute_input":
                pass
            time.sleep(stop_after)
            self.manager.interrupt_kernel()
        while True:
            got = self.client.get_iopub_msg(timeout=60)
            if got["parent_header"].get("msg_id") != message:
                continue
            if got["msg_type"] == "status" and got["content"]["execution_state"] == "idle":
                break
            outputs.append((got["msg_type"], got["content"]))
        reply = self.client.get_shell_msg(timeout=30)
        return reply["content"]["status"], [
            out for out in outputs if out[0] not in ("status", "execute_input")
        ]

    def close(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def cells(request):
    kernel = Cells(request.config.rootpath)
    assert kernel.run(START) == ("ok", [])
    yield kernel
    kernel.close()


def panels(outputs):
    assert [kind for kind, _ in outputs] == ["display_data"] * len(outputs)
    return [content["data"] for _, content in outputs]


def test_the_panel_comes_once_with_html_and_text(cells):
    status, outputs = cells.run("cosine(lambda u, v: u @ v)")
    (data,) = panels(outputs)
    assert status == "ok"
    assert data["text/html"].startswith('<div role="status"') and data["text/plain"].startswith("△ Not yet")


def test_it_comes_at_once_also_within_a_cell(cells):
    status, outputs = cells.run("cosine(lambda u, v: ...)\nprint('after')\nresult = cosine(cosine.reference)")
    assert status == "ok"
    assert [kind for kind, _ in outputs] == ["display_data", "stream", "display_data"]
    assert cells.run("result.status, result.reason")[1][0][1]["data"]["text/plain"] == "('right', '')"


def test_hint_solution_and_progress_show_one_panel_each(cells):
    for call in ("cosine.hint()", "cosine.solution()", "checks.progress()"):
        status, outputs = cells.run(call)
        assert (status, len(panels(outputs))) == ("ok", 1)


def test_a_cells_traceback_names_its_line(cells):
    _, outputs = cells.run("def f(u, v):\n    half = u / 2\n    return half.no_such_thing\n\ncosine(f)")
    text = panels(outputs)[0]["text/plain"]
    assert "line 3 of f\n" in text and "return half.no_such_thing" in text and "ipykernel" not in text


def test_an_endless_loop_leaves_the_kernel_usable(cells):
    start = time.monotonic()
    status, outputs = cells.run("def f(u, v):\n    while True: pass\n\nresult = cosine(f, seconds=0.5)")
    assert status == "ok" and "0.5 seconds" in panels(outputs)[0]["text/plain"]
    assert time.monotonic() - start < 20
    assert cells.run("1 + 1")[1][0][1]["data"]["text/plain"] == "2"


def test_the_stop_button_is_quiet(cells):
    loop = (
        "def f(u, v):\n    while True:\n        try: time.sleep(0.01)\n        except BaseException: pass\n\n"
    )
    status, outputs = cells.run(loop + "result = cosine(f, seconds=60)\nprint(result.reason)", stop_after=1.5)
    assert status == "ok"
    assert [kind for kind, _ in outputs] == ["display_data", "stream"]
    assert outputs[1][1]["text"] == "interrupted\n"
    assert cells.run("cosine(cosine.reference).status")[0] == "ok"


def test_prints_stand_in_the_panel_and_not_beside_it(cells):
    status, outputs = cells.run("cosine(lambda u, v: print('hello from inside'))")
    (data,) = panels(outputs)
    assert "hello from inside" in data["text/plain"]


def test_input_and_exit_do_not_hang_or_end_the_kernel(cells):
    status, outputs = cells.run("a = cosine(lambda u, v: input('?'))\nb = cosine(lambda u, v: sys.exit(3))")
    assert status == "ok" and len(panels(outputs)) == 2
    assert cells.run("a.reason, b.reason")[1][0][1]["data"]["text/plain"] == "('asks-for-input', 'exits')"
