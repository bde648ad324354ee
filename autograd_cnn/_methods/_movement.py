"""Methods that move elements."""

from typing import Any

from .._functions import movement
from .._functions._dims import sizes
from .._handle import Handle


class MovementMethods(Handle):
    """Methods that move elements."""

    __slots__ = ()

    def reshape(self, *shape: Any) -> Any:
        """See :func:`autograd_cnn.reshape`."""
        return movement.reshape(self, *shape)

    def view(self, *shape: Any) -> Any:
        """See :func:`autograd_cnn.view`."""
        return movement.reshape(self, *shape)

    def flatten(self, start_dim: int = 0, end_dim: int = -1) -> Any:
        """See :func:`autograd_cnn.flatten`."""
        return movement.flatten(self, start_dim, end_dim)

    def permute(self, *dims: Any) -> Any:
        """See :func:`autograd_cnn.permute`."""
        return movement.permute(self, *dims)

    def transpose(self, dim0: int, dim1: int) -> Any:
        """See :func:`autograd_cnn.transpose`."""
        return movement.transpose(self, dim0, dim1)

    def t(self) -> Any:
        """See :func:`autograd_cnn.t`."""
        return movement.t(self)

    def squeeze(self, dim: Any = None) -> Any:
        """See :func:`autograd_cnn.squeeze`."""
        return movement.squeeze(self, dim)

    def unsqueeze(self, dim: int) -> Any:
        """See :func:`autograd_cnn.unsqueeze`."""
        return movement.unsqueeze(self, dim)

    def expand(self, *shape: Any) -> Any:
        """See :func:`autograd_cnn.expand`."""
        return movement.expand(self, *shape)

    def flip(self, *dims: Any) -> Any:
        """See :func:`autograd_cnn.flip`."""
        return movement.flip(self, sizes(dims[0], dims[1:]))

    @property
    def T(self) -> Any:
        """The dimensions in reverse order."""
        return movement.permute(self, tuple(reversed(range(self.array.ndim))))

    @property
    def mT(self) -> Any:
        """The last two dimensions swapped."""
        return movement.transpose(self, -2, -1)
