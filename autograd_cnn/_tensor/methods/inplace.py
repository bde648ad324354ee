"""Methods that write into the tensor: ``x.add_(y)`` overwrites x with ``x.add(y)`` and returns x.

``self`` is typed as Any: the methods without the underscore stand in other mixins of the same Tensor.
"""

from typing import Any

import numpy as np

from ..._devices.device import device_of
from ..._engine.handle import Handle, T


class InPlaceMethods(Handle[T]):
    """Methods whose names end in an underscore."""

    __slots__ = ()

    # arithmetic

    def add_(self: Any, other: Any, *, alpha: Any = 1) -> Any:
        """In place, see :func:`autograd_cnn.add`."""
        return self._overwrite(self.add(other, alpha=alpha))

    def sub_(self: Any, other: Any, *, alpha: Any = 1) -> Any:
        """In place, see :func:`autograd_cnn.sub`."""
        return self._overwrite(self.sub(other, alpha=alpha))

    def mul_(self: Any, other: Any) -> Any:
        """In place, see :func:`autograd_cnn.mul`."""
        return self._overwrite(self.mul(other))

    def div_(self: Any, other: Any, *, rounding_mode: "str | None" = None) -> Any:
        """In place, see :func:`autograd_cnn.div`."""
        return self._overwrite(self.div(other, rounding_mode=rounding_mode))

    def pow_(self: Any, exponent: Any) -> Any:
        """In place, see :func:`autograd_cnn.pow`."""
        return self._overwrite(self.pow(exponent))

    def addcmul_(self: Any, tensor1: Any, tensor2: Any, *, value: Any = 1) -> Any:
        """self + value * tensor1 * tensor2."""
        return self._overwrite(self.addcmul(tensor1, tensor2, value=value))

    def addcdiv_(self: Any, tensor1: Any, tensor2: Any, *, value: Any = 1) -> Any:
        """self + value * tensor1 / tensor2."""
        return self._overwrite(self.addcdiv(tensor1, tensor2, value=value))

    def lerp_(self: Any, end: Any, weight: Any) -> Any:
        """self + weight * (end - self)."""
        return self._overwrite(self.lerp(end, weight))

    # functions of one element

    def neg_(self: Any) -> Any:
        """In place, see :func:`autograd_cnn.neg`."""
        return self._overwrite(self.neg())

    def abs_(self: Any) -> Any:
        """In place, see :func:`autograd_cnn.abs`."""
        return self._overwrite(self.abs())

    def exp_(self: Any) -> Any:
        """In place, see :func:`autograd_cnn.exp`."""
        return self._overwrite(self.exp())

    def log_(self: Any) -> Any:
        """In place, see :func:`autograd_cnn.log`."""
        return self._overwrite(self.log())

    def sqrt_(self: Any) -> Any:
        """In place, see :func:`autograd_cnn.sqrt`."""
        return self._overwrite(self.sqrt())

    def relu_(self: Any) -> Any:
        """In place, see :func:`autograd_cnn.relu`."""
        return self._overwrite(self.relu())

    def sigmoid_(self: Any) -> Any:
        """In place, see :func:`autograd_cnn.sigmoid`."""
        return self._overwrite(self.sigmoid())

    def clamp_(self: Any, min: Any = None, max: Any = None) -> Any:
        """In place, see :func:`autograd_cnn.clamp`."""
        return self._overwrite(self.clamp(min, max))

    def clip_(self: Any, min: Any = None, max: Any = None) -> Any:
        """Another name of :meth:`clamp_`."""
        return self.clamp_(min, max)

    # other values

    def zero_(self) -> Any:
        """Zeros everywhere."""
        return self.fill_(0)

    def fill_(self, value: Any) -> Any:
        """``value``, a number or a tensor without axes, everywhere."""
        if isinstance(value, Handle) and value.array.ndim:
            raise RuntimeError(
                f"fill_ only supports 0-dimension value tensor but got tensor with {value.array.ndim} "
                "dimensions."
            )
        self._write_at(..., value)
        return self

    def copy_(self: Any, src: Any, non_blocking: bool = False) -> Any:
        """The elements of ``src``, which broadcasts and is converted to this tensor's dtype and device."""
        if not isinstance(src, Handle):
            raise TypeError(
                f"copy_(): argument 'other' (position 1) must be Tensor, not {type(src).__name__}"
            )
        if np.broadcast_shapes(src.array.shape, self.array.shape) != self.array.shape:
            raise RuntimeError(
                f"output with shape {list(self.array.shape)} doesn't match the broadcast shape of "
                f"src, {list(src.array.shape)}"
            )
        # every Handle is a Tensor
        self._write_at(..., src.to(device=device_of(self.array)))  # type: ignore[attr-defined]
        return self

    def detach_(self: Any) -> Any:
        """Leave the graph for good: this tensor becomes a leaf that wants no gradient."""
        if self._view is not None:
            raise RuntimeError("Can't detach views in-place. Use detach() instead.")
        self._node = None
        return self

    def igamma_(self: Any, other: Any) -> Any:
        """In place, see :func:`autograd_cnn.igamma`."""
        return self._overwrite(self.igamma(other))

    def igammac_(self: Any, other: Any) -> Any:
        """In place, see :func:`autograd_cnn.igammac`."""
        return self._overwrite(self.igammac(other))
