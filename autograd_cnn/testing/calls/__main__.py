"""``python -m autograd_cnn.testing.calls 0 1000``: so many random calls from a seed on, here and in
PyTorch; a script of each that differs. Ends with status 1 where one does."""

import sys

from .._blocks import main

if __name__ == "__main__":
    sys.exit(main(__package__, __doc__))
