"""Run the benchmarks: all, or those named: `python -m benchmarks vectors imports`."""

import argparse
import datetime
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks import (
    compression,
    fine_tuning,
    recurrent,
    round_trip,
    text,
    tokenization,
    transformer,
    vectors,
    widgets,
)

PEERS = {"vectors": vectors, "tokenization": tokenization, "recurrent": recurrent, "transformer": transformer,
         "fine_tuning": fine_tuning, "compression": compression, "text": text, "widgets": widgets,
         "round_trip": round_trip}  # fmt: skip
PARTS = [*PEERS, "imports", "notebooks"]  # "text" needs --text
HERE = Path(__file__).parent
ROOT = HERE.parent
IMPORT = """import time, torch
start = time.perf_counter()
import {}
print(time.perf_counter() - start)"""


def imports(repeats: int = 3) -> list[dict]:
    """Seconds that each module of `helpers` takes to import beyond torch, median of fresh processes."""
    names = sorted({"helpers." + path.relative_to(ROOT / "helpers").parts[0].removesuffix(".py")
                    for path in (ROOT / "helpers").glob("**/*.py")} - {"helpers.__init__"})  # fmt: skip
    rows = []
    for name in names:
        seconds = [float(subprocess.run([sys.executable, "-c", IMPORT.format(name)], capture_output=True, text=True,
                                        check=True, cwd=ROOT).stdout) for _ in range(repeats)]  # fmt: skip
        rows.append({"module": name, "seconds": median(seconds)})
    return rows


def notebooks() -> list[dict]:
    """Seconds and peak memory of each notebook, run from a clean kernel by `lessons/build.py`."""
    rows = []
    for path in sorted((ROOT / "lessons").glob("[0-9][0-9]_*.md")):
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "lessons/build.py", path.stem, "--out", folder]
            done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True)
        found = re.search(r"([\d.]+) s of \d+ \(.*?\), ([\d,]+) MB", done.stdout)
        if found is None:
            raise SystemExit(f"{path.stem} did not run:\n{done.stdout}{done.stderr}")
        rows.append({"notebook": path.stem, "seconds": float(found[1]), "peak_mb": float(found[2].replace(",", ""))})
    return rows


def report(results: dict) -> str:
    """The page that stands in benchmarks/README.md."""
    page = ["# Benchmarks", "", "`make bench` measures everything but `text`, which needs `--text FILE`; "
            f"`python -m benchmarks NAME` a part: {', '.join(f'`{name}`' for name in PARTS)}.",
            "Contenders take turns in one run. Seconds differ between machines, ratios less."]  # fmt: skip
    for name, part in sorted(results.items(), key=lambda item: PARTS.index(item[0])):
        page += ["", f"## {name.capitalize()}", "", f"{part['date']}, {part['machine']}; `{part['command']}`", ""]
        rows = part["rows"]
        if name in PEERS:
            page.append(PEERS[name].tables(rows))
        else:
            keys = list(rows[0])
            page += ["| " + " | ".join(keys) + " |", "|---" * len(keys) + "|"]
            page += ["| " + " | ".join(f"{x:.2f}" if isinstance(x, float) else x for x in row.values()) + " |"
                     for row in rows]  # fmt: skip
    return "\n".join(page) + "\n"


def shown(arguments: list[str]) -> list[str]:
    """The command's arguments, files by their name alone: where they lie on this machine is nobody's business."""
    return [Path(argument).name if os.sep in argument else argument for argument in arguments]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="all if none")
    parser.add_argument("--seeds", type=int, default=3, help="how many seeds for vectors and text")
    parser.add_argument("--sweep", type=int, nargs="*", default=[10, 20, 40], help="epochs of gensim to try; none: 40")
    parser.add_argument("--text", metavar="FILE", help="a text to train small GPTs on, by characters; runs that part")
    parser.add_argument("--epochs", type=int, default=20, help="epochs of our skip-gram")
    parser.add_argument("--lessons", nargs="+", default=[], help="numbers of those whose widgets are measured, as 02")
    options = parser.parse_args()
    store = HERE / "results.json"
    results = json.loads(store.read_text()) if store.exists() else {}
    if "text" in options.parts and not options.text:
        parser.error("the part 'text' needs --text FILE")
    for name in options.parts or (["text"] if options.text else [name for name in PARTS if name != "text"]):
        measure = {
            "vectors": lambda: vectors.measure(range(options.seeds), options.sweep, options.epochs),
            "text": lambda: text.measure(options.text, range(options.seeds)),
            "widgets": lambda: widgets.measure(options.lessons),
            "imports": imports,
            "notebooks": notebooks,
        }.get(name) or PEERS[name].measure
        command = " ".join(["python -m benchmarks", *shown(sys.argv[1:])])
        results[name] = {"date": datetime.date.today().isoformat(), "machine": f"{os.cpu_count()} cores, "
                         f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}",
                         "command": command, "rows": measure()}  # fmt: skip
        store.write_text(json.dumps(results, indent=1) + "\n")
        (HERE / "README.md").write_text(report(results))
        print(f"{name}: written to benchmarks/README.md", flush=True)


if __name__ == "__main__":
    main()
