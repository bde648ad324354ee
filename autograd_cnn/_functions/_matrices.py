"""What is said of matrices and vectors that do not fit a product, in PyTorch's words."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from .._engine.handle import Operand
from ..ops._errors import DTypeError, ShapeError, scalar_type


def need(name: str, *wanted: tuple[Operand, int]) -> None:
    """RuntimeError where an operand has another number of dimensions than is wanted."""
    for x, ndim in wanted:
        if x.ndim != ndim:
            raise _misfit(name, wanted)


def _misfit(name: str, wanted: Sequence[tuple[Operand, int]]) -> RuntimeError:
    """What to say of the first operand that has another number of dimensions."""
    ndims = [x.ndim for x, _ in wanted]
    place = next(i for i, (x, ndim) in enumerate(wanted) if x.ndim != ndim)
    if name == "dot":
        said = f"1D tensors expected, but got {ndims[0]}D and {ndims[1]}D tensors"
    elif name == "mv":
        said = f"vector + matrix @ vector expected, got 1, {ndims[0]}, {ndims[1]}"
    elif name == "mm":
        said = f"{('self', 'mat2')[place]} must be a matrix, got {ndims[place]}D; matmul broadcasts"
    elif name == "bmm":
        said = f"batch{place + 1} must be a 3D tensor, got {ndims[place]}D; matmul broadcasts"
    else:
        which = ("self", "vec2")[place]
        said = f"{name}: Expected {wanted[place][1]}-D argument {which}, but got {ndims[place]}-D"
    return RuntimeError(said)


def need_same(name: str, x: Operand, y: Operand) -> None:
    """DTypeError where two vectors have different dtypes, ShapeError where they have different lengths."""
    if x.array.dtype != y.array.dtype:
        raise DTypeError(
            f"{name} : expected both vectors to have same dtype, but found "
            f"{scalar_type(x.array)} and {scalar_type(y.array)}; "
            "convert one with .to(...)"
        )
    n, m = x.shape[0], y.shape[0]
    if n != m:
        raise ShapeError(
            f"inconsistent tensor size, expected tensor [{n}] and src [{m}] to have the same number of "
            f"elements, but got {n} and {m} elements respectively"
        )


def need_equations(name: str, A: Operand, b: Operand) -> None:
    """RuntimeError where the matrices of A X = b are not square, or b does not fit them."""
    for letter, x in (("A", A), ("b", b)):
        if x.ndim < 2:
            raise RuntimeError(
                f"{name}: Expected {letter} to have at least 2 dimensions, but it has {x.ndim} dimensions "
                "instead"
            )
    rows, columns = A.shape[-2:]
    if rows != columns:
        raise RuntimeError(
            f"{name}: A must be batches of square matrices, but they are {rows} by {columns} matrices"
        )
    if b.shape[-2] != rows:
        raise RuntimeError(
            f"Incompatible matrix sizes for {name}: each A matrix is {rows} by {rows} but each b matrix is "
            f"{b.shape[-2]} by {b.shape[-1]}"
        )
    if A.array.dtype != b.array.dtype:
        raise RuntimeError(
            f"Expected b and A to have the same dtype, but found b of type {scalar_type(b.array)} and A of "
            f"type {scalar_type(A.array)} instead."
        )


def need_expandable(shape: Sequence[int], target: Sequence[int]) -> None:
    """RuntimeError where ``shape`` can't be expanded to ``target``."""
    lead = len(target) - len(shape)
    if lead < 0:
        raise RuntimeError(
            f"expand: the number of sizes provided ({len(target)}) must be greater or equal to the number of "
            f"dimensions in the tensor ({len(shape)})"
        )
    for i in reversed(range(len(shape))):
        if shape[i] not in (1, target[i + lead]):
            raise RuntimeError(
                f"The expanded size of the tensor ({target[i + lead]}) must match the existing size "
                f"({shape[i]}) at non-singleton dimension {i + lead}.  Target sizes: {list(target)}.  Tensor "
                f"sizes: {list(shape)}"
            )


def need_chain(tensors: Sequence[Any]) -> None:
    """RuntimeError for what ``multi_dot`` can't multiply."""
    if len(tensors) < 2:
        raise RuntimeError(f"multi_dot(): expected at least 2 tensors but got {len(tensors)}")
    last = len(tensors) - 1
    for i, x in enumerate(tensors):
        if i in (0, last) and x.ndim not in (1, 2):
            which = "the first" if i == 0 else "the last"
            raise RuntimeError(f"multi_dot(): {which} tensor must be 1D or 2D but got {x.ndim}D")
        if 0 < i < last and x.ndim != 2:
            raise RuntimeError(f"multi_dot(): tensor {i} must be 2D but got {x.ndim}D")
        if x.array.dtype != tensors[0].array.dtype:
            raise RuntimeError(
                "multi_dot(): all tensors must have be the same dtype but tensor 0 is "
                f"{scalar_type(tensors[0].array).lower()} and tensor {i} {scalar_type(x.array).lower()}"
            )
    for i, (x, y) in enumerate(pairwise(tensors)):
        if x.shape[-1] != y.shape[0]:
            raise RuntimeError(
                f"multi_dot(): tensors {i} and {i + 1} with shapes {list(x.shape)} and {list(y.shape)} "
                "cannot be multiplied"
            )
