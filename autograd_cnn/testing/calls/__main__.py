"""``python -m autograd_cnn.testing.calls 0 1000``: so many random calls from a seed on, here and in
PyTorch; a script of each that differs. Ends with status 1 where one does."""

import argparse
import os
import sys
from importlib import import_module

from ._many import reports
from ._surface import PACKAGE


def main() -> int:
    """Run the calls; 1 where one differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("first", type=int, help="the seed of the first call")
    parser.add_argument("count", type=int, nargs="?", default=1, help="how many calls")
    parser.add_argument("--progress", help="a file that keeps the seed in work")
    given = parser.parse_args()
    torch = import_module("torch")
    torch.set_num_threads(1)
    progress = None if given.progress is None else os.open(given.progress, os.O_WRONLY)
    differs = 0
    for report in reports(given.first, given.count, import_module(PACKAGE), torch, progress):
        print(report.replace("\n\n", "\n"), end="\n\n", flush=True)
        differs = 1
    return differs


if __name__ == "__main__":
    sys.exit(main())
