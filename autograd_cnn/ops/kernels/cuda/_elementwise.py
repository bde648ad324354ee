"""ReLU, its gradient, the slopes of sigmoid and tanh, and the bias behind a product."""

from ..._arrays import in_memory_order
from ._launch import Family, cupy, total_type, u32

_kernels = Family("elementwise")


def relu(x):
    """max(x, 0), laid out as ``x``; None where ``x`` has gaps."""
    flat = in_memory_order(x)
    if flat is None:
        return None
    out = cupy().empty_like(x)
    _kernels.each("relu", x.size, *flat, *(in_memory_order(out) or [out]), u32(x.size), like=x)
    return out


def relu_gradient(g, out):
    """``g``, and 0 where ``out`` is not above 0; None where the two lie differently in memory."""
    flat = in_memory_order(g, out)
    if flat is None:
        return None
    result = cupy().empty_like(g)
    _kernels.each("relu_gradient", g.size, *flat, *(in_memory_order(result) or [result]), u32(g.size), like=g)
    return result


def logistic_slope(x, rate):
    """rate**2 z / (1 + z)**2 for z = exp(-rate |x|), laid out as ``x``; None where ``x`` has gaps."""
    out = cupy().empty_like(x)
    flat = in_memory_order(x, out)
    if flat is None:
        return None
    _kernels.each("logistic_slope", x.size, *flat, total_type(x)(rate), u32(x.size), like=x)
    return out


def follow(running, value, keep, share):
    """``keep`` times ``running`` plus ``share`` times ``value``, written into ``running``; both in C
    order."""
    number = total_type(running)
    _kernels.each(
        "follow", running.size, running, value, number(keep), number(share), u32(running.size), like=running
    )


def add_bias(x, bias):
    """Add a bias (C,) to every row of ``x`` (..., C), in place."""
    _kernels.each("add_bias", x.size, x, bias, u32(x.size), u32(x.shape[-1]), like=x)
