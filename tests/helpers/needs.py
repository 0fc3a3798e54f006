"""Skip a test whose asset is not cached, except on CI, where that is a failure."""

import os

import pytest

from helpers import assets


def needs(name: str) -> pytest.MarkDecorator:
    """A mark for tests that read the asset `name`."""
    missing = os.environ.get("CI") != "true" and not assets.available(name)
    reason = f"the asset {name} is not here: run `python -m helpers.assets {name}`"
    return pytest.mark.skipif(missing, reason=reason)
