"""Methods that write by index, out of place and in place."""

from ..._functions.masking import *
from ..._functions.masking import fill_diagonal_, masked_fill_, masked_scatter_
from ..._functions.scattering import *
from ..._functions.scattering import (
    index_add_,
    index_copy_,
    index_fill_,
    index_reduce_,
    put_,
    scatter_,
    scatter_add_,
    scatter_reduce_,
)


class ScatteringMethods:
    """Methods that write by index, out of place and in place."""

    __slots__ = ()

    fill_diagonal_ = fill_diagonal_
    index_add = index_add
    index_add_ = index_add_
    index_copy = index_copy
    index_copy_ = index_copy_
    index_fill = index_fill
    index_fill_ = index_fill_
    index_put = index_put
    index_put_ = index_put_
    index_reduce = index_reduce
    index_reduce_ = index_reduce_
    masked_fill = masked_fill
    masked_fill_ = masked_fill_
    masked_scatter = masked_scatter
    masked_scatter_ = masked_scatter_
    put = put
    put_ = put_
    scatter = scatter
    scatter_ = scatter_
    scatter_add = scatter_add
    scatter_add_ = scatter_add_
    scatter_reduce = scatter_reduce
    scatter_reduce_ = scatter_reduce_
    select_scatter = select_scatter
    slice_scatter = slice_scatter
