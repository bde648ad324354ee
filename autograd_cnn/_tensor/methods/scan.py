"""Methods that scan along a dimension."""

from ..._functions.scan import *
from ..._functions.scan import cumprod_, cumsum_


class ScanMethods:
    """Methods that scan along a dimension."""

    __slots__ = ()

    cummax = cummax
    cummin = cummin
    cumprod = cumprod
    cumprod_ = cumprod_
    cumsum = cumsum
    cumsum_ = cumsum_
    diff = diff
    logcumsumexp = logcumsumexp
