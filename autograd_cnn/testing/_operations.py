"""The operations that random programs are made of: each on tensors and on arrays, with parameters drawn so
that slopes exist."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

Array = Any
LARGEST, MOST, MARGIN = 10.0, 60, 0.05
"""Bounds on the values and sizes of everything computed, and the least distance from a kink."""


class Operation(NamedTuple):
    """One kind of step: on tensors, on arrays, how its parameters are drawn, and where it may be used."""

    tensors: Callable[..., Any]
    """``(library, *operands, **parameters)``."""
    arrays: Callable[..., Array]
    """``(*operands, **parameters)``."""
    arity: int = 1
    draw: Callable[..., dict[str, Any] | None] = lambda source, *xs: {}
    """``(source, *operands)``: parameters, or None where it can't be used on these."""


# which operands are fit for an operator, and its parameters


def _when(fits: Callable[..., Any]) -> Callable[..., dict[str, Any] | None]:
    return lambda source, *xs: {} if bool(fits(*xs)) else None


def _separated(x: Array, axis: Any) -> bool:
    """Whether the largest two and the smallest two along ``axis`` are apart."""
    ordered = np.sort(x, axis=axis)
    gaps = np.diff(ordered, axis=-1 if axis is None else axis)
    return bool((gaps > MARGIN).all())


def _axis(source: np.random.Generator, x: Array) -> dict[str, Any] | None:
    return {"dim": int(source.integers(-x.ndim, x.ndim))} if x.ndim else None


def _reduction(source: np.random.Generator, x: Array) -> dict[str, Any] | None:
    return None if x.ndim == 0 else {"dim": int(source.integers(x.ndim)), "keepdim": bool(source.integers(2))}


def _extreme(source: np.random.Generator, x: Array) -> dict[str, Any] | None:
    parameters = _reduction(source, x)
    return parameters if parameters is not None and _separated(x, parameters["dim"]) else None


def _shape(source: np.random.Generator, x: Array) -> dict[str, Any]:
    factors = [n for n in range(1, x.size + 1) if x.size % n == 0]
    first = int(source.choice(factors))
    return {
        "shape": [(first, x.size // first), (x.size,), (first, 1, x.size // first)][int(source.integers(3))]
    }


def _order(source: np.random.Generator, x: Array) -> dict[str, Any] | None:
    return {"dims": tuple(int(i) for i in source.permutation(x.ndim))} if x.ndim > 1 else None


def _index(source: np.random.Generator, x: Array, *_: Array) -> dict[str, Any] | None:
    if x.ndim == 0:
        return None
    n = x.shape[0]
    choices: list[Any] = [
        int(source.integers(n)),
        slice(int(source.integers(n)), None),
        (..., slice(None, None, 2)),
        [int(i) for i in source.integers(0, n, 3)],
    ]
    return {"index": choices[int(source.integers(len(choices)))]}


def _basic_index(source: np.random.Generator, x: Array, *_: Array) -> dict[str, Any] | None:
    return (
        {"index": [0, slice(1, None), (..., slice(None, None, 2))][int(source.integers(3))]}
        if x.ndim and x.shape[0] > 1
        else None
    )


def _distinct(source: np.random.Generator, x: Array) -> dict[str, Any] | None:
    """An axis along which no two elements are nearly equal: their order is certain."""
    parameters = _axis(source, x)
    return parameters if parameters is not None and _separated(x, parameters["dim"]) else None


def _several(source: np.random.Generator, x: Array) -> dict[str, Any] | None:
    """An axis with two elements or more, along which their spread is not nearly 0."""
    parameters = _reduction(source, x)
    fits = (
        parameters is not None and x.shape[parameters["dim"]] > 1 and x.std(parameters["dim"]).min() > MARGIN
    )
    return parameters if fits else None


def _gather(source: np.random.Generator, x: Array) -> dict[str, Any] | None:
    if x.ndim == 0:
        return None
    dim = int(source.integers(x.ndim))
    return {"dim": dim, "index": source.integers(0, x.shape[dim], x.shape)}


def _same_but_one(source: np.random.Generator, *xs: Array) -> dict[str, Any] | None:
    x, y = xs
    fitting = [
        i
        for i in range(x.ndim)
        if x.ndim == y.ndim and x.shape[:i] + x.shape[i + 1 :] == y.shape[:i] + y.shape[i + 1 :]
    ]
    return {"dim": int(source.choice(fitting))} if fitting else None


def _stackable(source: np.random.Generator, x: Array, y: Array) -> dict[str, Any] | None:
    return {"dim": int(source.integers(x.ndim + 1))} if x.shape == y.shape and x.ndim < 3 else None


# steps that write in place: on a fresh copy, so that nothing another step needs is lost


def _write(copy: Any, index: Any, value: Any) -> Any:
    copy[index] = value
    return copy


def _add_in_place(copy: Any, value: Any) -> Any:
    copy += value
    return copy


def _scale_view(copy: Any, index: Any, factor: float) -> Any:
    view = copy[index]
    view *= factor
    return copy


def _softmax(x: Array, dim: int) -> Array:
    e = np.exp(x - x.max(dim, keepdims=True))
    return e / e.sum(dim, keepdims=True)


def _lse(x: Array, dim: int, keepdim: bool) -> Array:
    return np.log(np.exp(x).sum(dim, keepdims=keepdim))


def _grounded(x: Array) -> Array:
    """A positive-definite matrix of the last two axes."""
    return x @ np.swapaxes(x, -1, -2) + 2 * np.eye(x.shape[-2])


def _ground(library: Any, x: Any) -> Any:
    return x @ x.mT + 2 * library.eye(x.shape[-2], dtype=x.dtype)


_is_matrix = _when(lambda x: x.ndim >= 2)


def _method(name: str, function: Callable[..., Array], draw: Any = lambda source, x: {}) -> Operation:
    """An elementwise method of a tensor, with the NumPy function it should equal."""
    return Operation(lambda _, x, **p: getattr(x, name)(**p), function, 1, draw)


def _reducing(name: str, function: Callable[..., Array], draw: Any = _reduction) -> Operation:
    return Operation(
        lambda _, x, **p: getattr(x, name)(**p),
        lambda x, dim, keepdim: function(x, axis=dim, keepdims=keepdim),
        1,
        draw,
    )


OPERATIONS: dict[str, Operation] = {
    "exp": _method("exp", np.exp, _when(lambda x: x.max() < 2)),
    "log": _method("log", np.log, _when(lambda x: x.min() > 0.2)),
    "sqrt": _method("sqrt", np.sqrt, _when(lambda x: x.min() > 0.2)),
    "tanh": _method("tanh", np.tanh),
    "sigmoid": _method("sigmoid", lambda x: 1 / (1 + np.exp(-x))),
    "relu": _method("relu", lambda x: np.maximum(x, 0), _when(lambda x: abs(x).min() > MARGIN)),
    "abs": _method("abs", np.abs, _when(lambda x: abs(x).min() > MARGIN)),
    "neg": Operation(lambda _, x: -x, np.negative),
    "square": Operation(lambda _, x: x**2, np.square),
    "affine": Operation(lambda _, x: 1.5 - x * 0.5, lambda x: 1.5 - x * 0.5),
    "reciprocal": Operation(lambda _, x: 1.0 / x, lambda x: 1 / x, 1, _when(lambda x: abs(x).min() > 0.3)),
    "add": Operation(lambda _, x, y: x + y, np.add, 2),
    "sub": Operation(lambda _, x, y: x - y, np.subtract, 2),
    "mul": Operation(lambda _, x, y: x * y, np.multiply, 2),
    "div": Operation(lambda _, x, y: x / y, np.divide, 2, _when(lambda x, y: abs(y).min() > 0.3)),
    "pow": Operation(lambda _, x, y: x**y, np.power, 2, _when(lambda x, y: x.min() > 0.3)),
    "maximum": Operation(lambda lib, x, y: lib.maximum(x, y), np.maximum, 2, lambda s, x, y: _apart(x, y)),
    "minimum": Operation(lambda lib, x, y: lib.minimum(x, y), np.minimum, 2, lambda s, x, y: _apart(x, y)),
    "where": Operation(
        lambda lib, x, y: lib.where(x > y, x * y, y),
        lambda x, y: np.where(x > y, x * y, y),
        2,
        lambda s, x, y: _apart(x, y),
    ),
    "matmul": Operation(lambda _, x, y: x @ y, np.matmul, 2, _when(lambda x, y: x.ndim and y.ndim)),
    "sum": _reducing("sum", np.sum),
    "mean": _reducing("mean", np.mean),
    "amax": _reducing("amax", np.max, _extreme),
    "amin": _reducing("amin", np.min, _extreme),
    "logsumexp": _method("logsumexp", _lse, _reduction),
    "softmax": _method("softmax", _softmax, _axis),
    "log_softmax": _method("log_softmax", lambda x, dim: np.log(_softmax(x, dim)), _axis),
    "max_values": Operation(
        lambda _, x, dim, keepdim: x.max(dim, keepdim)[0],
        lambda x, dim, keepdim: x.max(dim, keepdims=keepdim),
        1,
        _extreme,
    ),
    "reshape": Operation(
        lambda _, x, shape: x.reshape(shape), lambda x, shape: np.reshape(x, shape), 1, _shape
    ),
    "permute": Operation(
        lambda _, x, dims: x.permute(dims), lambda x, dims: np.transpose(x, dims), 1, _order
    ),
    "unsqueeze": Operation(lambda _, x: x[None], lambda x: x[None], 1, _when(lambda x: x.ndim < 3)),
    "getitem": Operation(lambda _, x, index: x[index], lambda x, index: x[index], 1, _index),
    "cat": Operation(
        lambda lib, x, y, dim: lib.cat([x, y], dim),
        lambda x, y, dim: np.concatenate([x, y], dim),
        2,
        _same_but_one,
    ),
    "stack": Operation(
        lambda lib, x, y, dim: lib.stack([x, y], dim), lambda x, y, dim: np.stack([x, y], dim), 2, _stackable
    ),
    "sort": Operation(lambda _, x, dim: x.sort(dim)[0], lambda x, dim: np.sort(x, dim), 1, _distinct),
    "flip": Operation(lambda _, x, dim: x.flip(dim), lambda x, dim: np.flip(x, dim), 1, _axis),
    "roll": Operation(lambda _, x, dim: x.roll(1, dim), lambda x, dim: np.roll(x, 1, dim), 1, _axis),
    "cumsum": _method("cumsum", lambda x, dim: np.cumsum(x, dim), _axis),
    "cumprod": _method("cumprod", lambda x, dim: np.cumprod(x, dim), _axis),
    "logcumsumexp": _method("logcumsumexp", lambda x, dim: np.logaddexp.accumulate(x, dim), _axis),
    "cummax": Operation(
        lambda _, x, dim: x.cummax(dim)[0], lambda x, dim: np.maximum.accumulate(x, dim), 1, _distinct
    ),
    "var": _reducing("var", lambda x, axis, keepdims: np.var(x, axis, ddof=1, keepdims=keepdims), _several),
    "std": _reducing("std", lambda x, axis, keepdims: np.std(x, axis, ddof=1, keepdims=keepdims), _several),
    "prod": _reducing("prod", np.prod),
    "gather": Operation(
        lambda lib, x, dim, index: x.gather(dim, lib.tensor(index)),
        lambda x, dim, index: np.take_along_axis(x, index, dim),
        1,
        _gather,
    ),
    "solve": Operation(
        lambda lib, x: lib.linalg.solve(_ground(lib, x), x),
        lambda x: np.linalg.solve(_grounded(x), x),
        1,
        _is_matrix,
    ),
    "inv": Operation(
        lambda lib, x: lib.linalg.inv(_ground(lib, x)), lambda x: np.linalg.inv(_grounded(x)), 1, _is_matrix
    ),
    "logdet": Operation(
        lambda lib, x: lib.logdet(_ground(lib, x)),
        lambda x: np.linalg.slogdet(_grounded(x))[1],
        1,
        _is_matrix,
    ),
    "cholesky": Operation(
        lambda lib, x: lib.linalg.cholesky(_ground(lib, x)),
        lambda x: np.linalg.cholesky(_grounded(x)),
        1,
        _is_matrix,
    ),
    "tril": _method("tril", np.tril, _is_matrix),
    "write": Operation(
        lambda _, x, y, index: _write(x.clone(), index, y),
        lambda x, y, index: _write(x.copy(), index, y),
        2,
        _basic_index,
    ),
    "add_in_place": Operation(
        lambda _, x, y: _add_in_place(x.clone(), y),
        lambda x, y: _add_in_place(x.copy(), y),
        2,
        _when(lambda x, y: x.ndim),
    ),
    "scale_view": Operation(
        lambda _, x, index: _scale_view(x.clone(), index, 0.5),
        lambda x, index: _write(x.copy(), index, x[index] * 0.5),
        1,
        _basic_index,
    ),
}


def _apart(x: Array, y: Array) -> dict[str, Any] | None:
    """No parameters, where x and y broadcast and are nowhere nearly equal."""
    try:
        return {} if bool((abs(x - y) > MARGIN).all()) else None
    except ValueError:
        return None
