"""Which part of the command runs, and its exit code."""

import sys
from collections.abc import Sequence

from .._files.errors import FileFormatError
from ..ops import DeviceError
from ._options import UsageError, parse


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; the exit code: 0, 1 where a gradient is wrong, 2 after one line about a bad option or
    file, 130 after Ctrl-C."""
    try:
        options = parse(sys.argv[1:] if argv is None else argv)
        if options.command in ("explain", "why"):
            from . import _explain

            return _explain.explain(options) if options.command == "explain" else _explain.why(options)
        if options.command == "check":
            from ._check import check

            return check(options.scripts)
        if options.command == "gradcheck":
            from ._gradcheck import gradcheck

            return gradcheck(options)
        from ._training import train, warmup  # after the options: a mistyped one is answered at once

        return warmup() if options.command == "warmup" else train(options)
    except (UsageError, FileFormatError, DeviceError, OSError) as error:
        print(f"autograd-cnn: error: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
