"""Methods that sort, and that look for elements."""

from ..._functions.sorting import *


class SortingMethods:
    """Methods that sort, and that look for elements."""

    __slots__ = ()

    argsort = argsort
    argwhere = argwhere
    kthvalue = kthvalue
    msort = msort
    nonzero = nonzero
    sort = sort
    topk = topk
    unique = unique
    unique_consecutive = unique_consecutive
