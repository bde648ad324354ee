"""Which kernel computes a convolution: the direct one, or Winograd's where it is worth it and not ruled out
by ``exact``."""

from . import _direct, winograd


def forward(x, weight, bias, geometry, positions, exact=False):
    """(N, H, W, C) -> (N, *positions, O); ``bias`` may be None."""
    if not exact and winograd.serves(len(x), positions, x.shape[3], len(weight), geometry, 64):
        return winograd.forward(x, weight, bias, geometry.padding[0][0])
    return _direct.forward(x, weight, bias, geometry, (len(x), *positions))


def input_gradient(g, weight, size, geometry, exact=False):
    """(N, OH, OW, O) -> (N, *size, C)."""
    if not exact and winograd.serves(len(g), size, g.shape[3], weight.shape[1], geometry, 64):
        return winograd.forward(g, weight, None, 2 - geometry.padding[0][0], flipped=True)
    return _direct.input_gradient(g, weight, size, geometry)


def weight_gradient(x, g, weight_shape, geometry, exact=False):
    """(N, H, W, C), (N, OH, OW, O) -> (O, C, KH, KW)."""
    if not exact and winograd.serves(len(g), g.shape[1:3], x.shape[3], g.shape[3], geometry, 16):
        return winograd.weight_gradient(x, g, geometry.padding[0][0])
    return _direct.weight_gradient(x, g, weight_shape, geometry)
