"""Types for signatures, as TorchScript's compiler knew them: Python's own."""

from typing import *
