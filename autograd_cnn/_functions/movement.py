"""Functions that move elements: reshape, permute, cat, pad and their kin."""

import math
from collections.abc import Sequence
from typing import Any

from .. import ops
from ._dims import sizes, wrap_dim


def reshape(input: Any, *shape: Any) -> Any:
    """The same elements in another shape; one size may be -1."""
    return ops.reshape(input, shape=sizes(shape[0], shape[1:]))


def flatten(input: Any, start_dim: int = 0, end_dim: int = -1) -> Any:
    """Dimensions ``start_dim`` to ``end_dim`` as one."""
    shape = tuple(input.shape)
    start, end = wrap_dim(start_dim, len(shape)), wrap_dim(end_dim, len(shape))
    if start > end:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    return ops.reshape(input, shape=(*shape[:start], math.prod(shape[start : end + 1]), *shape[end + 1 :]))


def permute(input: Any, *dims: Any) -> Any:
    """The dimensions in the order ``dims``."""
    order = sizes(dims[0], dims[1:]) if dims else ()
    if len(order) != input.ndim:
        raise RuntimeError(f"permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired ordering of dimensions i.e. input.dim() = {input.ndim} is not equal to len(dims) = {len(order)}")
    return ops.transpose(input, axes=tuple(wrap_dim(d, input.ndim) for d in order))


def transpose(input: Any, dim0: int, dim1: int) -> Any:
    """Dimensions ``dim0`` and ``dim1`` swapped."""
    order = list(range(max(input.ndim, 1)))
    a, b = wrap_dim(dim0, input.ndim), wrap_dim(dim1, input.ndim)
    order[a], order[b] = order[b], order[a]
    return ops.transpose(input, axes=tuple(order[: input.ndim]))


def t(input: Any) -> Any:
    """A matrix transposed; a vector as it is."""
    if input.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {input.ndim}D")
    return ops.transpose(input, axes=tuple(reversed(range(input.ndim))))


def squeeze(input: Any, dim: Any = None) -> Any:
    """Without the dimensions of size 1 (or those of ``dim`` that have it)."""
    shape = tuple(input.shape)
    dims = range(len(shape)) if dim is None else [wrap_dim(d, len(shape)) for d in ((dim,) if isinstance(dim, int) else dim)]
    return ops.reshape(input, shape=tuple(n for i, n in enumerate(shape) if n != 1 or i not in dims))


def unsqueeze(input: Any, dim: int) -> Any:
    """With a new dimension of size 1 at ``dim``."""
    shape = list(input.shape)
    shape.insert(wrap_dim(dim, input.ndim + 1), 1)
    return ops.reshape(input, shape=tuple(shape))


def expand(input: Any, *shape: Any) -> Any:
    """Repeated along dimensions of size 1 without copying; -1 keeps a size."""
    target = list(sizes(shape[0], shape[1:]))
    lead = len(target) - input.ndim
    if lead < 0:
        raise RuntimeError(f"expand: the number of sizes provided ({len(target)}) must be greater or equal to the number of dimensions in the tensor ({input.ndim})")
    for i, n in enumerate(input.shape):
        if target[i + lead] == -1:
            target[i + lead] = n
    return ops.broadcast_to(input, shape=tuple(target))


def broadcast_to(input: Any, size: Sequence[int]) -> Any:
    """``input`` expanded to ``size``."""
    return expand(input, tuple(size))


def cat(tensors: Sequence[Any], dim: int = 0) -> Any:
    """The tensors one behind the other along ``dim``."""
    if not tensors:
        raise ValueError("torch.cat(): expected a non-empty list of Tensors")
    return ops.concatenate(*tensors, axis=wrap_dim(dim, tensors[0].ndim))


def stack(tensors: Sequence[Any], dim: int = 0) -> Any:
    """The tensors along a new dimension ``dim``."""
    if not tensors:
        raise RuntimeError("stack expects a non-empty TensorList")
    return ops.stack(*tensors, axis=wrap_dim(dim, tensors[0].ndim + 1))


def flip(input: Any, dims: Sequence[int]) -> Any:
    """The elements in reverse order along ``dims``."""
    return ops.flip(input, axis=tuple(wrap_dim(d, input.ndim) for d in dims))
