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
