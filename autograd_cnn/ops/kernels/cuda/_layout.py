"""Between (N, C, H, W) and channels-last memory."""

from ._launch import Family, columns_and_pieces, cupy, i32, total_type

_kernels = Family("layout")


def contiguous(x):
    """``x`` in C order, copied where it is not."""
    return cupy().ascontiguousarray(x)


def channels_last(x):
    """(N, C, H, W) in any memory -> the same values as a contiguous (N, H, W, C)."""
    turned = x.transpose(0, 2, 3, 1)
    if turned.flags.c_contiguous:
        return turned
    if not x.flags.c_contiguous:
        return contiguous(turned)
    n, c, h, w = x.shape
    out = cupy().empty((n, h, w, c), x.dtype)
    grid = (-(-h * w // 32), -(-c // 32), min(n, 65535))
    _kernels.blocks("transpose", grid, (32, 8), x, out, i32(n), i32(c), i32(h * w), like=x)
    return out


def channels_first(x):
    """A contiguous (N, H, W, C) seen as (N, C, H, W); nothing moves."""
    return x.transpose(0, 3, 1, 2)


def channel_sum(x):
    """(N, H, W, C) -> (C,), in pieces cut by shape."""
    channels = x.shape[-1]
    pixels = x.size // channels
    columns, pieces = columns_and_pieces(pixels, channels)
    parts, out = cupy().empty((pieces, channels), total_type(x)), cupy().empty(channels, x.dtype)
    _kernels.blocks("sum_pieces", (columns, pieces), (32, 8), x, parts, i32(pixels), i32(channels), like=x)
    _kernels.blocks("join_pieces", (columns,), (32, 8), parts, out, i32(pieces), i32(channels), like=x)
    return out
