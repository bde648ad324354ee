"""Checks of gradients, analytic against numerical: of any function or module, and of every primitive on its
declared samples.

``check`` reports on a function; ``sweep`` on primitives: values, local gradients of first and second order,
adjoints, formulas.
"""

from ._bisect import WrongNode as WrongNode
from ._bisect import bisect as bisect
from ._compare import CheckError as CheckError
from ._draw import Draw as Draw
from ._exercises import EXERCISES as EXERCISES
from ._exercises import Exercise as Exercise
from ._exercises import exercise as exercise
from ._gradcheck import check as check
from ._report import GradcheckError as GradcheckError
from ._report import Report as Report
from ._sweep import Case as Case
from ._sweep import Result as Result
from ._sweep import cases as cases
from ._sweep import run as run
from ._sweep import select as select
from ._sweep import sweep as sweep
from ._table import Row as Row
from ._table import table as table
