"""Reductions and normalisations of the elements that a mask selects.

Each is the tensor's method of the same name, after the elements that are left out were replaced by the number
that changes nothing: 0 in a sum, 1 in a product, infinities in extremes. Means and variances, which have no
such number, count. A :class:`MaskedTensor` brings its mask with it.
"""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from .._engine.dtypes import dtype as DType
from .._engine.dtypes import float32, int64
from .._functions.activation import log_softmax as log_softmax_of
from .._functions.activation import softmax as softmax_of
from .._functions.exponential import logaddexp as logaddexp_of
from .._functions.norm import vector_norm
from .._functions.statistics import nanmedian
from .._tensor import Tensor, tensor_of
from ._masks import Dims, Mask, canonical_dim, combine_input_and_mask, input_mask

__all__ = [
    "amax",
    "amin",
    "argmax",
    "argmin",
    "cumprod",
    "cumsum",
    "log_softmax",
    "logaddexp",
    "logsumexp",
    "mean",
    "median",
    "norm",
    "normalize",
    "prod",
    "softmax",
    "softmin",
    "std",
    "sum",
    "var",
]


def _unwrapped(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """Let ``function`` take a MaskedTensor, whose own mask stands for ``mask``."""

    @functools.wraps(function)
    def called(input: Any, *args: Any, **options: Any) -> Tensor:
        if hasattr(input, "get_mask"):
            options.setdefault("mask", input.get_mask())
            input = input.get_data()
        return function(input, *args, **options)

    return called


def _cast(out: Tensor, dtype: DType | None, input: Tensor) -> Tensor:
    return out.to(input.dtype if dtype is None else dtype)


@_unwrapped
def sum(
    input: Tensor, dim: Dims = None, *, keepdim: bool = False, dtype: DType | None = None, mask: Mask = None
) -> Tensor:
    """The sum of the selected elements; 0 where none is selected."""
    filled = combine_input_and_mask("sum", input, mask)
    return filled.sum(canonical_dim(dim, input.ndim) or None, bool(keepdim), dtype=dtype)


@_unwrapped
def prod(
    input: Tensor, dim: Dims = None, *, keepdim: bool = False, dtype: DType | None = None, mask: Mask = None
) -> Tensor:
    """The product of the selected elements; 1 where none is selected."""
    filled = combine_input_and_mask("prod", input, mask)
    if dtype is None and input.array.dtype.kind in "biu":
        dtype = int64
    filled = _cast(filled, dtype, input)
    for d in reversed(canonical_dim(dim, input.ndim)):
        filled = filled.prod(d, keepdim=bool(keepdim))
    return filled


@_unwrapped
def cumsum(input: Tensor, dim: int, *, dtype: DType | None = None, mask: Mask = None) -> Tensor:
    """The sums so far of the selected elements."""
    filled = combine_input_and_mask("cumsum", input, mask)
    return filled.cumsum(canonical_dim(dim, input.ndim)[0], dtype=dtype or input.dtype)


@_unwrapped
def cumprod(input: Tensor, dim: int, *, dtype: DType | None = None, mask: Mask = None) -> Tensor:
    """The products so far of the selected elements."""
    filled = combine_input_and_mask("cumprod", input, mask)
    return filled.cumprod(canonical_dim(dim, input.ndim)[0], dtype=dtype or input.dtype)


@_unwrapped
def amax(
    input: Tensor, dim: Dims = None, *, keepdim: bool = False, dtype: DType | None = None, mask: Mask = None
) -> Tensor:
    """The greatest of the selected elements; the least number of the dtype where none is selected."""
    filled = combine_input_and_mask("amax", input, mask)
    return _cast(filled.amax(canonical_dim(dim, input.ndim), bool(keepdim)), dtype, input)


@_unwrapped
def amin(
    input: Tensor, dim: Dims = None, *, keepdim: bool = False, dtype: DType | None = None, mask: Mask = None
) -> Tensor:
    """The least of the selected elements; the greatest number of the dtype where none is selected."""
    filled = combine_input_and_mask("amin", input, mask)
    return _cast(filled.amin(canonical_dim(dim, input.ndim), bool(keepdim)), dtype, input)


@_unwrapped
def argmax(
    input: Tensor,
    dim: int | None = None,
    *,
    keepdim: bool = False,
    dtype: DType | None = None,
    mask: Mask = None,
) -> Tensor:
    """Where the greatest of the selected elements is, in the input's dtype unless told another one."""
    filled = combine_input_and_mask("argmax", input, mask)
    return _cast(filled.argmax(dim, bool(keepdim)), dtype, input)


@_unwrapped
def argmin(
    input: Tensor,
    dim: int | None = None,
    *,
    keepdim: bool = False,
    dtype: DType | None = None,
    mask: Mask = None,
) -> Tensor:
    """Where the least of the selected elements is, in the input's dtype unless told another one."""
    filled = combine_input_and_mask("argmin", input, mask)
    return _cast(filled.argmin(dim, bool(keepdim)), dtype, input)


def _counted(input: Tensor, dim: Dims, keepdim: bool, mask: Mask) -> Tensor:
    """How many elements are selected."""
    shape = tuple(input.shape)
    every = tensor_of(np.ones(shape, bool)) if mask is None else input_mask(input, mask=mask)
    return every.sum(canonical_dim(dim, input.ndim) or None, bool(keepdim))


@_unwrapped
def mean(
    input: Tensor, dim: Dims = None, *, keepdim: bool = False, dtype: DType | None = None, mask: Mask = None
) -> Tensor:
    """The mean of the selected elements; NaN where none is selected."""
    wanted = dtype or input.dtype
    if not wanted.is_floating_point:
        source = "Input" if dtype is None else "Optional"
        raise ValueError(
            f"mean(): Could not infer output dtype. {source} dtype must be either a floating point or "
            f"complex dtype. Got: {wanted}"
        )
    total = sum(input, dim, keepdim=keepdim, dtype=wanted, mask=mask)
    return total / _counted(input, dim, keepdim, mask)


@_unwrapped
def median(
    input: Tensor,
    dim: int = -1,
    *,
    keepdim: bool = False,
    dtype: DType | None = None,
    mask: Mask = None,
) -> Tensor:
    """The lower median of the selected elements; NaN where none is selected, ValueError for whole numbers."""
    floats = input if input.is_floating_point() else input.to(float32)
    filled = combine_input_and_mask("median", floats, mask)
    out = nanmedian(filled, canonical_dim(dim, input.ndim)[0], keepdim).values
    if floats is input:
        return out
    if bool(out.isnan().any()):
        raise ValueError("masked median expects no fully masked out rows if dtype is not floating point")
    return _cast(out, dtype, input)


@_unwrapped
def logsumexp(
    input: Tensor, dim: Dims = None, *, keepdim: bool = False, dtype: DType | None = None, mask: Mask = None
) -> Tensor:
    """The logarithm of the sum of exponentials of the selected elements; -inf where none is selected."""
    filled = combine_input_and_mask("logsumexp", input, mask)
    return _cast(filled.logsumexp(canonical_dim(dim, input.ndim), keepdim), dtype, input)


def logaddexp(
    input: Any,
    other: Any,
    *,
    dtype: DType | None = None,
    input_mask: Mask = None,
    other_mask: Mask = None,
) -> Tensor:
    """log(exp(input) + exp(other)), where an element that is not selected adds nothing."""
    sides = [
        combine_input_and_mask("logaddexp", side, mask)
        for side, mask in ((input, input_mask), (other, other_mask))
    ]
    return _cast(logaddexp_of(sides[0], sides[1]), dtype, input)


@_unwrapped
def norm(
    input: Tensor,
    ord: float | None = 2.0,
    dim: Dims = None,
    *,
    keepdim: bool = False,
    dtype: DType | None = None,
    mask: Mask = None,
) -> Tensor:
    """The vector norm of the selected elements."""
    order = 2.0 if ord is None else ord
    filled = combine_input_and_mask("norm", input, mask, order)
    dims = canonical_dim(dim, input.ndim) or None
    return vector_norm(filled, order, dims, bool(keepdim), dtype=dtype or input.dtype)


def _spread(
    input: Tensor,
    dim: Dims,
    unbiased: bool | None,
    correction: float | None,
    keepdim: bool,
    dtype: DType | None,
    mask: Mask,
) -> Tensor:
    if unbiased is not None and correction is not None:
        raise AssertionError("Only one of unbiased and correction may be given")
    if correction is None:
        correction = 0.0 if unbiased is False else 1.0
    wanted = dtype or (input.dtype if input.is_floating_point() else float32)
    computed = wanted if wanted.is_floating_point else float32
    count = _counted(input, dim, True, mask)
    middle = sum(input, dim, keepdim=True, dtype=wanted, mask=mask) / count
    rest = input - middle
    total = sum(rest * rest, dim, keepdim=keepdim, dtype=computed, mask=mask)
    if not keepdim:
        count = count.reshape(total.shape)
    return (total / (count.to(computed) - correction).clamp(min=0)).to(wanted)


@_unwrapped
def var(
    input: Tensor,
    dim: Dims = None,
    unbiased: bool | None = None,
    *,
    correction: float | None = None,
    keepdim: bool = False,
    dtype: DType | None = None,
    mask: Mask = None,
) -> Tensor:
    """The variance of the selected elements; NaN where too few are selected."""
    return _spread(input, dim, unbiased, correction, bool(keepdim), dtype, mask)


@_unwrapped
def std(
    input: Tensor,
    dim: Dims = None,
    unbiased: bool | None = None,
    *,
    correction: float | None = None,
    keepdim: bool = False,
    dtype: DType | None = None,
    mask: Mask = None,
) -> Tensor:
    """The standard deviation of the selected elements; NaN where too few are selected."""
    return _spread(input, dim, unbiased, correction, bool(keepdim), dtype, mask).sqrt()


@_unwrapped
def softmax(input: Tensor, dim: int, *, dtype: DType | None = None, mask: Mask = None) -> Tensor:
    """The softmax of the selected elements, 0 elsewhere; NaN in a row where none is selected."""
    filled = combine_input_and_mask("amax", input, mask)
    return softmax_of(filled, canonical_dim(dim, input.ndim)[0], dtype=dtype or input.dtype)


@_unwrapped
def log_softmax(input: Tensor, dim: int, *, dtype: DType | None = None, mask: Mask = None) -> Tensor:
    """The logarithm of :func:`softmax`."""
    filled = combine_input_and_mask("amax", input, mask)
    return log_softmax_of(filled, canonical_dim(dim, input.ndim)[0], dtype=dtype or input.dtype)


@_unwrapped
def softmin(input: Tensor, dim: int, *, dtype: DType | None = None, mask: Mask = None) -> Tensor:
    """:func:`softmax` of the negative elements."""
    filled = combine_input_and_mask("amin", input, mask)
    return softmax_of(-filled, canonical_dim(dim, input.ndim)[0], dtype=dtype or input.dtype)


@_unwrapped
def normalize(
    input: Tensor,
    ord: float,
    dim: int,
    *,
    eps: float = 1e-12,
    dtype: DType | None = None,
    mask: Mask = None,
) -> Tensor:
    """The selected elements divided by their norm, which is at least ``eps``; 0 elsewhere."""
    filled = combine_input_and_mask("sum", input, mask)
    return filled / norm(input, ord, dim, keepdim=True, dtype=dtype, mask=mask).clamp(min=eps)
