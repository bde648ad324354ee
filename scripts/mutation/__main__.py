"""How many seeded faults the tests find: in gradient rules, in the engine, and in what reads and writes
files.

    python -m scripts.mutation                      all three, and the share found of each
    python -m scripts.mutation rules                one of them: rules, engine or loaders
    python -m scripts.mutation engine --file _graph --per-file 1000    every mutant of one file
    python -m scripts.mutation --verbose            and what found each fault
    python -m scripts.mutation rules --torch        the same faults, as torch.autograd.Functions, against
    PyTorch's gradcheck

Faults in rules are sought by the sweep over all operators; mutants of source files by the tests that belong
to the file.
"""

import argparse
import sys
import time

from . import rules
from .checks import ROOT, Outcome, Runner, judge, runners
from .sources import mutants, sample
from .targets import ENGINE, LOADERS, NO_FAULT

PER_FILE = 20
"""How many mutants of each file."""


def main(arguments: list[str] | None = None) -> int:
    """Print the shares; 1 where a fault was not found."""
    options = _options(arguments)
    groups = options.groups or ["rules", "engine", "loaders"]
    missed = False
    if "rules" in groups:
        missed |= not rules.score(options.per_kind, ported=options.torch, verbose=options.verbose)
    for name, files in (("engine", ENGINE), ("loaders", LOADERS)):
        if name in groups:
            missed |= (
                _group(name, {path: tests for path, tests in files.items() if options.file in path}, options)
                > 0
            )
    return int(missed)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.mutation",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "groups",
        nargs="*",
        choices=["rules", "engine", "loaders"],
        metavar="group",
        help="rules, engine, loaders (default: all)",
    )
    parser.add_argument(
        "--per-kind",
        type=int,
        default=rules.PER_KIND,
        metavar="N",
        help=f"faults of each kind in rules (default: {rules.PER_KIND})",
    )
    parser.add_argument(
        "--per-file",
        type=int,
        default=PER_FILE,
        metavar="N",
        help=f"mutants of each source file (default: {PER_FILE})",
    )
    parser.add_argument(
        "--file", default="", metavar="TEXT", help="only source files with this text in their path"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="another choice of mutants")
    parser.add_argument(
        "--processes",
        type=int,
        default=2,
        metavar="N",
        help="how many mutants are tried at a time (default: 2)",
    )
    parser.add_argument(
        "--verbose",
        action="store_true",
        help="tell of each fault; of those in rules, of the missed and misnamed",
    )
    parser.add_argument(
        "--torch", action="store_true", help="faults in rules against PyTorch's gradcheck too"
    )
    return parser.parse_args(arguments)


def _group(name: str, files: dict[str, str], options: argparse.Namespace) -> int:
    """Try the mutants of these files; returns how many survived."""
    began = time.perf_counter()
    outcomes: list[Outcome] = []
    with runners(options.processes) as available:
        for path, tests in files.items():
            outcomes += _file(path, tests, available, options)
    survived = [outcome.mutant for outcome in outcomes if not outcome.killed]
    share = 1 - len(survived) / max(len(outcomes), 1)
    print(
        f"{name}: {len(outcomes)} mutants, {len(outcomes) - len(survived)} killed ({share:.1%}); "
        f"{time.perf_counter() - began:.0f} s"
    )
    for mutant in survived:
        print(f"    survived: {mutant}")
    return len(survived)


def _file(path: str, tests: str, available: list[Runner], options: argparse.Namespace) -> list[Outcome]:
    chosen = [
        mutant
        for mutant in sample(mutants(ROOT, path), options.per_file, options.seed)
        if mutant.key not in NO_FAULT
    ]

    def tell(outcome: Outcome) -> None:
        if options.verbose or not outcome.killed:
            print(
                f"{'killed' if outcome.killed else 'SURVIVED'} {outcome.mutant}\n    {outcome.said} "
                f"({outcome.seconds:.1f} s)",
                flush=True,
            )

    outcomes = judge(chosen, tests.split(), available, tell) if chosen else []
    print(
        f"{path.ljust(42)} {len(outcomes):>4} mutants, {sum(o.killed for o in outcomes):>4} killed",
        flush=True,
    )
    return outcomes


if __name__ == "__main__":
    sys.exit(main())
