"""Checks of primitives: values, local gradients of first and second order, adjoints and formulas, on declared samples."""

from ._checks import CheckError as CheckError
from ._draw import Draw as Draw
from ._sweep import Case as Case
from ._sweep import Result as Result
from ._sweep import cases as cases
from ._sweep import sweep as sweep
