"""Between (N, C, H, W) and channels-last memory."""

from ._launch import Family, columns_and_pieces, cupy, i32, total_type

_kernels = Family("layout")


def contiguous(x):
    """``x`` in C order, copied where it is not."""
    return cupy().ascontiguousarray(x)


def channels_last(x):
    """(N, C, *spatial) in any memory -> the same values as a contiguous (N, *spatial, C)."""
    turned = x.transpose(0, *range(2, x.ndim), 1)
    if turned.flags.c_contiguous:
        return turned
    if not x.flags.c_contiguous:
        return contiguous(turned)
    n, c = x.shape[:2]
    pixels = x.size // (n * c)
    out = cupy().empty(turned.shape, x.dtype)
    grid = (-(-pixels // 32), -(-c // 32), min(n, 65535))
    _kernels.blocks("transpose", grid, (32, 8), x, out, i32(n), i32(c), i32(pixels), like=x)
    return out


def channels_first(x):
    """A contiguous (N, *spatial, C) seen as (N, C, *spatial); nothing moves."""
    return x.transpose(0, x.ndim - 1, *range(1, x.ndim - 1))


def channel_sum(x):
    """(N, *spatial, C) -> (C,), in pieces cut by shape."""
    channels = x.shape[-1]
    pixels = x.size // channels
    columns, pieces = columns_and_pieces(pixels, channels)
    parts, out = cupy().empty((pieces, channels), total_type(x)), cupy().empty(channels, x.dtype)
    _kernels.blocks("sum_pieces", (columns, pieces), (32, 8), x, parts, i32(pixels), i32(channels), like=x)
    _kernels.blocks("join_pieces", (columns,), (32, 8), parts, out, i32(pieces), i32(channels), like=x)
    return out
