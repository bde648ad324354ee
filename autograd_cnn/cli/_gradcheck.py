"""``autograd-cnn gradcheck``: the table that ``pytest --gradcheck`` prints, and what is wrong."""

import argparse
import importlib
import sys

from ..testing import Row, run, select, table
from ._options import UsageError


def gradcheck(options: argparse.Namespace) -> int:
    """Check the operators; the exit code: 0, or 1 where a gradient is wrong."""
    sys.path.insert(0, "")
    for name in options.modules:
        try:
            importlib.import_module(name)
        except ImportError as error:
            raise UsageError(f"--import {name}: {error}") from error
    checks = [f"order{options.order}"] if options.order else []
    dtypes = [options.dtype] if options.dtype else []
    try:
        chosen = select(options.operators, checks=checks, dtypes=dtypes, devices=[str(options.device)])
    except LookupError as error:
        raise UsageError(str(error)) from error
    found = [run(case, options.seed) for case in chosen]
    for result in found:
        if result.failure is not None:
            print(f"{result.case}: {result.failure}\n", file=sys.stderr)
    print(table(Row.of(result) for result in found))
    return int(any(result.failure is not None for result in found))
