"""Which kernel computes a convolution: the direct one, or Winograd's where it is worth it and allowed."""

from . import _convolution as direct
from . import _switches, winograd


def _tiled(images, height, width, channels, columns, geometry, least):
    return _switches.winograd.get() and winograd.serves(images, height, width, channels, columns, geometry, least)


def forward(x, weight, bias, geometry, positions, relu=False):
    """(N, H, W, C) -> (N, *positions, O); ``bias`` may be None."""
    if _tiled(len(x), *positions, x.shape[3], len(weight), geometry, 64):
        return winograd.forward(x, weight, bias, geometry[4], relu)
    return direct.forward(x, weight, bias, geometry, (len(x), *positions), relu)


def input_gradient(g, weight, size, geometry):
    """(N, OH, OW, O) -> (N, *size, C)."""
    if _tiled(len(g), *size, g.shape[3], weight.shape[1], geometry, 64):
        return winograd.forward(g, weight, None, 2 - geometry[4], flipped=True)
    return direct.input_gradient(g, weight, size, geometry)


def weight_gradient(x, g, weight_shape, geometry):
    """(N, H, W, C), (N, OH, OW, O) -> (O, C, KH, KW)."""
    if _tiled(len(g), *g.shape[1:3], x.shape[3], g.shape[3], geometry, 16):
        return winograd.weight_gradient(x, g, geometry[4])
    return direct.weight_gradient(x, g, weight_shape, geometry)
