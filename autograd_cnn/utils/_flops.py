"""How many multiplications and additions an operator costs, from shapes alone: a product of matrices (m, k)
and (k, n) has ``m n k`` of either, and a convolution is one."""

from collections.abc import Callable, Sequence
from functools import wraps
from math import prod
from typing import Any

from ._pytree import tree_map

__all__ = [
    "addmm_flop",
    "baddbmm_flop",
    "bmm_flop",
    "conv_backward_flop",
    "conv_flop",
    "conv_flop_count",
    "get_shape",
    "mm_flop",
    "sdpa_backward_flop",
    "sdpa_backward_flop_count",
    "sdpa_flop",
    "sdpa_flop_count",
    "shape_wrapper",
]

Shape = Sequence[int]


def get_shape(i: Any) -> Any:
    """The shape of a tensor; anything else as it is."""
    return i.shape if hasattr(i, "__primitive__") else i


def shape_wrapper(f: Callable[..., int]) -> Callable[..., int]:
    """A formula of tensors from ``f``, one of their shapes: ``out_val`` becomes ``out_shape``."""

    @wraps(f)
    def of_tensors(*args: Any, out_val: Any = None, **kwargs: Any) -> int:
        args, kwargs, out_shape = tree_map(get_shape, (args, kwargs, out_val))
        return f(*args, out_shape=out_shape, **kwargs)

    return of_tensors


def _agree(name: str, what: str, fits: bool, *shapes: Shape) -> None:
    """AssertionError, as in PyTorch, where shapes do not fit."""
    if not fits:
        raise AssertionError(f"{name}: {what}, got {' and '.join(str(tuple(s)) for s in shapes)}")


@shape_wrapper
def mm_flop(a_shape: Shape, b_shape: Shape, *args: Any, out_shape: Any = None, **kwargs: Any) -> int:
    """Of (m, k) times (k, n)."""
    (m, k), (inner, n) = a_shape, b_shape
    _agree("matmul", "inner dimensions must match", k == inner, a_shape, b_shape)
    return 2 * m * n * k


@shape_wrapper
def addmm_flop(
    self_shape: Shape, a_shape: Shape, b_shape: Shape, out_shape: Any = None, **kwargs: Any
) -> int:
    """As :func:`mm_flop`: what is added is not counted."""
    return mm_flop(a_shape, b_shape)


@shape_wrapper
def bmm_flop(a_shape: Shape, b_shape: Shape, out_shape: Any = None, **kwargs: Any) -> int:
    """Of (b, m, k) times (b, k, n)."""
    (b, *left), (batch, *right) = a_shape, b_shape
    _agree("bmm", "batch dimensions must match", b == batch, a_shape, b_shape)
    return b * mm_flop(left, right)


@shape_wrapper
def baddbmm_flop(
    self_shape: Shape, a_shape: Shape, b_shape: Shape, out_shape: Any = None, **kwargs: Any
) -> int:
    """As :func:`bmm_flop`: what is added is not counted."""
    return bmm_flop(a_shape, b_shape)


def conv_flop_count(x_shape: Shape, w_shape: Shape, out_shape: Shape, transposed: bool = False) -> int:
    """Of images (n, c, ...) and weights (out, in, ...): every place of the result, or of a transposed
    convolution's operand, meets the whole weight. The bias is not counted."""
    places = (x_shape if transposed else out_shape)[2:]
    return 2 * x_shape[0] * prod(places) * prod(w_shape)


@shape_wrapper
def conv_flop(
    x_shape: Shape,
    w_shape: Shape,
    _bias: Any,
    _stride: Any,
    _padding: Any,
    _dilation: Any,
    transposed: bool,
    *args: Any,
    out_shape: Any = None,
    **kwargs: Any,
) -> int:
    """:func:`conv_flop_count` of a convolution's arguments."""
    return conv_flop_count(x_shape, w_shape, out_shape, transposed)


def _turned(shape: Shape) -> list[int]:
    """Batch and channels exchanged."""
    return [shape[1], shape[0], *shape[2:]]


@shape_wrapper
def conv_backward_flop(
    grad_out_shape: Shape,
    x_shape: Shape,
    w_shape: Shape,
    _bias: Any,
    _stride: Any,
    _padding: Any,
    _dilation: Any,
    transposed: bool,
    _output_padding: Any,
    _groups: Any,
    output_mask: Sequence[bool],
    out_shape: Sequence[Any],
    **kwargs: Any,
) -> int:
    """Of its gradients: that of the operand is the other convolution of the upstream signal by the weights,
    that of the weights one in which operand and signal meet. ``output_mask`` says which are wanted."""
    total = 0
    if output_mask[0]:
        total += conv_flop_count(grad_out_shape, w_shape, out_shape[0], not transposed)
    if output_mask[1]:
        pair = (grad_out_shape, x_shape) if transposed else (x_shape, grad_out_shape)
        first, second = map(_turned, pair)
        total += conv_flop_count(first, second, _turned(out_shape[1]))
    return total


def sdpa_flop_count(query_shape: Shape, key_shape: Shape, value_shape: Shape) -> int:
    """Of attention: the scores (b, h, q, k), and their product with the values. Heads of keys may serve
    several of the queries'."""
    b, heads, q, d, k, v = _attention("sdpa_flop_count", query_shape, key_shape, value_shape)
    return 2 * b * heads * q * k * (d + v)


@shape_wrapper
def sdpa_flop(
    query_shape: Shape,
    key_shape: Shape,
    value_shape: Shape,
    *args: Any,
    out_shape: Any = None,
    **kwargs: Any,
) -> int:
    """:func:`sdpa_flop_count` of attention's arguments."""
    return sdpa_flop_count(query_shape, key_shape, value_shape)


def sdpa_backward_flop_count(
    grad_out_shape: Shape, query_shape: Shape, key_shape: Shape, value_shape: Shape
) -> int:
    """Of its gradients: the scores once more, the signal through values and scores, and both to queries and
    keys."""
    name = "sdpa_backward_flop_count"
    b, heads, q, d, k, v = _attention(name, query_shape, key_shape, value_shape)
    fits = tuple(grad_out_shape) == (b, heads, q, v)
    _agree(name, "grad_out/value/key/query shapes are incompatible", fits, grad_out_shape, query_shape)
    return 2 * b * heads * q * k * (3 * d + 2 * v)


@shape_wrapper
def sdpa_backward_flop(
    grad_out_shape: Shape,
    query_shape: Shape,
    key_shape: Shape,
    value_shape: Shape,
    *args: Any,
    out_shape: Any = None,
    **kwargs: Any,
) -> int:
    """:func:`sdpa_backward_flop_count` of the arguments."""
    return sdpa_backward_flop_count(grad_out_shape, query_shape, key_shape, value_shape)


def _attention(name: str, query: Shape, key: Shape, value: Shape) -> tuple[int, int, int, int, int, int]:
    """Batch, heads, queries, their length, keys, the length of values."""
    b, heads, q, d = query
    shared, k, v = key[1], key[2], value[3]
    fits = tuple(key) == (b, shared, k, d) and tuple(value) == (b, shared, k, v)
    _agree(name, "query/key/value shapes are incompatible", fits, query, key, value)
    whole = heads >= shared and heads % shared == 0
    _agree(name, "query heads must be a multiple of key/value heads", whole, query, key)
    return b, heads, q, d, k, v


def einsum_flop(spec: str, *shapes: Shape) -> int:
    """Of ``einsum(spec)``, all operands at once: each combination of indices is a product, and a sum."""
    inputs = spec.partition("->")[0].split(",")
    sizes = {i: n for letters, s in zip(inputs, shapes, strict=True) for i, n in zip(letters, s, strict=True)}
    return 2 * prod(sizes.values()) if len(shapes) > 1 else 0
