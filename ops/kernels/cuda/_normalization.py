"""Batch normalisation of channels-last images: moments, the pass that normalises, and the gradients."""

from ._launch import Family, columns_and_pieces, contiguous, cupy, i32, total_type, u32

_kernels = Family("normalization")


def _sizes(x):
    channels = x.shape[-1]
    pixels = x.size // channels
    return pixels, channels, *columns_and_pieces(pixels, channels)


def moments(x):
    """Mean and (biased) variance per channel of (N, H, W, C)."""
    pixels, channels, columns, pieces = _sizes(x)
    means, squares = cupy().empty((2, pieces, channels), total_type(x))
    mean, variance = cupy().empty((2, channels), x.dtype)
    _kernels.blocks("piece_moments", (columns, pieces), (32, 8), x, means, squares, i32(pixels), i32(channels), like=x)
    _kernels.blocks("join_moments", (columns,), (32, 8), means, squares, mean, variance, i32(pieces), i32(pixels), i32(channels), like=x)
    return mean, variance


def normalize(x, factor, shift):
    """``x factor + shift`` over (N, H, W, C)."""
    out = cupy().empty(x.shape, x.dtype)
    _kernels.each("normalize", x.size, x, *contiguous(factor, shift), out, u32(x.size), i32(x.shape[-1]), like=x)
    return out


def gradients(g, x, weight, mean, inverse):
    """Of image, weight and bias, for normalisation by the batch's own moments; ``inverse`` is 1 / sqrt(variance + epsilon)."""
    pixels, channels, columns, pieces = _sizes(x)
    weight, mean, inverse = contiguous(weight, mean, inverse.astype(x.dtype, copy=False))
    sums, products = cupy().empty((2, pieces, channels), total_type(x))
    on_g, on_x, shift = cupy().empty((3, channels), total_type(x))
    dweight, dbias = cupy().empty((2, channels), x.dtype)
    _kernels.blocks("piece_gradients", (columns, pieces), (32, 8), g, x, mean, sums, products, i32(pixels), i32(channels), like=x)
    joined = (sums, products, weight, inverse, dweight, dbias, on_g, on_x, shift, i32(pieces), i32(pixels), i32(channels))
    _kernels.blocks("join_gradients", (columns,), (32, 8), *joined, like=x)
    out = cupy().empty(x.shape, x.dtype)
    _kernels.each("combine", x.size, g, x, mean, on_g, on_x, shift, out, u32(x.size), i32(channels), like=x)
    return out, dweight, dbias
