"""Max-pooling that always says where the maxima stand: PyTorch's names for what ``return_indices=True``
asks."""

import functools
import inspect
from collections.abc import Callable
from typing import Any, Final, ParamSpec

from ..._tensor import Tensor
from .adaptive_pooling import adaptive_max_pool1d, adaptive_max_pool2d, adaptive_max_pool3d
from .fractional_pooling import fractional_max_pool2d, fractional_max_pool3d
from .pooling import max_pool1d, max_pool2d, max_pool3d

__all__ = [
    "adaptive_max_pool1d_with_indices",
    "adaptive_max_pool2d_with_indices",
    "adaptive_max_pool3d_with_indices",
    "fractional_max_pool2d_with_indices",
    "fractional_max_pool3d_with_indices",
    "max_pool1d_with_indices",
    "max_pool2d_with_indices",
    "max_pool3d_with_indices",
]

P = ParamSpec("P")


def _with_indices(pool: Callable[P, Any]) -> Callable[P, tuple[Tensor, Tensor]]:
    """``pool`` with ``return_indices=True``, whatever is given for it: the maxima, and where they stand in
    the flattened plane."""
    place = list(inspect.signature(pool).parameters).index("return_indices")

    @functools.wraps(pool)
    def both(*args: Any, **kwargs: Any) -> Any:
        if len(args) > place:
            args = (*args[:place], True, *args[place + 1 :])
        else:
            kwargs["return_indices"] = True
        return pool(*args, **kwargs)

    both.__name__ = both.__qualname__ = f"{pool.__name__}_with_indices"
    both.__module__ = __name__
    both.__doc__ = f":func:`{pool.__name__}` with ``return_indices=True``."
    return both


adaptive_max_pool1d_with_indices: Final = _with_indices(adaptive_max_pool1d)
adaptive_max_pool2d_with_indices: Final = _with_indices(adaptive_max_pool2d)
adaptive_max_pool3d_with_indices: Final = _with_indices(adaptive_max_pool3d)
fractional_max_pool2d_with_indices: Final = _with_indices(fractional_max_pool2d)
fractional_max_pool3d_with_indices: Final = _with_indices(fractional_max_pool3d)
max_pool1d_with_indices: Final = _with_indices(max_pool1d)
max_pool2d_with_indices: Final = _with_indices(max_pool2d)
max_pool3d_with_indices: Final = _with_indices(max_pool3d)
