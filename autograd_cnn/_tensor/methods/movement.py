"""Methods that move elements."""

from collections.abc import Sequence
from typing import Any

from ... import ops
from ..._engine.handle import Handle, T
from ..._functions import joining, movement, repetition
from ..._functions._dims import numpy_names, sizes


class MovementMethods(Handle[T]):
    """Methods that move elements."""

    __slots__ = ()

    def reshape(self, *given: Any, shape: Any = ()) -> Any:
        """See :func:`autograd_cnn.reshape`."""
        return movement.reshape(self, sizes(given[0], given[1:]) if given else shape)

    def view(self, *given: Any, size: Any = ()) -> Any:
        """See :func:`autograd_cnn.view`."""
        return movement.view(self, *(given or size))

    def view_as(self, other: Any) -> Any:
        """See :func:`autograd_cnn.view_as`."""
        return movement.view_as(self, other)

    def reshape_as(self, other: Any) -> Any:
        """See :func:`autograd_cnn.reshape_as`."""
        return movement.reshape_as(self, other)

    def ravel(self) -> Any:
        """See :func:`autograd_cnn.ravel`."""
        return movement.ravel(self)

    def flatten(self, start_dim: int = 0, end_dim: int = -1) -> Any:
        """See :func:`autograd_cnn.flatten`."""
        return movement.flatten(self, start_dim, end_dim)

    def unflatten(self, dim: int, sizes: Sequence[int]) -> Any:
        """See :func:`autograd_cnn.unflatten`."""
        return movement.unflatten(self, dim, sizes)

    def permute(self, *given: Any, dims: Any = ()) -> Any:
        """See :func:`autograd_cnn.permute`."""
        return movement.permute(self, sizes(given[0], given[1:]) if given else dims)

    def movedim(self, source: Any, destination: Any) -> Any:
        """See :func:`autograd_cnn.movedim`."""
        return movement.movedim(self, source, destination)

    def adjoint(self) -> Any:
        """See :func:`autograd_cnn.adjoint`."""
        return movement.adjoint(self)

    def expand(self, *given: Any, size: Any = ()) -> Any:
        """See :func:`autograd_cnn.expand`."""
        return repetition.expand(self, *(given or size))

    def expand_as(self, other: Any) -> Any:
        """See :func:`autograd_cnn.expand_as`."""
        return repetition.expand_as(self, other)

    def broadcast_to(self, size: Sequence[int]) -> Any:
        """See :func:`autograd_cnn.broadcast_to`."""
        return repetition.broadcast_to(self, size)

    def repeat(self, *given: Any, repeats: Any = ()) -> Any:
        """See :func:`autograd_cnn.repeat`."""
        return repetition.repeat(self, *(given or repeats))

    def tile(self, *given: Any, dims: Any = ()) -> Any:
        """See :func:`autograd_cnn.tile`."""
        return repetition.tile(self, sizes(given[0], given[1:]) if given else dims)

    @numpy_names
    def repeat_interleave(
        self, repeats: Any = None, dim: int | None = None, *, output_size: int | None = None
    ) -> Any:
        """See :func:`autograd_cnn.repeat_interleave`."""
        return repetition.repeat_interleave(self, repeats, dim, output_size=output_size)

    def fliplr(self) -> Any:
        """See :func:`autograd_cnn.fliplr`."""
        return movement.fliplr(self)

    def flipud(self) -> Any:
        """See :func:`autograd_cnn.flipud`."""
        return movement.flipud(self)

    def roll(self, shifts: Any, dims: Any = None) -> Any:
        """See :func:`autograd_cnn.roll`."""
        return movement.roll(self, shifts, dims)

    def rot90(self, k: int = 1, dims: Sequence[int] = (0, 1)) -> Any:
        """See :func:`autograd_cnn.rot90`."""
        return movement.rot90(self, k, dims)

    def transpose(self, dim0: int, dim1: int) -> Any:
        """See :func:`autograd_cnn.transpose`."""
        return movement.transpose(self, dim0, dim1)

    def transpose_(self, dim0: int, dim1: int) -> Any:
        """See :func:`autograd_cnn.transpose`; this tensor itself changes its shape."""
        return self._become(movement.transpose(self, dim0, dim1))

    def swapaxes(self, axis0: int, axis1: int) -> Any:
        """See :func:`autograd_cnn.swapaxes`."""
        return movement.swapaxes(self, axis0, axis1)

    def swapaxes_(self, axis0: int, axis1: int) -> Any:
        """See :func:`autograd_cnn.swapaxes`; this tensor itself changes its shape."""
        return self._become(movement.swapaxes(self, axis0, axis1))

    def swapdims(self, dim0: int, dim1: int) -> Any:
        """See :func:`autograd_cnn.swapdims`."""
        return movement.swapdims(self, dim0, dim1)

    def swapdims_(self, dim0: int, dim1: int) -> Any:
        """See :func:`autograd_cnn.swapdims`; this tensor itself changes its shape."""
        return self._become(movement.swapdims(self, dim0, dim1))

    def t(self) -> Any:
        """See :func:`autograd_cnn.t`."""
        return movement.t(self)

    def t_(self) -> Any:
        """See :func:`autograd_cnn.t`; this tensor itself changes its shape."""
        return self._become(movement.t(self))

    @numpy_names
    def squeeze(self, dim: Any = None) -> Any:
        """See :func:`autograd_cnn.squeeze`."""
        return movement.squeeze(self, dim)

    def squeeze_(self, dim: Any = None) -> Any:
        """See :func:`autograd_cnn.squeeze`; this tensor itself changes its shape."""
        return self._become(movement.squeeze(self, dim))

    @numpy_names
    def unsqueeze(self, dim: int) -> Any:
        """See :func:`autograd_cnn.unsqueeze`."""
        return movement.unsqueeze(self, dim)

    def unsqueeze_(self, dim: int) -> Any:
        """See :func:`autograd_cnn.unsqueeze`; this tensor itself changes its shape."""
        return self._become(movement.unsqueeze(self, dim))

    @numpy_names
    def split(self, split_size: Any, dim: int = 0) -> Any:
        """See :func:`autograd_cnn.split`."""
        return joining.split(self, split_size, dim)

    def split_with_sizes(self, split_sizes: Sequence[int], dim: int = 0) -> Any:
        """See :func:`autograd_cnn.split_with_sizes`."""
        return joining.split_with_sizes(self, split_sizes, dim)

    @numpy_names
    def chunk(self, chunks: int, dim: int = 0) -> Any:
        """See :func:`autograd_cnn.chunk`."""
        return joining.chunk(self, chunks, dim)

    @numpy_names
    def tensor_split(self, indices_or_sections: Any, dim: int = 0) -> Any:
        """See :func:`autograd_cnn.tensor_split`."""
        return joining.tensor_split(self, indices_or_sections, dim)

    def hsplit(self, indices_or_sections: Any) -> Any:
        """See :func:`autograd_cnn.hsplit`."""
        return joining.hsplit(self, indices_or_sections)

    def vsplit(self, indices_or_sections: Any) -> Any:
        """See :func:`autograd_cnn.vsplit`."""
        return joining.vsplit(self, indices_or_sections)

    def dsplit(self, indices_or_sections: Any) -> Any:
        """See :func:`autograd_cnn.dsplit`."""
        return joining.dsplit(self, indices_or_sections)

    @numpy_names
    def unbind(self, dim: int = 0) -> Any:
        """See :func:`autograd_cnn.unbind`."""
        return joining.unbind(self, dim)

    def moveaxis(self, source: Any, destination: Any) -> Any:
        """See :func:`autograd_cnn.movedim`."""
        return movement.movedim(self, source, destination)

    def sum_to_size(self, *size: Any) -> Any:
        """Summed over the dimensions that a broadcast from ``size`` repeats."""
        return ops.sum_to(self, shape=sizes(size[0], size[1:]) if size else ())

    def flip(self, *dims: Any) -> Any:
        """See :func:`autograd_cnn.flip`."""
        return movement.flip(self, sizes(dims[0], dims[1:]))

    @property
    def T(self) -> Any:  # noqa: N802 - PyTorch's name
        """The dimensions in reverse order."""
        return movement.permute(self, tuple(reversed(range(self.array.ndim))))

    @property
    def mT(self) -> Any:  # noqa: N802 - PyTorch's name
        """The last two dimensions swapped."""
        if self.array.ndim < 2:
            raise RuntimeError(
                "tensor.mT is only supported on matrices or batches of matrices. Got "
                f"{self.array.ndim}-D tensor."
            )
        return movement.transpose(self, -2, -1)

    @property
    def H(self) -> Any:  # noqa: N802 - PyTorch's name
        """A matrix transposed (numbers are real here)."""
        if self.array.ndim not in (0, 2):
            raise RuntimeError(
                f"tensor.H is only supported on matrices (2-D tensors). Got {self.array.ndim}-D tensor."
            )
        return movement.t(self)

    @property
    def mH(self) -> Any:  # noqa: N802 - PyTorch's name
        """The last two dimensions swapped (numbers are real here)."""
        return movement.adjoint(self)
