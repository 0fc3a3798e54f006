"""A JupyterLab on loopback with a home, settings and files of its own, ended by its process id."""

import contextlib
import dataclasses
import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "notebook-extension/tracker": {"windowingMode": "none", "kernelShutdown": True},
    "docmanager-extension/plugin": {"autosave": False},
}


@dataclasses.dataclass(frozen=True)
class Server:
    """A running JupyterLab: its address on loopback, its token, and its home, with the folder it serves."""

    address: str
    token: str
    home: Path

    @property
    def root(self) -> Path:
        return self.home / "root"

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    def set_theme(self, theme: str) -> None:
        """Every page opened from now on is in the theme "light" or "dark", whatever an earlier one chose."""
        write_settings(self.home, {"apputils-extension/themes": {"theme": f"JupyterLab {theme.title()}"}})

    def call(self, path: str, method: str = "GET") -> bytes:
        """The body of the server's answer; raises OSError where it doesn't answer or refuses."""
        request = urllib.request.Request(
            f"{self.address}{path}", method=method, headers={"Authorization": f"token {self.token}"}
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.read()

    def stop_kernels(self) -> None:
        for session in json.loads(self.call("/api/sessions")):
            self.call(f"/api/sessions/{session['id']}", "DELETE")


def server_environment(home: Path) -> dict[str, str]:
    """The environment of a server with a new home; texts, weights and fonts stay where they are."""
    import matplotlib

    from helpers.assets.cache import cache_folder

    new = {
        "HOME": home,
        "USERPROFILE": home,
        "IPYTHONDIR": home / "ipython",
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_DATA_DIR": home / "data",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "JUPYTER_PREFER_ENV_PATH": "1",
        "COURSE_CACHE": cache_folder(),
        "MPLCONFIGDIR": matplotlib.get_cachedir(),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    return os.environ | {name: str(value) for name, value in new.items()}


def write_settings(home: Path, settings: dict[str, dict]) -> None:
    for name, value in settings.items():
        path = home / "settings/@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value))


@contextlib.contextmanager
def jupyterlab(home: Path) -> Iterator[Server]:
    """Start JupyterLab in `home`; end it and all it started afterwards."""
    write_settings(home, SETTINGS)
    (home / "root").mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Server(f"http://127.0.0.1:{port}", secrets.token_hex(16), home)
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--allow-root",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={server.token}",
        f"--ServerApp.root_dir={server.root}",
        "--LabApp.expose_app_in_browser=True",
        f"--LabApp.workspaces_dir={home / 'workspaces'}",
        f"--LabApp.user_settings_dir={home / 'settings'}",
    ]
    with server.log.open("w") as log:
        process = subprocess.Popen(
            command,
            env=server_environment(home),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        wait_until_up(server, process)
        yield server
    finally:
        family = (
            [*psutil.Process(process.pid).children(recursive=True), process] if process.poll() is None else []
        )
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        for member in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                member.kill()


def wait_until_up(server: Server, process: subprocess.Popen, patience: float = 90.0) -> None:
    end = time.monotonic() + patience
    while process.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError):
            server.call("/api/status")
            return
        time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start in {patience:.0f} s. Its log:\n{server.log.read_text()}")


def unavailable(reason: str) -> None:
    """Skip with the reason; under CI a missing browser is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"under CI the browser tests must run: {reason}", pytrace=False)
    pytest.skip(reason)
