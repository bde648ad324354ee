"""Batch normalisation of channels-last images: moments, the pass that normalises, and the gradients."""

import numpy as np

from ._launch import Family, columns_and_pieces, cupy, i32, total_type, u32

_kernels = Family("normalization")


def _sizes(x):
    channels = x.shape[-1]
    pixels = x.size // channels
    return pixels, channels, *columns_and_pieces(pixels, channels)


def batch_norm(x, weight, bias, epsilon):
    """w x̂ + b over (N, H, W, C) by the batch's own moments; and these, mean and (biased) variance."""
    pixels, channels, columns, pieces = _sizes(x)
    means, squares = cupy().empty((2, pieces, channels), total_type(x))
    factor, shift = cupy().empty((2, channels), total_type(x))
    mean, variance, out = (
        cupy().empty(channels, x.dtype),
        cupy().empty(channels, x.dtype),
        cupy().empty(x.shape, x.dtype),
    )
    sizes = (np.float64(epsilon), i32(pieces), i32(pixels), i32(channels))
    _kernels.blocks(
        "piece_moments", (columns, pieces), (32, 8), x, means, squares, i32(pixels), i32(channels), like=x
    )
    _kernels.blocks(
        "join_moments",
        (columns,),
        (32, 8),
        means,
        squares,
        weight,
        bias,
        mean,
        variance,
        factor,
        shift,
        *sizes,
        like=x,
    )
    _kernels.each("normalize", x.size, x, mean, factor, shift, out, u32(x.size), i32(channels), like=x)
    return out, mean, variance


def gradients(g, x, weight, mean, variance, epsilon):
    """Of image, weight and bias, for normalisation by the batch's own moments."""
    pixels, channels, columns, pieces = _sizes(x)
    sums, products = cupy().empty((2, pieces, channels), total_type(x))
    on_g, on_x, shift = cupy().empty((3, channels), total_type(x))
    dweight, dbias = cupy().empty(channels, x.dtype), cupy().empty(channels, x.dtype)
    _kernels.blocks(
        "piece_gradients",
        (columns, pieces),
        (32, 8),
        g,
        x,
        mean,
        sums,
        products,
        i32(pixels),
        i32(channels),
        like=x,
    )
    sizes = (np.float64(epsilon), i32(pieces), i32(pixels), i32(channels))
    _kernels.blocks(
        "join_gradients",
        (columns,),
        (32, 8),
        sums,
        products,
        weight,
        variance,
        dweight,
        dbias,
        on_g,
        on_x,
        shift,
        *sizes,
        like=x,
    )
    out = cupy().empty(x.shape, x.dtype)
    _kernels.each("combine", x.size, g, x, mean, on_g, on_x, shift, out, u32(x.size), i32(channels), like=x)
    return out, dweight, dbias
