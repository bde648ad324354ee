"""Which kernel computes a convolution: the direct one, or Winograd's where it is worth it and not ruled out
by ``exact``."""

from . import _direct, _weights, winograd


def serves(axes, groups):
    """Whether images of so many axes are served in so many groups: here all are."""
    return True


def forward(x, weight, bias, geometry, positions, groups=1, exact=False):
    """(N, *spatial, C) -> (N, *positions, O); ``bias`` may be None."""
    if (
        groups == 1
        and not exact
        and winograd.serves(len(x), positions, x.shape[-1], len(weight), geometry, 64)
    ):
        return winograd.forward(x, weight, bias, geometry.padding[0][0])
    return _direct.forward(x, weight, bias, geometry, positions, groups)


def input_gradient(g, weight, bias, size, geometry, groups=1, exact=False):
    """(N, *positions, O) -> (N, *size, C), plus ``bias``, which may be None."""
    if (
        groups == 1
        and not exact
        and winograd.serves(len(g), size, g.shape[-1], weight.shape[1], geometry, 64)
    ):
        return winograd.forward(g, weight, bias, 2 - geometry.padding[0][0], flipped=True)
    return _direct.input_gradient(g, weight, bias, size, geometry, groups)


def weight_gradient(x, g, weight_shape, geometry, groups=1, exact=False):
    """(N, *spatial, C), (N, *positions, O) -> (O, C / groups, *kernel)."""
    if (
        groups == 1
        and not exact
        and winograd.serves(len(g), g.shape[1:-1], x.shape[-1], g.shape[-1], geometry, 16)
    ):
        return winograd.weight_gradient(x, g, geometry.padding[0][0])
    return _weights.weight_gradient(x, g, weight_shape, geometry, groups)
