"""The hot loops on a GPU: CUDA C that CuPy compiles, behind the interface of the Numba kernels, for half,
single and double.

Each family is a file of kernels and a file that launches them. Images are channels-last, as the Numba kernels
have them.
"""

from collections.abc import Sequence
from types import ModuleType
from typing import Any

from . import _convolution as convolution
from . import _elementwise as elementwise
from . import _layout as layout
from . import _loss as loss
from . import _normalization as normalization
from . import _optimizer as optimizer
from . import _pooling as pooling
from . import _product as product
from . import _scatter as scatter
from . import _windows as windows
from ._launch import TYPES

__all__ = [
    "convolution",
    "elementwise",
    "layout",
    "loss",
    "normalization",
    "optimizer",
    "pooling",
    "product",
    "scatter",
    "serve",
    "windows",
]

MOST = 2**31
"""Kernels count elements in 32 bits; larger arrays are left to CuPy."""


def serve(cupy: ModuleType, arrays: Sequence[Any]) -> bool:
    """Whether the kernels take these arrays: one dtype, on the GPU in use, none of them empty."""
    kind = arrays[0].dtype
    if kind.char not in TYPES or not hasattr(cupy, "RawModule"):
        return False
    here = cupy.cuda.runtime.getDevice()
    return all(a.dtype == kind and 0 < a.size < MOST and a.device.id == here for a in arrays)
