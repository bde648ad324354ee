"""Methods that write into the tensor: ``x.add_(y)`` overwrites x with ``x.add(y)`` and returns x.

``self`` is typed as Any: the methods without the underscore stand in other mixins of the same Tensor.
"""

from typing import Any

import numpy as np

from ..._devices.device import CPU, device_of
from ..._devices.transfer import move
from ..._engine.dtypes import from_numpy_dtype
from ..._engine.handle import Handle, T
from ..._random import distributions, stream


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

    def masked_fill_(self: Any, mask: Any, value: Any) -> Any:
        """``value``, a number or a tensor without axes, where the mask holds."""
        if mask.array.dtype.kind != "b":
            raise RuntimeError(
                f"masked_fill_ only supports boolean masks, but got mask with dtype {mask.dtype!r}"
            )
        if isinstance(value, Handle) and value.array.ndim:
            raise RuntimeError(
                "masked_fill_ only supports a 0-dimensional value tensor, but got tensor with "
                f"{value.array.ndim} dimension(s)."
            )
        return self._overwrite(self.where(~mask, value))

    # random values

    def _axes_in_memory(self) -> "list[int]":
        """The axes, from the longest step in memory to the shortest."""
        return sorted(range(self.array.ndim), key=lambda axis: -self.array.strides[axis])

    def _fill_randomly(self, draw: Any) -> Any:
        """Fill with ``draw(shape)``, in the order of the elements in memory, as PyTorch does."""
        axes = self._axes_in_memory()
        drawn = draw(tuple(self.array.shape[axis] for axis in axes)).transpose(np.argsort(axes))
        self._write_at(..., move(drawn, device_of(self.array)))
        return self

    def _floating(self, name: str) -> Any:
        if self.array.dtype.kind != "f":
            raise NotImplementedError(
                f"{name} not implemented for {from_numpy_dtype(self.array.dtype)!r}; it fills "
                "floating-point tensors"
            )
        return self.array.dtype

    def uniform_(self, from_: float = 0.0, to: float = 1.0, *, generator: Any = None) -> Any:
        """Numbers from the uniform distribution over [from, to)."""
        dtype = self._floating("uniform_")
        return self._fill_randomly(
            lambda shape: stream.uniform(shape, from_, to, generator=generator, dtype=dtype)
        )

    def normal_(self, mean: float = 0.0, std: float = 1.0, *, generator: Any = None) -> Any:
        """Numbers from the normal distribution."""
        dtype, contiguous = self._floating("normal_"), bool(self.array.flags.c_contiguous)
        return self._fill_randomly(
            lambda shape: stream.normal(
                shape, mean, std, generator=generator, dtype=dtype, contiguous=contiguous
            )
        )

    def exponential_(self, lambd: float = 1.0, *, generator: Any = None) -> Any:
        """Numbers from the exponential distribution with rate ``lambd``."""
        dtype = self._floating("exponential_")
        return self._fill_randomly(
            lambda shape: stream.exponential(shape, lambd, generator=generator, dtype=dtype)
        )

    def geometric_(self, p: float, *, generator: Any = None) -> Any:
        """Numbers of trials up to the first success, of probability ``p`` each."""
        dtype = self.array.dtype
        return self._fill_randomly(
            lambda shape: distributions.geometric(shape, p, generator=generator, dtype=dtype)
        )

    def cauchy_(self, median: float = 0.0, sigma: float = 1.0, *, generator: Any = None) -> Any:
        """Numbers from the Cauchy distribution."""
        dtype = self._floating("cauchy_")
        return self._fill_randomly(
            lambda shape: distributions.cauchy(shape, median, sigma, generator=generator, dtype=dtype)
        )

    def log_normal_(self, mean: float = 1.0, std: float = 2.0, *, generator: Any = None) -> Any:
        """Numbers whose logarithms are normal with this mean and standard deviation."""
        dtype = self._floating("log_normal_")
        return self._fill_randomly(
            lambda shape: distributions.log_normal(shape, mean, std, generator=generator, dtype=dtype)
        )

    def renorm_(self: Any, p: float, dim: int, maxnorm: float) -> Any:
        """In place, see :func:`autograd_cnn.renorm`."""
        return self._overwrite(self.clone().renorm(p, dim, maxnorm))  # its norms need what is overwritten

    def igamma_(self: Any, other: Any) -> Any:
        """In place, see :func:`autograd_cnn.igamma`."""
        return self._overwrite(self.igamma(other))

    def igammac_(self: Any, other: Any) -> Any:
        """In place, see :func:`autograd_cnn.igammac`."""
        return self._overwrite(self.igammac(other))

    def bernoulli_(self, p: Any = 0.5, *, generator: Any = None) -> Any:
        """Ones with probability ``p``, a number or a tensor that broadcasts, else zeros."""
        dtype = self.array.dtype
        if not isinstance(p, Handle):
            return self._fill_randomly(
                lambda shape: stream.bernoulli(shape, float(p), generator=generator, dtype=dtype)
            )
        chances = np.broadcast_to(move(p.array, CPU), self.array.shape)
        axes = self._axes_in_memory()
        return self._fill_randomly(
            lambda shape: stream.bernoulli(shape, chances.transpose(axes), generator=generator, dtype=dtype)
        )

    def random_(self, from_: "int | None" = None, to: "int | None" = None, *, generator: Any = None) -> Any:
        """Integers in [from, to); ``random_(to)`` in [0, to); ``random_()`` in all that the dtype can
        count."""
        dtype = self.array.dtype
        if from_ is None:
            return self._fill_randomly(
                lambda shape: stream.random_integers(shape, generator=generator, dtype=dtype)
            )
        low, high = (0, from_) if to is None else (from_, to)
        return self._fill_randomly(
            lambda shape: stream.randint(shape, low, high, generator=generator, dtype=dtype)
        )
