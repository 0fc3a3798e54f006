"""Train the course's checkpoints: those that are missing or out of date, or those named.

python -m helpers.checkpoints                              # what is missing, or whose recipe or texts have changed
python -m helpers.checkpoints characters_lstm --seeds 1 2  # some seeds of one
python -m helpers.checkpoints bert_mlm --first 200         # its first steps alone, beside the recorded curve
python -m helpers.checkpoints --list                       # what there is
"""

import argparse

from helpers import runtime
from helpers.checkpoints import catalogue
from helpers.checkpoints.recipe import Checkpoint
from helpers.checkpoints.store import CheckpointError, kept_runs, record, save


def main() -> None:
    known = catalogue()
    parser = argparse.ArgumentParser(prog="python -m helpers.checkpoints", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", choices=[*known, []], metavar="NAME", help=", ".join(known))
    parser.add_argument("--seeds", type=int, nargs="+", help="train these seeds alone")
    parser.add_argument("--threads", type=int, default=1, help="one is faster for small models, or beside others")
    parser.add_argument("--again", action="store_true", help="train also what is up to date")
    parser.add_argument("--first", type=int, metavar="N", help="take N steps, say how they compare, keep nothing")
    parser.add_argument("--list", action="store_true", help="say what there is and train nothing")
    options = parser.parse_args()
    runtime.threads(options.threads)
    for name in options.names or known:
        if options.first:
            _follow(known[name], options.first)
            continue
        if options.list:
            print(_line(name), flush=True)
            continue
        checkpoint, texts = known[name], known[name].texts()
        for seed in options.seeds or checkpoint.seeds:
            if seed not in checkpoint.seeds:
                parser.error(f"{name} is declared with the seeds {checkpoint.seeds}, not {seed}.")
            if seed in kept_runs(checkpoint, texts)[0] and not options.again:
                continue
            print(f"{name}, seed {seed} …", flush=True)
            save(checkpoint, seed, checkpoint.train(seed), texts)
        print(_line(name), flush=True)


def _follow(checkpoint: Checkpoint, n_steps: int) -> None:
    """Train the first steps again and print their losses beside those of the record."""
    if checkpoint.begin is None:
        print(f"{checkpoint.name}: its first steps can't be trained alone")
        return
    kept = {step: loss for step, _, loss in record(checkpoint.name).curve}
    for step, loss in checkpoint.begin(checkpoint.seeds[0], n_steps).evaluations:
        print(f"{checkpoint.name}, step {step}: {loss:.4f}, recorded {kept.get(step, float('nan')):.4f}", flush=True)


def _line(name: str) -> str:
    try:
        found = record(name)
    except CheckpointError:
        return f"{name}: not trained yet"
    seeds = ", ".join(str(run["seed"]) for run in found.runs)
    return f"{name}: {found.parameters:,} parameters, {found.seconds:.0f} s, seeds {seeds}: {str(found.figures)[:300]}"


if __name__ == "__main__":
    main()
