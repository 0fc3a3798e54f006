"""Binder's builder accepts the repository, and its Dockerfile does what binder/ asks for."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from lessons.source import ROOT

BINDER = ROOT / "binder"


@pytest.fixture(scope="module")
def planned():
    """What repo2docker says and the Dockerfile it prints for this repository; it builds nothing."""
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", "--user-name", "learner"]
    ended = subprocess.run(
        [*command, "--user-id", "1000", str(ROOT)],
        env=os.environ | {"DOCKER_HOST": "tcp://127.0.0.1:9"},  # no Docker answers there, and none is needed
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stderr + ended.stdout


def test_python_is_the_one_asked_for(planned):
    wanted = re.fullmatch(r"python-(3\.\d+)", (BINDER / "runtime.txt").read_text().strip())[1]
    assert f"Building conda environment for python={wanted}" in planned
    plain = re.sub(r"-([0-9a-f]{2})", lambda code: chr(int(code[1], 16)), planned)  # file names are escaped
    assert re.search(rf"^COPY .*environment\.py-{re.escape(wanted)}-linux", plain, re.MULTILINE)


def test_requirements_are_installed_once_the_repository_is_there(planned):
    steps = [
        "\nCOPY --chown=1000:1000 src/ ${REPO_DIR}/",
        'pip install --no-cache-dir -r "binder/requirements.txt"',
        "\nRUN ./binder/postBuild",
    ]
    places = [planned.find(step) for step in steps]
    assert -1 not in places and places == sorted(places)


def test_requirements_are_the_learners_with_a_smaller_pytorch():
    lines = (BINDER / "requirements.txt").read_text().splitlines()
    wanted = [line for line in lines if line and not line.startswith("#")]
    assert wanted == ["--extra-index-url https://download.pytorch.org/whl/cpu", "-r ../requirements.txt"]


def test_the_build_fetches_the_assets(tmp_path):
    script = BINDER / "postBuild"
    assert os.access(script, os.X_OK)
    (tmp_path / "python").write_text('#!/bin/sh\necho "$@" >> "$HOME/calls"\n')
    (tmp_path / "python").chmod(0o755)
    (tmp_path / ".cache/pip").mkdir(parents=True)
    subprocess.run(
        [shutil.which("bash"), str(script)],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "HOME": str(tmp_path)},
        cwd=ROOT,
        check=True,
        timeout=60,
    )
    assert "-m helpers.assets\n-m helpers.data\n" in (tmp_path / "calls").read_text()
    assert not (tmp_path / ".cache/pip").exists(), "pip's cache would make the image larger"
