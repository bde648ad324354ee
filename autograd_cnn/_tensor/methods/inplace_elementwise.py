"""In-place scans as methods."""

from typing import Any

from ..._engine.handle import Handle, T


class InPlaceElementwiseMethods(Handle[T]):
    """In-place scans."""

    __slots__ = ()

    def cumsum_(self: Any, dim: int, *, dtype: Any = None) -> Any:
        """In place, see :func:`autograd_cnn.cumsum`."""
        return self._overwrite(self.cumsum(dim, dtype=dtype))

    def cumprod_(self: Any, dim: int, *, dtype: Any = None) -> Any:
        """In place, see :func:`autograd_cnn.cumprod`."""
        return self._overwrite(self.cumprod(dim, dtype=dtype))
