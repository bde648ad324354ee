"""Methods of diagonals, of overlapping pieces, and of views with any strides."""

from ..._functions.strided import *
from ..._functions.strided import as_strided_, unfold


class StridedMethods:
    """Methods of diagonals, of overlapping pieces, and of views with any strides."""

    __slots__ = ()

    as_strided = as_strided
    as_strided_ = as_strided_
    as_strided_scatter = as_strided_scatter
    diag = diag
    diag_embed = diag_embed
    diagflat = diagflat
    diagonal = diagonal
    diagonal_scatter = diagonal_scatter
    unfold = unfold
