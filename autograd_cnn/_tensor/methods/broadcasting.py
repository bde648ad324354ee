"""Methods that repeat elements, and that sum what was repeated."""

from ..._engine.handle import Handle, T
from ..._functions._dims import Shape, sizes
from ..._functions.broadcasting import *
from ..._functions.broadcasting import expand, expand_as, repeat, sum_to_size


class BroadcastingMethods(Handle[T]):
    """Methods that repeat elements, and that sum what was repeated."""

    __slots__ = ()

    broadcast_to = broadcast_to
    expand = expand
    expand_as = expand_as
    repeat = repeat
    repeat_interleave = repeat_interleave
    sum_to_size = sum_to_size

    def tile(self, *given: Shape, dims: Shape = ()) -> T:
        """See :func:`autograd_cnn.tile`."""
        return tile(self, sizes(given[0], given[1:]) if given else dims)
