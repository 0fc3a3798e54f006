"""Third-party text and weights: pinned, hash-checked, cached, and offline afterwards.

`path("glove")` gives the folder of an asset and fetches it the first time; `available` asks without touching
the network; `optional` lets a lesson go on with something else. `python -m helpers.assets` fetches all.
What there is, with licences and credits, stands in `helpers.assets.catalogue`.
"""

from helpers.assets.cache import available, cache_folder, command, path
from helpers.assets.catalogue import ASSETS
from helpers.assets.fallback import optional
from helpers.assets.table import Archive, Asset, AssetError, Member

__all__ = [
    "ASSETS",
    "Archive",
    "Asset",
    "AssetError",
    "Member",
    "available",
    "cache_folder",
    "command",
    "optional",
    "path",
]
