"""The main module of a process that a script started which ``autograd_cnn.run`` runs.

It is that script, its imports redirected as in the program itself.
"""

import os
import sys
from pathlib import Path

from autograd_cnn import run

if __name__ == "__mp_main__":  # as multiprocessing names it; an import by anybody else does nothing
    run.redirect()
    sys.argv[0] = os.environ[run.SCRIPT]
    __file__ = sys.argv[0]
    run.execute(Path(__file__), globals())
