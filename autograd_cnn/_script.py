"""The main module of a process that a program started in which this package is ``torch``: that program's,
imported with the same redirection."""

import os
import runpy
import sys
from pathlib import Path

from autograd_cnn import _as_torch

if __name__ == "__mp_main__":  # as multiprocessing names it; an import by anybody else does nothing
    _as_torch.redirect()
    told = os.environ[_as_torch.SCRIPT]
    if told.startswith("-m "):
        globals().update(runpy.run_module(told.removeprefix("-m "), run_name=__name__, alter_sys=True))
    elif told:
        sys.argv[0] = __file__ = told
        exec(compile(Path(told).read_bytes(), told, "exec"), globals())
