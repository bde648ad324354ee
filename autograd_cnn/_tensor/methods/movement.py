"""Methods that change the shape and the order of elements."""

from ... import ops
from ..._engine.handle import Handle, T
from ..._functions._dims import Shape, sizes
from ..._functions.movement import *
from ..._functions.movement import (
    reshape_as,
    squeeze_,
    swapaxes_,
    swapdims_,
    t_,
    transpose_,
    unsqueeze_,
    view,
    view_as,
)


class MovementMethods(Handle[T]):
    """Methods that change the shape and the order of elements."""

    __slots__ = ()

    adjoint = adjoint
    flatten = flatten
    fliplr = fliplr
    flipud = flipud
    moveaxis = movedim
    movedim = movedim
    ravel = ravel
    reshape_as = reshape_as
    roll = roll
    rot90 = rot90
    squeeze = squeeze
    squeeze_ = squeeze_
    swapaxes = swapaxes
    swapaxes_ = swapaxes_
    swapdims = swapdims
    swapdims_ = swapdims_
    t = t
    t_ = t_
    transpose = transpose
    transpose_ = transpose_
    unflatten = unflatten
    unsqueeze = unsqueeze
    unsqueeze_ = unsqueeze_
    view = view
    view_as = view_as

    # sizes and dimensions one by one, as the functions do not take them

    def reshape(self, *given: Shape, shape: Shape = ()) -> T:
        """See :func:`autograd_cnn.reshape`."""
        return ops.reshape(self, shape=sizes(given[0], given[1:]) if given else sizes(shape, ()))

    def permute(self, *given: Shape, dims: Shape = ()) -> T:
        """See :func:`autograd_cnn.permute`."""
        return permute(self, sizes(given[0], given[1:]) if given else dims)

    def flip(self, *given: Shape, dims: Shape | None = None) -> T:
        """See :func:`autograd_cnn.flip`."""
        if given:
            dims = sizes(given[0], given[1:])
        if dims is None:
            raise TypeError('flip() missing 1 required positional argument: "dims"')
        return flip(self, dims)

    @property
    def mT(self) -> T:  # noqa: N802 - PyTorch's name
        """The last two dimensions swapped."""
        if self.array.ndim < 2:
            raise RuntimeError(
                "tensor.mT is only supported on matrices or batches of matrices. Got "
                f"{self.array.ndim}-D tensor."
            )
        return transpose(self, -2, -1)

    @property
    def H(self) -> T:  # noqa: N802 - PyTorch's name
        """A matrix transposed (numbers are real here)."""
        if self.array.ndim not in (0, 2):
            raise RuntimeError(
                f"tensor.H is only supported on matrices (2-D tensors). Got {self.array.ndim}-D tensor."
            )
        return t(self)

    @property
    def mH(self) -> T:  # noqa: N802 - PyTorch's name
        """The last two dimensions swapped (numbers are real here)."""
        return adjoint(self)

    @property
    def T(self) -> T:  # noqa: N802 - PyTorch's name
        """The dimensions in reverse order."""
        return ops.transpose(self, axes=tuple(reversed(range(self.array.ndim))))
