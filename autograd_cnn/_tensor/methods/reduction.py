"""Methods that reduce over dimensions."""

from ..._functions.reduction import *


class ReductionMethods:
    """Methods that reduce over dimensions."""

    __slots__ = ()

    all = all
    amax = amax
    amin = amin
    aminmax = aminmax
    any = any
    argmax = argmax
    argmin = argmin
    count_nonzero = count_nonzero
    logsumexp = logsumexp
    max = max
    mean = mean
    min = min
    nanmean = nanmean
    nansum = nansum
    prod = prod
    sum = sum
