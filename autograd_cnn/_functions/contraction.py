"""Products summed over shared dimensions: matrix products, einsum, tensordot and their kin."""

import math
from collections.abc import Sequence
from operator import index
from typing import Any, Final, SupportsIndex, overload

import numpy as np

from .. import ops
from .._engine.dtypes import join
from .._engine.handle import Handle, Number, Operand, T
from .._engine.single import in_single
from ..ops import _contraction as primitives
from ._arguments import names_arguments, wrong_argument
from ._dims import listed, wrap_dim
from ._in_place import in_place
from ._matrices import need, need_chain, need_expandable, need_same

__all__ = [
    "addbmm",
    "addmm",
    "addmv",
    "addmv_",
    "addr",
    "baddbmm",
    "bmm",
    "chain_matmul",
    "cross",
    "dot",
    "ger",
    "inner",
    "kron",
    "matmul",
    "mm",
    "mv",
    "outer",
    "tensordot",
    "vdot",
]


def matmul(input: Handle[T], other: Operand) -> T:
    """The matrix product; vectors count as a row on the left and a column on the right, leading dimensions
    broadcast."""
    x: Operand = input
    y = other
    try:
        scalar = 0 in (x.ndim, y.ndim)
    except AttributeError as error:
        raise wrong_argument(matmul, (input, other), {}, error) from None
    if scalar:
        raise RuntimeError(
            f"both arguments to matmul need to be at least 1D, but they are {x.ndim}D and {y.ndim}D"
        )
    if x.ndim >= 2 and y.ndim >= 2:
        return primitives.matmul(x, y)
    if x.ndim == 1:
        x = ops.reshape(x, shape=(1, *x.shape))
    if y.ndim == 1:
        if x.ndim == 2 and input.ndim == 2 and x.shape[1] != y.shape[0]:
            rows, columns = x.shape
            raise ops.ShapeError(
                f"size mismatch, got input ({rows}), mat ({rows}x{columns}), vec ({y.shape[0]})"
            )
        y = ops.reshape(y, shape=(*y.shape, 1))
    out = primitives.matmul(x, y)
    shape = list(out.shape)
    if other.ndim == 1:
        del shape[-1]
    if input.ndim == 1:
        del shape[-1 if other.ndim == 1 else -2]
    return ops.reshape(out, shape=tuple(shape))


def matmul_operator(input: Handle[T], other: Any) -> T:
    """``input @ other``; what is neither tensor nor array may know better."""
    return matmul(input, other) if hasattr(other, "ndim") else NotImplemented


@names_arguments
def mm(input: Handle[T], mat2: Operand) -> T:
    """The product of two matrices."""
    need("mm", (input, 2), (mat2, 2))
    return primitives.matmul(input, mat2)


@names_arguments
def bmm(input: Handle[T], mat2: Operand) -> T:
    """The products of two batches of matrices."""
    need("bmm", (input, 3), (mat2, 3))
    if input.shape[0] != mat2.shape[0] or input.shape[2] != mat2.shape[1]:
        raise RuntimeError(
            f"Expected size for first two dimensions of batch2 tensor to be: [{input.shape[0]}, "
            f"{input.shape[2]}] but got: {list(mat2.shape[:2])}."
        )
    return primitives.matmul(input, mat2)


@names_arguments
def mv(input: Handle[T], vec: Operand) -> T:
    """The product of a matrix and a vector."""
    need("mv", (input, 2), (vec, 1))
    return matmul(input, vec)


@names_arguments
def dot(input: Handle[T], tensor: Operand) -> T:
    """The sum of the products of two vectors' elements."""
    need("dot", (input, 1), (tensor, 1))
    need_same("dot", input, tensor)
    return matmul(input, tensor)


@names_arguments
def vdot(input: Handle[T], other: Operand) -> T:
    """:func:`dot`: numbers are real here."""
    return dot(input, other)


@names_arguments
@in_single
def vecdot(x: Handle[T], y: Operand, *, dim: SupportsIndex = -1) -> T:
    """The sum of the products of two tensors' elements along ``dim`` (``linalg.vecdot``)."""
    product = x * y
    if product.array.dtype.kind != "f":
        raise RuntimeError(
            f"linalg.vecdot: Expected a floating point tensor as input. Got {product.dtype!r}; "
            "convert it with .float()"
        )
    return ops.sum(product, axis=wrap_dim(dim, product.ndim))


@names_arguments
def outer(input: Handle[T], vec2: Operand) -> T:
    """Every product of an element of one vector with one of the other, as a matrix."""
    need("outer", (input, 1), (vec2, 1))
    return ops.reshape(input, shape=(-1, 1)) * vec2


@names_arguments
def ger(input: Handle[T], vec2: Operand) -> T:
    """:func:`outer` under BLAS's name."""
    return outer(input, vec2)


@names_arguments
def inner(input: Handle[T], other: Operand) -> T:
    """Sums of products along the last dimension of both; by a number, the product."""
    if input.ndim == 0 or other.ndim == 0:
        return input * other
    if input.shape[-1] != other.shape[-1]:
        raise RuntimeError(
            "inner() the last dimension must match on both input tensors but got shapes "
            f"{list(input.shape)} and {list(other.shape)}"
        )
    return tensordot(input, other, ([-1], [-1]))


def _looked_at(product: Any, alpha: Number) -> Any:
    """A product of matrices; zeros where its factor is 0: BLAS does not look at them then, NaN included."""
    return ops.where(False, product, product.array.dtype.type(0)) if alpha == 0 else product


def _scaled_sum(input: Operand, product: Any, beta: Number, alpha: Number) -> Any:
    """beta * input + alpha * product; where beta is 0, input does not count at all, NaN included. Of integers
    alpha and beta count as whole numbers."""
    if input.array.dtype != product.array.dtype:
        raise RuntimeError(
            f"Input dtypes must be the same, got: input {input.dtype!r}, and {product.dtype!r} of the "
            "others; convert with .to()"
        )
    if input.array.dtype.kind != "f":
        kind = bool if input.array.dtype.kind == "b" else int
        alpha, beta = kind(alpha), kind(beta)
    product = product if alpha == 1 else product * alpha
    shape = tuple(product.shape)
    before = tuple(input.shape)
    need_expandable(before, shape)
    if beta == 0:
        return product
    out: Any = (input if beta == 1 else input * beta) + product
    return ops.cast(out, dtype=input.array.dtype) if input.array.dtype.kind == "b" else out


@names_arguments
@in_single
def addmm(input: Handle[T], mat1: Operand, mat2: Operand, *, beta: Number = 1, alpha: Number = 1) -> T:
    """beta * input + alpha * (mat1 @ mat2)."""
    return _scaled_sum(input, _looked_at(mm(mat1, mat2), alpha), beta, alpha)


addmm_: Final = in_place(addmm)


@names_arguments
@in_single
def addmv(input: Handle[T], mat: Operand, vec: Operand, *, beta: Number = 1, alpha: Number = 1) -> T:
    """beta * input + alpha * (mat @ vec)."""
    return _scaled_sum(input, _looked_at(mv(mat, vec), alpha), beta, alpha)


addmv_: Final = in_place(addmv)


@names_arguments
@in_single
def addr(input: Handle[T], vec1: Operand, vec2: Operand, *, beta: Number = 1, alpha: Number = 1) -> T:
    """beta * input + alpha * outer(vec1, vec2)."""
    product = outer(vec1, vec2)
    common = join(input.array.dtype, product.array.dtype)
    input, product = ops.cast(input, dtype=common), ops.cast(product, dtype=common)
    if common.kind == "b":
        return ops.logical_or(ops.logical_and(input, bool(beta)), ops.logical_and(product, bool(alpha)))
    if common.kind != "f":
        for name, factor in (("beta", beta), ("alpha", alpha)):
            if isinstance(factor, (float, np.floating)):
                raise RuntimeError(
                    f"For integral input tensors, argument {name} must not be a floating point number."
                )
    return _scaled_sum(input, product, beta, alpha)


addr_: Final = in_place(addr)


@names_arguments
@in_single
def baddbmm(input: Handle[T], batch1: Operand, batch2: Operand, *, beta: Number = 1, alpha: Number = 1) -> T:
    """beta * input + alpha * (batch1 @ batch2)."""
    return _scaled_sum(input, bmm(batch1, batch2), beta, alpha)


baddbmm_: Final = in_place(baddbmm)


@names_arguments
@in_single
def addbmm(input: Handle[T], batch1: Operand, batch2: Operand, *, beta: Number = 1, alpha: Number = 1) -> T:
    """beta * input + alpha * the sum of the products of a batch."""
    products = bmm(batch1, batch2)
    total = ops.cast(
        ops.sum(products, axis=0), dtype=products.array.dtype
    )  # NumPy sums small integers in int64
    return _scaled_sum(input, _looked_at(total, alpha), beta, alpha)


addbmm_: Final = in_place(addbmm)


@names_arguments
def tensordot(
    a: Handle[T], b: Operand, dims: SupportsIndex | Sequence[Sequence[SupportsIndex]] | Operand = 2
) -> T:
    """Sums of products over several dimensions: the last ``dims`` of a with the first of b, or two lists of
    dimensions."""
    given: Any = dims.array.tolist() if isinstance(dims, Handle) else dims
    if isinstance(dims, Handle) and dims.array.size == 1:
        given = int(dims.array.item())
    if not hasattr(given, "__iter__"):
        count = index(given)
        if not 0 <= count <= min(a.ndim, b.ndim):
            raise RuntimeError(
                f"tensordot expects dims {'>= 0' if count < 0 else '< ndim_a or ndim_b'}, but got "
                f"dims={count}"
            )
        of_a, of_b = list(range(a.ndim - count, a.ndim)), list(range(count))
    else:
        of_a, of_b = (list(listed(some, "dims")) for some in given)
    of_a, of_b = [wrap_dim(d, a.ndim) for d in of_a], [wrap_dim(d, b.ndim) for d in of_b]
    if len(of_a) != len(of_b):
        raise RuntimeError(f"both dimension lists should have same length, got {len(of_a)} and {len(of_b)}")
    left, right = [d for d in range(a.ndim) if d not in of_a], [d for d in range(b.ndim) if d not in of_b]
    pairs = list(zip(of_a, of_b, strict=True))
    a = _summed_over_ones(a, of_a, [b.shape[e] for e in of_b])
    b = _summed_over_ones(b, of_b, [a.shape[d] for d in of_a])
    for d, e in pairs:
        if a.shape[d] != b.shape[e]:
            raise RuntimeError(
                f"contracted dimensions need to match, but first has size {a.shape[d]} in dim {d} and "
                f"second has size {b.shape[e]} in dim {e}"
            )
    size = math.prod(a.shape[d] for d in of_a)
    x = ops.reshape(ops.transpose(a, axes=(*left, *of_a)), shape=(math.prod(a.shape[d] for d in left), size))
    y = ops.reshape(
        ops.transpose(b, axes=(*of_b, *right)), shape=(size, math.prod(b.shape[d] for d in right))
    )
    return ops.reshape(
        primitives.matmul(x, y), shape=(*(a.shape[d] for d in left), *(b.shape[d] for d in right))
    )


def _summed_over_ones(x: Any, axes: list[int], sizes: list[int]) -> Any:
    """x summed to size 1 along those of ``axes`` in which the other operand has size 1, and so repeats
    itself."""
    over = tuple(axis for axis, size in zip(axes, sizes, strict=True) if size == 1 and x.shape[axis] != 1)
    return ops.cast(ops.sum(x, axis=over, keepdims=True), dtype=x.array.dtype) if over else x


@names_arguments
def kron(input: Handle[T], other: Operand) -> T:
    """The Kronecker product: ``other`` in place of each element of ``input``, times that element."""
    ndim = max(input.ndim, other.ndim)
    a, b = ((1,) * (ndim - x.ndim) + tuple(x.shape) for x in (input, other))
    x = ops.reshape(input, shape=tuple(n for size in a for n in (size, 1)))
    y = ops.reshape(other, shape=tuple(n for size in b for n in (1, size)))
    return ops.reshape(x * y, shape=tuple(n * m for n, m in zip(a, b, strict=True)))


@names_arguments
def cross(input: Handle[T], other: Operand, dim: SupportsIndex | None = None) -> T:
    """The cross product of vectors of 3 along ``dim``, or else along the first dimension of size 3."""
    if dim is None:
        if input.ndim != other.ndim:
            raise RuntimeError(f"inconsistent tensors dimensions input: {input.ndim} other: {other.ndim}")
        dim = next((i for i, n in enumerate(input.shape) if n == 3), None)
        if dim is None:
            raise RuntimeError("no dimension of size 3 in input")
    return linalg_cross(input, other, dim=dim)


@names_arguments
@in_single
def linalg_cross(input: Handle[T], other: Operand, *, dim: SupportsIndex = -1) -> T:
    """The cross product of vectors of 3 along ``dim`` (``linalg.cross``)."""
    if input.ndim != other.ndim:
        raise RuntimeError(
            f"linalg.cross: inputs must have the same number of dimensions. Got {input.ndim} and {other.ndim}"
        )
    axis = wrap_dim(dim, input.ndim)
    if input.shape[axis] != 3 or other.shape[axis] != 3:
        raise RuntimeError(
            f"linalg.cross: inputs dimension {dim} must have length 3. Got {input.shape[axis]} and "
            f"{other.shape[axis]}"
        )

    def turned(x: Any, by: int) -> Any:
        return ops.roll(x, shift=(-by,), axis=(axis,))

    return turned(input, 1) * turned(other, 2) - turned(input, 2) * turned(other, 1)


@overload
def chain_matmul(*matrices: Handle[T]) -> T: ...
@overload
def chain_matmul(matrices: Sequence[Handle[T]], /) -> T: ...
@names_arguments
@in_single
def chain_matmul(*matrices: Any) -> Any:
    """The product of several matrices, in the cheapest order."""
    several = (
        tuple(matrices[0]) if len(matrices) == 1 and isinstance(matrices[0], (tuple, list)) else matrices
    )
    return several[0] if len(several) == 1 else multi_dot(several)


@names_arguments
@in_single
def multi_dot(tensors: Sequence[Handle[T]]) -> T:
    """The product of several matrices in the cheapest order; the first and the last may be vectors
    (``linalg.multi_dot``)."""
    tensors = list(tensors)
    need_chain(tensors)
    rows = 1 if tensors[0].ndim == 1 else tensors[0].shape[0]
    sizes = [rows, *(x.shape[-1] if x.ndim == 2 or i == 0 else 1 for i, x in enumerate(tensors))]
    best = _cheapest_split(sizes)

    def product(i: int, j: int) -> Any:
        return tensors[i] if i == j else matmul(product(i, best[i, j]), product(best[i, j] + 1, j))

    return product(0, len(tensors) - 1)


def _cheapest_split(sizes: list[int]) -> dict[tuple[int, int], int]:
    """Where to split each run of matrices (matrix i is ``sizes[i]`` by ``sizes[i + 1]``): dynamic programming
    over lengths."""
    n = len(sizes) - 1
    cost = dict.fromkeys(((i, i) for i in range(n)), 0)
    best: dict[tuple[int, int], int] = {}
    for length in range(1, n):
        for i in range(n - length):
            j = i + length
            cost[i, j], best[i, j] = min(
                (cost[i, k] + cost[k + 1, j] + sizes[i] * sizes[k + 1] * sizes[j + 1], k) for k in range(i, j)
            )
    return best
