"""For all tests: this process and every Python it starts (kernels, servers) reach no other machine."""

import os
import runpy
from pathlib import Path

from hypothesis import settings

OFFLINE = str(Path(__file__).parent / "offline")

# `make test` sets PYTHONPATH before Python starts; these lines do the same for a bare `pytest`.
folders = os.environ.get("PYTHONPATH", "").split(os.pathsep)
if OFFLINE not in folders:
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [OFFLINE, *folders]))
    runpy.run_path(f"{OFFLINE}/sitecustomize.py")

# Two cores are shared by pytest-xdist's workers; thread pools of BLAS and tokenizers would fight over them.
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

# How long one example takes says more about the load of the machine than about the code.
settings.register_profile("course", deadline=None)
settings.load_profile("course")
