"""New tensors of this tensor's dtype, on its device."""

from collections.abc import Sequence
from typing import Any, SupportsIndex, overload

import numpy as np

from ..._devices.device import DeviceLike, device_of
from ..._devices.device import device as make_device
from ..._devices.transfer import move
from ..._engine.dtypes import DType, as_dtype
from ..._engine.handle import Handle, Operand, T
from ..._engine.modes import state
from ..._functions._data import array_of, shape_of, strided_memory, unwritten
from ..._functions._dims import Shape
from ..._functions._options import taking
from ..._functions.legacy import legacy_new


def _finish(beside: Operand, array: Any, device: DeviceLike | None, requires_grad: bool) -> Any:
    """A tensor of ``array`` on ``device``, or where ``beside`` is."""
    where = device_of(beside.array) if device is None else make_device(device)
    made = beside._lift(move(array, where), None)
    made._view = state.get().made
    return made.requires_grad_() if requires_grad else made


def _dtype_or(beside: Operand, dtype: DType | None) -> np.dtype[Any]:
    return beside.array.dtype if dtype is None else as_dtype(dtype).dtype


class CreationMethods(Handle[T]):
    """Methods that make other tensors; what is not said is as in this one."""

    __slots__ = ()

    @taking
    def new_tensor(
        self,
        data: Any,
        *,
        dtype: DType | None = None,
        device: DeviceLike | None = None,
        requires_grad: bool = False,
    ) -> T:
        """A tensor of a copy of ``data``; in this tensor's dtype, unless another is given."""
        return _finish(self, array_of(data, _dtype_or(self, dtype)), device, requires_grad)

    @taking
    def new_zeros(
        self,
        *given: Shape,
        size: Shape | None = None,
        dtype: DType | None = None,
        device: DeviceLike | None = None,
        requires_grad: bool = False,
    ) -> T:
        """Zeros in the shape ``size``."""
        return _finish(self, np.zeros(shape_of(given, size), _dtype_or(self, dtype)), device, requires_grad)

    @taking
    def new_ones(
        self,
        *given: Shape,
        size: Shape | None = None,
        dtype: DType | None = None,
        device: DeviceLike | None = None,
        requires_grad: bool = False,
    ) -> T:
        """Ones in the shape ``size``."""
        return _finish(self, np.ones(shape_of(given, size), _dtype_or(self, dtype)), device, requires_grad)

    @taking
    def new_empty(
        self,
        *given: Shape,
        size: Shape | None = None,
        dtype: DType | None = None,
        device: DeviceLike | None = None,
        requires_grad: bool = False,
    ) -> T:
        """Memory in the shape ``size`` that nobody has written yet."""
        array = unwritten(np.empty(shape_of(given, size), _dtype_or(self, dtype)))
        return _finish(self, array, device, requires_grad)

    @taking
    def new_empty_strided(
        self,
        size: Sequence[SupportsIndex],
        stride: Sequence[SupportsIndex],
        *,
        dtype: DType | None = None,
        device: DeviceLike | None = None,
        requires_grad: bool = False,
    ) -> T:
        """Unwritten memory in the shape ``size``, with these steps between its elements."""
        array = strided_memory(shape_of((size,)), shape_of((stride,)), _dtype_or(self, dtype))
        return _finish(self, array, device, requires_grad)

    @taking
    def new_full(
        self,
        size: Sequence[SupportsIndex],
        fill_value: Any,
        *,
        dtype: DType | None = None,
        device: DeviceLike | None = None,
        requires_grad: bool = False,
    ) -> T:
        """``fill_value`` everywhere in the shape ``size``."""
        value = array_of(fill_value, _dtype_or(self, dtype))
        return _finish(self, np.full(shape_of((size,)), value), device, requires_grad)

    @overload
    def new(self, *args: Any, device: DeviceLike | None = None) -> T: ...
    @overload
    def new(self, *, size: Any, device: DeviceLike | None = None) -> T: ...
    @overload
    def new(self, *, other: Any) -> T: ...
    @overload
    def new(self, *, storage: Any) -> T: ...
    def new(self, *args: Any, **options: Any) -> T:
        """``new(2, 3)``, ``new(torch.Size([2, 3]))``: unwritten memory in this shape; ``new([1, 2])``: a
        tensor of this data; ``new(tensor)``: an alias of it, which must have this dtype."""
        where = device_of(self.array)
        made: Any = legacy_new(args, self.array.dtype, options)
        if not hasattr(made, "_node"):
            return _finish(self, made, where, False)
        return made.view(made.shape) if made.requires_grad else self._lift(made.array, None)
