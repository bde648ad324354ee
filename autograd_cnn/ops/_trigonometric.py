"""The circular and the hyperbolic functions, their inverses, and what belongs to the right-angled
triangle."""

import numpy as np

from ._arithmetic import absolute, pairs
from ._comparison import where
from ._exponential import rsqrt
from ._primitive import primitive
from ._saturation import tanh_gradient, tanh_tail


@primitive(promotes="float")
def sin(x, /):
    return np.sin(x)


@sin.vjp("x")
def sin_x(g, x):
    return g * cos(x)


@primitive(promotes="float")
def cos(x, /):
    return np.cos(x)


@cos.vjp("x")
def cos_x(g, x):
    return -g * sin(x)


@primitive(promotes="float")
def tan(x, /):
    return np.tan(x)


@tan.vjp("x")
def tan_x(g, out):
    return g * (1 + out * out)


@primitive
def one_minus_square(x, /):
    """1 - x**2, exact near 1 and -1 too."""
    return (1 - x) * (1 + x)


@one_minus_square.vjp("x")
def one_minus_square_x(g, x):
    return g * (-2 * x)


@primitive(promotes="float")
def asin(x, /):
    return np.arcsin(x)


@asin.vjp("x")
def asin_x(g, x):
    return g * rsqrt(one_minus_square(x))


@primitive(promotes="float")
def acos(x, /):
    return np.arccos(x)


@acos.vjp("x")
def acos_x(g, x):
    return -g * rsqrt(one_minus_square(x))


@primitive(promotes="float")
def atan(x, /):
    return np.arctan(x)


@atan.vjp("x", formula="g / (x * x + 1)")
def atan_x(g, x):
    h = hypot(x, 1.0)  # whose square would overflow
    return g / h / h


@primitive(promotes="float")
def sinh(x, /):
    return np.sinh(x)


@sinh.vjp("x")
def sinh_x(g, x):
    return g * cosh(x)


@primitive(promotes="float")
def cosh(x, /):
    return np.cosh(x)


@cosh.vjp("x")
def cosh_x(g, x):
    return g * sinh(x)


@primitive(promotes="float")
def tanh(x, /):
    return np.tanh(x)


tanh.keeps("tail")(tanh_tail)


@tanh.vjp("x", formula="g * (1 - out * out)")
def tanh_x(g, out, tail):
    return g * (1 - out * out) if tail is None else tanh_gradient(g, out, tail=tail)


@primitive(promotes="float")
def asinh(x, /):
    return np.arcsinh(x)


@asinh.vjp("x")
def asinh_x(g, x):
    return g / hypot(x, 1.0)


@primitive(promotes="float")
def acosh(x, /):
    return np.arccosh(x)


@acosh.vjp("x")
def acosh_x(g, x):
    return g * (rsqrt(absolute(x) - 1) * rsqrt(absolute(x) + 1))


@primitive(promotes="float")
def atanh(x, /):
    return np.arctanh(x)


@atanh.vjp("x")
def atanh_x(g, x):
    return g / one_minus_square(x)


@primitive(broadcasts=True, promotes="float")
def atan2(x, y, /):
    """The angle of the point whose height is x and whose distance along the axis is y; at the origin the
    gradient is 0."""
    return np.arctan2(x, y)


@atan2.vjp("x", formula="where((x == 0) & (y == 0), 0.0, g * (y / (x * x + y * y)))")
def atan2_x(g, x, y):
    h = hypot(x, y)
    return where((x == 0) & (y == 0), 0.0, g * (y / h / h))


@atan2.vjp("y", formula="where((x == 0) & (y == 0), 0.0, -g * (x / (x * x + y * y)))")
def atan2_y(g, x, y):
    h = hypot(x, y)
    return where((x == 0) & (y == 0), 0.0, -g * (x / h / h))


@primitive(broadcasts=True, promotes="float")
def hypot(x, y, /):
    """sqrt(x**2 + y**2) without overflow; at the origin the gradient is NaN, as in PyTorch."""
    return np.hypot(x, y)


@primitive(broadcasts=True, promotes="float")
def cosine(x, y, /):
    """x / hypot(x, y): the cosine of the angle between the axis of x and the point; NaN at the origin."""
    out = np.hypot(x, y)
    far = np.isinf(out)  # the half of each is not where only the hypotenuse is more than the dtype holds
    ratio = np.where(far, x * 0.5 / np.hypot(x * 0.5, y * 0.5), x / out) if far.any() else x / out
    return np.where(np.isinf(x) & np.isfinite(y), np.sign(x), ratio)


@cosine.vjp("x")
def cosine_x(g, x, y):
    return g * cosine(y, x) / hypot(x, y) * cosine(y, x)


@cosine.vjp("y")
def cosine_y(g, x, y, out):
    return -g * cosine(y, x) / hypot(x, y) * out


@hypot.vjp("x", formula="g * (x / out)")
def hypot_x(g, x, y):
    return g * cosine(x, y)


@hypot.vjp("y", formula="g * (y / out)")
def hypot_y(g, x, y):
    return g * cosine(y, x)


for function in (sin, cos, tan, atan, sinh, cosh, tanh, asinh, one_minus_square):
    function.samples(lambda draw: [draw(2, 3), draw(()), draw(0, 3)])
for function in (asin, acos, atanh):
    function.samples(
        lambda draw: [
            draw.uniform(2, 3, low=-0.9, high=0.9),
            draw.uniform((), low=-0.9, high=0.9),
            draw(0, 3),
        ]
    )
acosh.samples(lambda draw: [draw.positive(2, 3) + 1, draw.positive(()) + 1, draw(0, 3)])
for function in (atan2, hypot, cosine):
    function.samples(lambda draw: [(x + np.copysign(0.5, x), y) for x, y in pairs(draw)])
