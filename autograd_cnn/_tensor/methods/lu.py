"""Methods of LU factorisations."""

from ..._functions.lu import *


class LuMethods:
    """Methods of LU factorisations."""

    __slots__ = ()

    lu = lu
    lu_solve = lu_solve
