"""Arrays made beside another one."""

import numpy as np

from ._primitive import primitive


@primitive(differentiable=False)
def zeros_like(x, /):
    """Zeros of x's shape and dtype: the gradient of a step."""
    return np.zeros_like(x)


zeros_like.samples(lambda draw: [draw(2, 3), draw(()), draw(0, 3)])


@primitive(view=True)
def attached(x, y, /):
    """x, as a function of y too, which has its shape and changes nothing: the derivative by y is zero."""
    return x.view()


@attached.vjp("x")
def attached_x(g):
    return g


@attached.vjp("y")
def attached_y(g):
    return zeros_like(g)


attached.samples(lambda draw: [(draw(2, 3), draw(2, 3)), (draw(()), draw(())), (draw(0, 3), draw(0, 3))])
