"""The same elements in another dtype, in another order in memory, on another device."""

from ._primitive import primitive


@primitive(broadcasts=True, linear=True, half="same")
def cast(x, /, *, dtype):
    """x in another dtype, laid out as it is, an expanded one in rows; the engine casts the gradient back."""
    return x.astype(dtype, order="C" if 0 in x.strides else "K")


@cast.vjp("x")
def cast_x(g):
    return g


cast.samples(lambda draw: [draw.call(draw(2, 3), dtype="float64"), draw.call(draw(()), dtype="float64")])


@primitive(linear=True, half="same")
def contiguous(x, /, *, order=()):
    """A copy whose elements lie in the order of the indices, or of the axes in ``order``."""
    if not order:
        return x.copy()
    return x.transpose(order).copy().transpose([order.index(axis) for axis in range(len(order))])


@contiguous.vjp("x")
def contiguous_x(g):
    return g


contiguous.samples(lambda draw: [draw(2, 3), draw(()), draw.call(draw(2, 3), order=(1, 0))])


@primitive(view=True, linear=True)
def transfer(x, /, *, route):
    """x in the memory of another device: ``route(x)`` brings it there, ``route.back(x)`` is the way to where
    x is."""
    return route(x)


@transfer.vjp("x")
def transfer_x(g, x, route):
    return transfer(g, route=route.back(x))


class _Stay:
    """The way of an array to where it is."""

    def __call__(self, x):
        return x

    def back(self, x):
        return self


transfer.samples(lambda draw: [draw.call(draw(2, 3), route=_Stay())])
