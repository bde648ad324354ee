"""Checks of gradients, analytic against numerical: of any function or module, and of every primitive on its
declared samples.

``check`` reports on a function; ``sweep`` on primitives: values, local gradients of first and second order,
adjoints, formulas.
"""

from ._agreement import CheckError
from ._assert_close import assert_allclose, assert_close
from ._bisect import WrongNode, bisect
from ._draw import Draw
from ._exercises import EXERCISES, Exercise, exercise
from ._gradcheck import check
from ._make_tensor import make_tensor
from ._report import GradcheckError, Report
from ._sweep import Case, Result, cases, run, select, sweep
from ._table import Row, table

__all__ = [
    "EXERCISES",
    "Case",
    "CheckError",
    "Draw",
    "Exercise",
    "GradcheckError",
    "Report",
    "Result",
    "Row",
    "WrongNode",
    "assert_allclose",
    "assert_close",
    "bisect",
    "cases",
    "check",
    "exercise",
    "make_tensor",
    "run",
    "select",
    "sweep",
    "table",
]
