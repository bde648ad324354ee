"""Convolution over one to three axes, in groups, as one operator. The set is closed: it, the gradient of its
image (with a bias: the transposed convolution) and that of its weight are each other's rules, so that
derivatives of any order are convolutions.

``exact`` rules out Winograd's filtering, whose rounding error is larger and which spreads a non-finite pixel
over a tile.

The composition keeps views of the image; these keep ``x`` and ``weight`` and unfold nothing where kernels are
compiled.
"""

from . import _unfolded
from ._broadcasting import broadcast_to
from ._errors import DTypeError, ShapeError
from ._geometry import Geometry
from ._movement import reshape
from ._primitive import primitive
from ._summation import total
from .kernels import compiled


def _positions(name, size, geometry):
    positions = geometry.positions(size)
    if min(positions) < 1:
        raise ShapeError(
            f"{name}: a kernel of {geometry.kernel} with dilation {geometry.dilation} is larger than the "
            f"padded image {size} (padding {geometry.before})"
        )
    return positions


def _check(name, x, weight, groups):
    if (
        x.ndim != weight.ndim
        or not 3 <= x.ndim <= 5
        or x.shape[1] != groups * weight.shape[1]
        or len(weight) % groups
    ):
        raise ShapeError(
            f"{name}: images (N, C, *spatial) and weights (O, C / groups, *kernel) share C and groups = "
            f"{groups}, got shapes {x.shape} and {weight.shape}"
        )
    if x.dtype != weight.dtype:
        raise DTypeError(
            f"{name}: image and weight have dtypes {x.dtype} and {weight.dtype}; convert one with .to(dtype)"
        )


def _compiled(a, b, groups, work):
    """The kernels, where they serve images of so many axes in so many groups."""
    k = compiled(a, b, work=work)
    return k if k is not None and k.convolution.serves(a.ndim - 2, groups) else None


def _correlate(name, x, weight, bias, stride, padding, dilation, groups, exact):
    _check(name, x, weight, groups)
    geometry = Geometry.even(weight.shape[2:], stride, padding, dilation)
    positions = _positions(name, x.shape[2:], geometry)
    if (k := _compiled(x, weight, groups, x.size * weight.shape[0])) is not None:
        out = k.convolution.forward(
            k.layout.channels_last(x), k.layout.contiguous(weight), bias, geometry, positions, groups, exact
        )
        return k.layout.channels_first(out)
    return _unfolded.correlate(x, weight, bias, geometry, groups)


def _spread(name, dy, weight, bias, size, stride, padding, dilation, groups, exact):
    geometry = Geometry.even(weight.shape[2:], stride, padding, dilation)
    if dy.shape[1:] != (weight.shape[0], *_positions(name, size, geometry)):
        raise ShapeError(
            f"{name}: no convolution of images {size} with weights {weight.shape} has the shape {dy.shape}"
        )
    if (k := _compiled(dy, weight, groups, dy.size * weight[0].size)) is not None:
        return k.layout.channels_first(
            k.convolution.input_gradient(
                k.layout.channels_last(dy), k.layout.contiguous(weight), bias, size, geometry, groups, exact
            )
        )
    return _unfolded.spread(dy, weight, bias, size, geometry, groups)


@primitive(half="kernels")
def convolution(x, weight, /, *, stride=(1, 1), padding=(0, 0), dilation=(1, 1), groups=1, exact=False):
    """The cross-correlation of images (N, C, *spatial) with kernels (O, C / groups, *kernel)."""
    return _correlate("convolution", x, weight, None, stride, padding, dilation, groups, exact)


@primitive(half="kernels")
def biased_convolution(
    x, weight, bias, /, *, stride=(1, 1), padding=(0, 0), dilation=(1, 1), groups=1, exact=False
):
    """The cross-correlation of images (N, C, *spatial) with kernels (O, C / groups, *kernel), plus a bias
    (O,)."""
    if bias.shape != weight.shape[:1]:
        raise ShapeError(
            f"biased_convolution: weights {weight.shape} want a bias of shape {weight.shape[:1]}, got "
            f"{bias.shape}"
        )
    return _correlate("biased_convolution", x, weight, bias, stride, padding, dilation, groups, exact)


@primitive(half="kernels")
def convolution_input_gradient(
    dy, weight, /, *, size, stride=(1, 1), padding=(0, 0), dilation=(1, 1), groups=1, exact=False
):
    """The gradient of the image of a convolution, which is the transposed convolution: (N, O, *positions),
    (O, C / groups, *kernel) -> (N, C, *size)."""
    return _spread(
        "convolution_input_gradient", dy, weight, None, size, stride, padding, dilation, groups, exact
    )


@primitive(half="kernels")
def biased_transposed_convolution(
    dy, weight, bias, /, *, size, stride=(1, 1), padding=(0, 0), dilation=(1, 1), groups=1, exact=False
):
    """:func:`convolution_input_gradient` plus a bias (C,)."""
    if bias.shape != (weight.shape[1] * groups,):
        raise ShapeError(
            f"biased_transposed_convolution: weights {weight.shape} in {groups} groups want a bias of shape "
            f"{(weight.shape[1] * groups,)}, got {bias.shape}"
        )
    return _spread(
        "biased_transposed_convolution", dy, weight, bias, size, stride, padding, dilation, groups, exact
    )


@primitive(half="kernels")
def convolution_weight_gradient(
    x, dy, /, *, kernel, stride=(1, 1), padding=(0, 0), dilation=(1, 1), groups=1, exact=False
):
    """The gradient of the weight of a convolution: (N, C, *spatial), (N, O, *positions) -> (O, C / groups,
    *kernel)."""
    geometry = Geometry.even(kernel, stride, padding, dilation)
    positions = _positions("convolution_weight_gradient", x.shape[2:], geometry)
    if dy.shape[2:] != positions or dy.shape[0] != x.shape[0]:
        raise ShapeError(
            f"convolution_weight_gradient: no convolution of {x.shape} with a kernel {kernel} has the "
            f"shape {dy.shape}"
        )
    shape = (dy.shape[1], x.shape[1] // groups, *kernel)
    if (k := _compiled(x, dy, groups, dy.size * x.shape[1])) is not None:
        last = k.layout.channels_last
        return k.convolution.weight_gradient(last(x), last(dy), shape, geometry, groups, exact)
    return _unfolded.weight_gradient(x, dy, shape, geometry, groups)


@primitive(linear=True, half="kernels")
def channel_sum(x, /):
    """The sum over all axes but the second: (N, C, *) -> (C,); the gradient of a bias per channel."""
    if 3 <= x.ndim <= 5 and (k := compiled(x, work=x.size)) is not None:
        return k.layout.channel_sum(k.layout.channels_last(x))
    return total(x, (0, *range(2, x.ndim)))


@channel_sum.vjp("x")
def channel_sum_x(g, x_shape):
    return broadcast_to(reshape(g, shape=(-1, *(1,) * (len(x_shape) - 2))), shape=x_shape)


@convolution.vjp("x")
@biased_convolution.vjp("x")
def convolution_x(g, weight, x_shape, stride, padding, dilation, groups, exact):
    return convolution_input_gradient(
        g,
        weight,
        size=x_shape[2:],
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=groups,
        exact=exact,
    )


@convolution.vjp("weight")
@biased_convolution.vjp("weight")
def convolution_weight(g, x, weight_shape, stride, padding, dilation, groups, exact):
    return convolution_weight_gradient(
        x,
        g,
        kernel=weight_shape[2:],
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=groups,
        exact=exact,
    )


@biased_convolution.vjp("bias")
@biased_transposed_convolution.vjp("bias")
def convolution_bias(g):
    return channel_sum(g)


@convolution_input_gradient.vjp("dy")
@biased_transposed_convolution.vjp("dy")
def convolution_input_gradient_dy(g, weight, stride, padding, dilation, groups, exact):
    return convolution(
        g, weight, stride=stride, padding=padding, dilation=dilation, groups=groups, exact=exact
    )


@convolution_input_gradient.vjp("weight")
@biased_transposed_convolution.vjp("weight")
def convolution_input_gradient_weight(g, dy, weight_shape, stride, padding, dilation, groups, exact):
    return convolution_weight_gradient(
        g,
        dy,
        kernel=weight_shape[2:],
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=groups,
        exact=exact,
    )


@convolution_weight_gradient.vjp("x")
def convolution_weight_gradient_x(g, dy, x_shape, stride, padding, dilation, groups, exact):
    return convolution_input_gradient(
        dy, g, size=x_shape[2:], stride=stride, padding=padding, dilation=dilation, groups=groups, exact=exact
    )


@convolution_weight_gradient.vjp("dy")
def convolution_weight_gradient_dy(g, x, stride, padding, dilation, groups, exact):
    return convolution(x, g, stride=stride, padding=padding, dilation=dilation, groups=groups, exact=exact)


convolution.samples(
    lambda draw: [
        (draw(2, 3, 5, 6), draw(4, 3, 3, 2)),
        draw.call(draw(2, 2, 7, 6), draw(3, 2, 3, 3), stride=(2, 1), padding=(1, 2), dilation=(1, 2)),
        draw.call(draw(1, 2, 5, 5), draw(2, 2, 1, 1), stride=(2, 2)),
        draw.call(draw(2, 2, 4, 4), draw(2, 2, 3, 3), padding=(1, 1)),
        draw.call(draw(2, 4, 9), draw(6, 2, 3), stride=(2,), padding=(1,), dilation=(1,), groups=2),
        draw.call(
            draw(1, 3, 4, 5, 4),
            draw(6, 1, 3, 2, 3),
            stride=(1, 2, 1),
            padding=(1, 0, 1),
            dilation=(1, 1, 1),
            groups=3,
        ),
    ]
)
biased_convolution.samples(
    lambda draw: [draw.call(draw(2, 2, 5, 4), draw(3, 2, 3, 2), draw(3), stride=(2, 2), padding=(1, 0))]
)
convolution_input_gradient.samples(
    lambda draw: [
        draw.call(draw(2, 4, 3, 5), draw(4, 3, 3, 2), size=(5, 6)),
        draw.call(
            draw(1, 2, 3, 2), draw(2, 3, 3, 2), size=(6, 6), stride=(2, 3), padding=(1, 1), dilation=(1, 2)
        ),
    ]
)
biased_transposed_convolution.samples(
    lambda draw: [
        draw.call(draw(2, 4, 3, 5), draw(4, 3, 4, 2), draw(3), size=(6, 11), stride=(2, 2), padding=(1, 0)),
        draw.call(
            draw(2, 4, 4),
            draw(4, 2, 3),
            draw(4),
            size=(9,),
            stride=(2,),
            padding=(0,),
            dilation=(1,),
            groups=2,
        ),
        draw.call(
            draw(1, 3, 2, 2, 3),
            draw(3, 1, 2, 3, 2),
            draw(3),
            size=(4, 4, 3),
            stride=(2, 1, 1),
            padding=(0, 0, 1),
            dilation=(1, 1, 2),
            groups=3,
        ),
    ]
)
convolution_weight_gradient.samples(
    lambda draw: [
        draw.call(
            draw(2, 4, 7),
            draw(2, 6, 3),
            kernel=(3,),
            stride=(2,),
            padding=(0,),
            dilation=(1,),
            groups=2,
        ),
        draw.call(
            draw(1, 3, 4, 5, 4),
            draw(1, 6, 2, 2, 2),
            kernel=(3, 2, 3),
            stride=(1, 2, 1),
            padding=(0, 0, 0),
            dilation=(1, 1, 1),
            groups=3,
        ),
        draw.call(draw(2, 3, 5, 6), draw(2, 4, 3, 5), kernel=(3, 2)),
        draw.call(
            draw(1, 3, 6, 6), draw(1, 2, 3, 2), kernel=(3, 2), stride=(2, 3), padding=(1, 1), dilation=(1, 2)
        ),
    ]
)
channel_sum.samples(lambda draw: [draw(2, 3, 2, 2), draw(3, 2), draw(0, 2, 3)])
