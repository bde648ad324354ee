"""vmap: a function of one example, over a batch."""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import numpy as np

from .._functions.joining import stack
from .._functions.movement import movedim
from .._tensor import Tensor
from ._examples import Examples, check_randomness
from ._tree import flatten, tree_map

P = ParamSpec("P")
Result = TypeVar("Result")


def vmap(
    func: Callable[P, Result],
    in_dims: Any = 0,
    out_dims: Any = 0,
    randomness: str = "error",
    *,
    chunk_size: int | None = None,
) -> Callable[P, Result]:
    """A function that maps ``func`` over dimension ``in_dims`` of its arguments and stacks the results at
    ``out_dims``.

    It runs ``func`` once per example, so anything composed of tensors works (control flow too) and gradients
    of any order pass through; it does not make one large operator of many small ones. Where there is no
    example, one of arbitrary numbers tells the shape of the result.

    Args:
        func: the function of one example.
        in_dims: the dimension to map over, for each argument; None for one that all examples share.
        out_dims: where the mapped dimension stands in the results; None for one that is the same for all.
        randomness: ``"error"`` refuses to draw random numbers, ``"same"`` draws the same ones for every
            example, ``"different"`` others for each.
        chunk_size: accepted.
    """
    check_randomness(randomness)

    def wrapper(*args: P.args, **kwargs: P.kwargs) -> Result:
        dims = in_dims if isinstance(in_dims, (tuple, list)) else (in_dims,) * len(args)
        if len(dims) != len(args):
            raise ValueError(
                f"vmap: in_dims {in_dims} names {len(dims)} arguments, but the function got {len(args)}"
            )
        per_leaf = [_spread(dim, arg) for dim, arg in zip(dims, args, strict=True)]
        sizes = {
            _size(leaf, d)
            for (leaves, _), ds in zip(map(flatten, args), per_leaf, strict=True)
            for leaf, d in zip(leaves, ds, strict=True)
            if d is not None
        }
        if len(sizes) != 1:
            found = (
                "no argument has a dimension to map over"
                if not sizes
                else f"the sizes differ: {sorted(sizes)}"
            )
            raise ValueError(
                f"vmap: Expected all tensors to have the same size in the mapped dimension; {found}"
            )
        size = sizes.pop()
        results = []
        with Examples(randomness if size else "same") as runs:
            for i in range(max(size, 1)):
                runs.begin()
                chosen = [_example(arg, ds, i, size) for arg, ds in zip(args, per_leaf, strict=True)]
                results.append(func(*chosen, **kwargs))
        if not size:
            runs.begin()  # as if nothing had been drawn
        out_leaves, _ = flatten(results[0])
        wrong = next((leaf for leaf in out_leaves if not isinstance(leaf, Tensor)), None)
        if wrong is not None:
            raise ValueError(f"vmap: the function must return Tensors, got {type(wrong).__name__}")
        dims_out = out_dims if isinstance(out_dims, tuple) else (out_dims,) * len(out_leaves)
        columns = zip(*(flatten(result)[0] for result in results), strict=True)
        joined = [
            column[0] if d is None else movedim(_stacked(column, size), 0, d)
            for column, d in zip(columns, dims_out, strict=True)
        ]
        mapped: Result = flatten(results[0])[1](joined)
        return mapped

    return wrapper


def _size(leaf: Tensor, dim: int) -> int:
    """How many examples there are along ``dim``."""
    if not -leaf.ndim <= dim < leaf.ndim:
        raise ValueError(
            f"vmap: Got in_dim={dim} for some input, but that input is a Tensor of dimensionality "
            f"{leaf.ndim} so expected in_dim to satisfy -{leaf.ndim} <= in_dim < {leaf.ndim}."
        )
    return leaf.shape[dim]


def _stacked(column: tuple[Tensor, ...], size: int) -> Tensor:
    together = stack(list(column))
    return together if size else together[:0]


def _spread(dim: Any, arg: Any) -> list[int | None]:
    """``in_dims`` of one argument, for each of its leaves."""
    leaves, _ = flatten(arg)
    if dim is None or isinstance(dim, int):
        return [dim if isinstance(leaf, Tensor) else None for leaf in leaves]
    return list(flatten(dim)[0])


def _example(arg: Any, dims: list[int | None], i: int, size: int) -> Any:
    places = iter(dims)

    def take(leaf: Any) -> Any:
        d = next(places)
        if d is None:
            return leaf
        return leaf[(slice(None),) * (d % leaf.ndim) + (i,)] if size else _arbitrary(leaf, d)

    return tree_map(take, arg)


def _arbitrary(leaf: Tensor, dim: int) -> Tensor:
    """An example where there is none: numbers between 0 and 1, tied to the graph of ``leaf``."""
    if not leaf.is_floating_point():
        return leaf.sum(dim).to(leaf.dtype)
    none = leaf.sum(dim)
    return none + none._lift(np.random.default_rng(0).random(tuple(none.shape)), None).to(none)
