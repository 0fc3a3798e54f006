"""The tests' Python processes reach this machine and no other: only so is "works offline" tested."""

import asyncio
import socket
import subprocess
import sys
import threading
from errno import ENETUNREACH

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from lessons import build

ELSEWHERE = "192.0.2.1"  # an address reserved for documentation (RFC 5737): no machine has it


def with_socket(use, *kind):
    """Use a socket and close it: one left open would be found by the collector in the middle of another test."""
    with socket.socket(*kind) as opened:
        return use(opened)


ATTEMPTS = {
    "connect": lambda: socket.create_connection((ELSEWHERE, 80), timeout=1),
    "connect_ex": lambda: with_socket(lambda one: one.connect_ex((ELSEWHERE, 80))),
    "IPv6": lambda: with_socket(lambda one: one.connect(("2001:db8::1", 80)), socket.AF_INET6),
    "datagram": lambda: with_socket(lambda one: one.sendto(b"x", (ELSEWHERE, 53)), socket.AF_INET, socket.SOCK_DGRAM),
    "look-up": lambda: socket.getaddrinfo("example.org", 80),
    "old look-up": lambda: socket.gethostbyname("example.org"),
    "asyncio": lambda: asyncio.run(asyncio.open_connection(ELSEWHERE, 80)),
}


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS.keys())
def test_another_machine_is_refused_at_once(attempt):
    with pytest.raises(OSError, match="the tests run without network"):
        attempt()


def test_the_refusal_looks_like_a_missing_network():
    with pytest.raises(OSError) as refusal:
        with_socket(lambda one: one.connect((ELSEWHERE, 80)))
    assert refusal.value.errno == ENETUNREACH


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1.2.3"])
def test_this_machine_is_reached(host):
    with socket.socket() as server:
        server.bind(("", 0))
        server.listen()

        def greet():
            with server.accept()[0] as guest:
                guest.sendall(b"here")

        thread = threading.Thread(target=greet)
        thread.start()
        with socket.create_connection((host, server.getsockname()[1]), timeout=5) as client:
            assert client.recv(4) == b"here"
        thread.join(5)


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="this system has no Unix sockets")
def test_unix_sockets_are_reached(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # the path of a Unix socket has about a hundred bytes
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind("here")
        server.listen()
        client.connect("here")


def test_a_new_python_process_is_cut_off():
    code = f"import socket; socket.create_connection(('{ELSEWHERE}', 80), 1)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1 and "the tests run without network" in ended.stderr


def test_a_kernel_is_cut_off(tmp_path):
    attempt = f"socket.create_connection(('{ELSEWHERE}', 80), 1)"
    code = f"import socket\ntry:\n    {attempt}\nexcept OSError as error:\n    print(error)"
    notebook = new_notebook(cells=[new_code_cell(code)])
    build.execute(notebook, "kernel", tmp_path)
    assert "the tests run without network" in notebook.cells[0].outputs[0].text
