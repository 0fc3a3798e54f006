"""Fetch the course's texts and weights: `python -m helpers.assets [--list] [name ...]`."""

import argparse
import sys

from helpers.assets.cache import available, cache_folder, path
from helpers.assets.catalogue import ASSETS
from helpers.assets.table import Asset, AssetError


def main(arguments: list[str] | None = None) -> int:
    """Fetch the named assets, or all; gives 1 if one of them could not be had, else 0."""
    parser = argparse.ArgumentParser(
        prog="python -m helpers.assets",
        description="Fetch the course's texts and weights once; afterwards everything works offline.",
    )
    parser.add_argument("names", nargs="*", metavar="name", help=f"{', '.join(ASSETS)}; all if none is named")
    parser.add_argument("--list", action="store_true", help="show what is cached, fetch nothing")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in ASSETS]
    if unknown:
        parser.error(f"there is no asset {unknown[0]!r}; expected {', '.join(ASSETS)}")
    failed = 0
    try:
        print(f"Cache: {cache_folder()}")
        for name in options.names or ASSETS:
            failed += not (options.list or _fetched(name))
            print(describe(ASSETS[name]))
    except RuntimeError as error:  # no home folder
        print(error, file=sys.stderr)
        failed += 1
    return 1 if failed else 0


def describe(asset: Asset) -> str:
    """What an asset is, how big, under which licence, from whom, and whether it is cached."""
    state = "cached" if available(asset) else "not cached"
    sizes = f"{asset.download_size / 1e6:.1f} MB to fetch, {asset.size / 1e6:.1f} MB in the cache"
    return (
        f"{asset.name}: {state}; {sizes}\n"
        f"    {asset.about}\n"
        f"    licence: {asset.licence}\n"
        f"    credit: {asset.credit}"
    )


def _fetched(name: str) -> bool:
    try:
        path(name)
    except AssetError as error:
        print(error, file=sys.stderr)
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
