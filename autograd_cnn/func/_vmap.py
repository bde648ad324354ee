"""vmap: a function of one example, over a batch."""

import functools
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar

import numpy as np

from .._functions.joining import stack
from .._functions.movement import movedim
from .._tensor import Tensor
from ._examples import Examples, check_randomness
from ._tree import flatten, places, tree_map

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

    Raises ValueError where ``in_dims`` or ``out_dims`` do not fit what the function takes or returns.
    """
    check_randomness(randomness)
    if chunk_size is not None and chunk_size <= 0:
        raise ValueError(f"vmap: chunk_size should be None or greater than 0. (got {chunk_size})")
    called = f"vmap({_name(func)}, in_dims={in_dims}, ...)(<inputs>)"

    @functools.wraps(func)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> Result:
        dims = _checked_dims(in_dims, args, called)
        size = _common_size(args, dims)
        results = []
        with Examples(randomness if size else "same") as runs:
            for i in range(max(size, 1)):
                runs.begin()
                chosen = [_example(arg, ds, i, size) for arg, ds in zip(args, dims, strict=True)]
                results.append(func(*chosen, **kwargs))
        if not size:
            runs.begin()  # as if nothing had been drawn
        mapped: Result = _together(results, out_dims, size, _name(func))
        return mapped

    return wrapper


def chunk_vmap(
    func: Callable[P, Result],
    in_dims: Any = 0,
    out_dims: Any = 0,
    randomness: str = "error",
    chunks: int = 2,
) -> Callable[P, Result]:
    """:func:`vmap`, under the name that it had where ``chunks`` parts were to be run one after the other."""
    return vmap(func, in_dims, out_dims, randomness)


def _name(func: Any) -> str:
    if isinstance(func, functools.partial):
        return f"functools.partial({_name(func.func)}, ...)"
    return str(getattr(func, "__name__", None) or repr(func))


def _checked_dims(in_dims: Any, args: tuple[Any, ...], called: str) -> list[list[int | None]]:
    """For each argument, and each of its leaves, the dimension to map over."""
    if isinstance(in_dims, bool) or not isinstance(in_dims, (int, tuple, list)):
        raise ValueError(
            f"{called}: expected `in_dims` to be int or a (potentially nested) tuple matching the structure "
            f"of "
            f"inputs, got: {type(in_dims)}."
        )
    if not args:
        raise ValueError(
            f"{called}: got no inputs. Maybe you forgot to add inputs, or you are trying to vmap over a "
            f"function "
            "with no inputs. The latter is unsupported."
        )
    given = (in_dims,) * len(args) if isinstance(in_dims, int) else tuple(in_dims)
    spread = None if len(given) != len(args) else [_spread(d, a) for d, a in zip(given, args, strict=True)]
    if spread is None or any(dims is None for dims in spread):
        raise ValueError(
            f"{called}: in_dims is not compatible with the structure of `inputs`. in_dims has structure "
            f"{places(in_dims)} but inputs has structure {places(args)}."
        )
    checked = [dims for dims in spread if dims is not None]
    for arg, dims in zip(args, checked, strict=True):
        for leaf, dim in zip(flatten(arg)[0], dims, strict=True):
            _check_dim(leaf, dim, called)
    return checked


def _check_dim(leaf: Any, dim: Any, called: str) -> None:
    if dim is None:
        return
    if not isinstance(dim, int):
        raise ValueError(
            f"{called}: Got in_dim={dim} for an input but in_dim must be either an integer dimension or None."
        )
    if not isinstance(leaf, Tensor):
        raise ValueError(
            f"{called}: Got in_dim={dim} for an input but the input is of type {type(leaf)}. We cannot vmap "
            f"over "
            "non-Tensor arguments, please use None as the respective in_dim"
        )
    if not -leaf.ndim <= dim < leaf.ndim:
        raise ValueError(
            f"{called}: Got in_dim={dim} for some input, but that input is a Tensor of dimensionality "
            f"{leaf.ndim} so expected in_dim to satisfy -{leaf.ndim} <= in_dim < {leaf.ndim}."
        )


def _common_size(args: tuple[Any, ...], dims: list[list[int | None]]) -> int:
    """How many examples there are."""
    sizes = [
        leaf.shape[d]
        for arg, ds in zip(args, dims, strict=True)
        for leaf, d in zip(flatten(arg)[0], ds, strict=True)
        if d is not None
    ]
    if not sizes:
        raise ValueError("vmap: Expected at least one Tensor to vmap over")
    if len(set(sizes)) > 1:
        raise ValueError(
            "vmap: Expected all tensors to have the same size in the mapped dimension, got sizes "
            f"{sizes} for the mapped dimension"
        )
    return int(sizes[0])


def _together(results: list[Any], out_dims: Any, size: int, name: str) -> Any:
    """What the function returned for each example, stacked at ``out_dims``."""
    leaves, build = flatten(results[0])
    whole = f"vmap({name}, ..., out_dims={out_dims})"
    for d in flatten(out_dims)[0]:
        if d is not None and not isinstance(d, int):
            raise ValueError(
                f"{whole}: `out_dims` must be an int, None or a python collection of ints representing "
                f"where in "
                "the outputs the vmapped dimension should appear."
            )
    dims = _spread(out_dims, results[0])
    if dims is None and isinstance(out_dims, tuple) and len(out_dims) == 1 == len(leaves):
        dims = list(out_dims)
    if dims is None:
        raise ValueError(
            f"{whole}(<inputs>): out_dims is not compatible with the structure of `outputs`. out_dims has "
            f"structure {places(out_dims)} but outputs has structure {places(results[0])}."
        )
    joined = []
    for column, d in zip(zip(*(flatten(result)[0] for result in results), strict=True), dims, strict=True):
        if d is None:
            joined.append(column[0])
        elif not isinstance(column[0], Tensor):
            raise ValueError(
                f"vmap({name}, ...): `{name}` must only return Tensors, got type {type(column[0])}. Did you "
                f"mean "
                "to set out_dims= to None for output?"
            )
        else:
            joined.append(movedim(_stacked(column, size), 0, d))
    return build(joined)


def _stacked(column: tuple[Tensor, ...], size: int) -> Tensor:
    together = stack(list(column))
    return together if size else together[:0]


def _spread(dim: Any, tree: Any) -> list[Any] | None:
    """``dim``, a number for all of ``tree`` or a tree of numbers that begins like it, for each of its leaves;
    None where it does not begin so."""
    if dim is None or not isinstance(dim, (tuple, list, Mapping)):
        return [dim] * len(flatten(tree)[0])
    if isinstance(dim, Mapping):
        if not isinstance(tree, Mapping) or dim.keys() != tree.keys():
            return None
        parts = [_spread(dim[key], value) for key, value in tree.items()]
    else:
        if not isinstance(tree, (tuple, list)) or len(dim) != len(tree):
            return None
        parts = [_spread(d, part) for d, part in zip(dim, tree, strict=True)]
    if any(part is None for part in parts):
        return None
    return [d for part in parts if part is not None for d in part]


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
