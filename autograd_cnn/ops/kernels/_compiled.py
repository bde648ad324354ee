"""All compiled kernels under one name; importing this imports Numba."""

from . import _convolution as convolution
from . import _elementwise as elementwise
from . import _indexing as indexing
from . import _layout as layout
from . import _loss as loss
from . import _normalization as normalization
from . import _optimizer as optimizer
from . import _pieces as pieces
from . import _pooling as pooling
from . import _product as product
from . import _random as random
from . import _rows as rows
from . import _scan as scan
from . import _sorting as sorting
from ._heap import keep_freed_memory

__all__ = [
    "convolution",
    "elementwise",
    "indexing",
    "layout",
    "loss",
    "normalization",
    "optimizer",
    "pieces",
    "pooling",
    "product",
    "random",
    "rows",
    "scan",
    "sorting",
]

keep_freed_memory()
