"""New tensors of this tensor's dtype, on its device."""

from typing import Any

import numpy as np

from ..._devices.device import device, device_of
from ..._devices.transfer import move
from ..._engine.dtypes import as_dtype
from ..._engine.handle import Handle, T
from ..._functions._data import array_of, shape_of


class CreationMethods(Handle[T]):
    """Methods that make other tensors; what is not said is as in this one."""

    __slots__ = ()

    def _new(self, array: Any, where: Any, requires_grad: bool) -> Any:
        made: Any = self._lift(move(array, device_of(self.array) if where is None else device(where)), None)
        return made.requires_grad_() if requires_grad else made

    def _dtype_or(self, dtype: Any) -> np.dtype[Any]:
        return self.array.dtype if dtype is None else as_dtype(dtype).dtype

    def new_tensor(
        self, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
    ) -> Any:
        """A tensor of a copy of ``data``, as :func:`autograd_cnn.tensor` makes it."""
        if hasattr(data, "dtype") and dtype is None:
            dtype = data.dtype
        return self._new(array_of(data, self._dtype_or(dtype)), device, requires_grad)

    def new_zeros(
        self, *size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False, **named: Any
    ) -> Any:
        """Zeros in the shape ``size``."""
        return self._new(np.zeros(shape_of(size, named), self._dtype_or(dtype)), device, requires_grad)

    def new_ones(
        self, *size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False, **named: Any
    ) -> Any:
        """Ones in the shape ``size``."""
        return self._new(np.ones(shape_of(size, named), self._dtype_or(dtype)), device, requires_grad)

    def new_empty(
        self, *size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False, **named: Any
    ) -> Any:
        """Memory in the shape ``size`` that nobody has written yet."""
        return self._new(np.empty(shape_of(size, named), self._dtype_or(dtype)), device, requires_grad)

    def new_full(
        self,
        size: Any,
        fill_value: Any,
        *,
        dtype: Any = None,
        device: Any = None,
        requires_grad: bool = False,
    ) -> Any:
        """``fill_value`` everywhere in the shape ``size``."""
        return self._new(
            np.full(shape_of((size,)), array_of(fill_value, self._dtype_or(dtype))), device, requires_grad
        )

    def new(self, *args: Any) -> Any:
        """``new(2, 3)``: unwritten memory in this shape; ``new([1, 2])``: a tensor of this data."""
        if not args:
            return self.new_empty(0)
        return (
            self.new_empty(*args)
            if isinstance(args[0], int)
            else self.new_tensor(args[0], dtype=self.array.dtype)
        )
