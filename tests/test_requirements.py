"""The requirements are whole and pinned: an install next year gives what is tested today."""

import re
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from lessons.source import ROOT

FILES = ("requirements.txt", "requirements-dev.txt")
PIN = re.compile(r"[A-Za-z0-9][\w.-]*==[\w.]+( ; \w+ [!=<>]+ \"[\w.]+\")?")
# PyTorch's wheel for Linux asks for these itself, each at one version.
BROUGHT_BY_TORCH = re.compile(r"nvidia-|cuda-|triton$")


def lines(file: str) -> list[str]:
    text = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return [line for line in text if line.strip() and not line.startswith("#")]


def pins(*files: str) -> dict[str, Requirement]:
    found = [Requirement(line) for file in files for line in lines(file) if not line.startswith("-")]
    return {canonicalize_name(pin.name): pin for pin in found}


def applies(pin: Requirement) -> bool:
    """True unless the pin is for another system or another Python."""
    return pin.marker is None or pin.marker.evaluate()


@pytest.mark.parametrize("file", FILES)
def test_every_line_is_a_pin(file):
    options = [line for line in lines(file) if line.startswith("-")]
    assert [line for line in lines(file) if line not in options and not PIN.fullmatch(line)] == []
    assert options == {"requirements.txt": ["-e ."], "requirements-dev.txt": ["-r requirements.txt"]}[file]


def test_the_course_itself_comes_last():
    assert lines("requirements.txt")[-1] == "-e ."


def test_nothing_is_pinned_twice():
    names = [
        canonicalize_name(re.split("==", line)[0]) for file in FILES for line in lines(file) if "==" in line
    ]
    assert len(names) == len(set(names))


def test_what_is_pinned_is_installed():
    applying = [pin for pin in pins(*FILES).values() if applies(pin)]
    installed = {pin: metadata.version(pin.name) for pin in applying}
    others = {str(pin): version for pin, version in installed.items() if not pin.specifier.contains(version)}
    assert others == {} and len(applying) > 100


def test_every_pin_serves_all_pythons_the_readme_names():
    """What is installed here says which Pythons it is for, down to the micro version: Debian 12 has 3.11.2."""
    serves = {f"{pin.name} {metadata.version(pin.name)}": metadata.metadata(pin.name)["Requires-Python"] or ""
              for pin in pins(*FILES).values() if applies(pin) and pin.marker is None}  # fmt: skip
    pythons = [f"3.{minor}.{micro}" for minor in (11, 12, 13, 14) for micro in range(16)]
    refused = {name: [one for one in pythons if one not in SpecifierSet(said)] for name, said in serves.items()}
    assert {name: some for name, some in refused.items() if some} == {}


@pytest.mark.parametrize("files", [FILES[:1], FILES], ids=["learner", "developer"])
def test_whatever_is_needed_in_turn_is_pinned_too(files):
    pinned, missing = pins(*files), set()
    todo = [pin for pin in pinned.values() if applies(pin)]
    seen = set()
    while todo:
        requirement = todo.pop()
        for text in metadata.requires(requirement.name) or []:
            needed = Requirement(text)
            extras = requirement.extras or {""}
            if needed.marker and not any(needed.marker.evaluate({"extra": extra}) for extra in extras):
                continue
            name = canonicalize_name(needed.name)
            if name not in pinned and not BROUGHT_BY_TORCH.match(name):
                missing.add(f"{requirement.name} needs {needed}")
            elif (name, *sorted(needed.extras)) not in seen:
                seen.add((name, *sorted(needed.extras)))
                todo.append(needed)
    assert not missing
