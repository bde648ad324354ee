"""Methods of statistics over dimensions."""

from ..._functions.histograms import histogram
from ..._functions.statistics import *


class StatisticsMethods:
    """Methods of statistics over dimensions."""

    __slots__ = ()

    bincount = bincount
    corrcoef = corrcoef
    cov = cov
    histc = histc
    histogram = histogram
    median = median
    mode = mode
    nanmedian = nanmedian
    nanquantile = nanquantile
    quantile = quantile
    std = std
    var = var
