"""The same primitive on other operands than its samples: shared, of other shapes, of integers."""

import itertools
from collections.abc import Iterator

import numpy as np

from .._devices.device import device_of
from .._devices.transfer import move
from .._tensor import tensor_of
from ._agreement import CheckError
from ._checks import first_order
from ._draw import Draw
from ._numeric import Array, Call, gradients, read_only, results, vjp


@np.errstate(all="ignore")  # an operand in another's place may lie outside its domain
def sharing(call: Call, draw: Draw) -> float:
    """One tensor as two operands: it receives the sum of what comes back for both."""
    worst = 0.0
    for i, j in itertools.combinations(call.wanted, 2):
        if call.operands[i].shape != call.operands[j].shape:
            continue
        same = call.at([call.operands[i].copy() if k == j else x for k, x in enumerate(call.operands)])
        try:
            out = results(same)
        except (
            np.linalg.LinAlgError,
            ValueError,
            RuntimeError,
        ):  # the operator is not defined where both are equal
            continue
        upstream = [read_only(move(draw(*y.shape).astype(y.dtype), device_of(y))) for y in out]
        apart = vjp(same, [i, j], upstream)
        tied = tensor_of(same.operands[i], True)
        operands = [tied if k in (i, j) else tensor_of(x) for k, x in enumerate(same.operands)]
        made = call.primitive(*operands, **call.parameters)
        (together,) = gradients(tuple(made) if call.primitive.outputs else (made,), upstream, [tied])
        what = f"the gradient of {call} for one tensor as {call.label(i)} and {call.label(j)}"
        worst = max(worst, _same(what, together, apart[0] + apart[1], "same tensor twice"))
    return worst


def shapes(call: Call, draw: Draw) -> float:
    """Operands without axes, with one element, with none, and each in turn broadcast against the others."""
    worst = 0.0
    shape = np.broadcast_shapes(*(x.shape for x in call.operands))
    if shape and 0 not in shape:
        whole = [np.broadcast_to(x, shape) for x in call.operands]
        for operands in _shaped(whole):
            worst = max(worst, first_order(call.at(operands), draw))
    return worst


def _shaped(whole: list[Array]) -> Iterator[list[Array]]:
    """Variants of operands that all have one shape."""
    ndim = whole[0].ndim
    scalars = [x[(0,) * ndim] for x in whole]
    yield [_array(x) for x in scalars]
    yield [x.reshape(1) for x in map(_array, scalars)]
    yield [x[:0] for x in whole]
    for k in range(len(whole) if len(whole) > 1 else 0):
        for one in (_array(scalars[k]), whole[k][:1], whole[k][..., :1]):
            yield [one if i == k else x for i, x in enumerate(whole)]


def _array(x: Array) -> Array:
    return np.asarray(x) if isinstance(x, np.generic) else x


@np.errstate(all="ignore")  # as above: rounded values
def integers(call: Call, draw: Draw) -> float:
    """An integer operand beside others: what comes back to the others is as if it were a float of the same
    value."""
    worst = 0.0
    for k in call.wanted:
        others = [i for i in call.wanted if i != k]
        whole = np.where(np.abs(call.operands[k]) < 0.5, 1.0, np.round(call.operands[k]))
        as_float = call.at([whole if i == k else x for i, x in enumerate(call.operands)])
        as_integer = call.at([whole.astype(np.int64) if i == k else x for i, x in enumerate(call.operands)])
        upstream = [read_only(move(draw(*y.shape).astype(y.dtype), device_of(y))) for y in results(as_float)]
        for i, g, e in zip(
            others, vjp(as_integer, others, upstream), vjp(as_float, others, upstream), strict=True
        ):
            what = f"the gradient for {call.label(i)} of {call} with an integer {call.label(k)}"
            worst = max(worst, _same(what, g, e, "integer operand"))
    return worst


def _same(what: str, found: Array, expected: Array, cause: str) -> float:
    """Equal up to rounding, where finite."""
    found, expected = read_only(found), read_only(expected)
    if found.shape != expected.shape or found.dtype != expected.dtype:
        raise CheckError(
            f"{what} is {found.dtype}{list(found.shape)}, expected {expected.dtype}{list(expected.shape)}",
            cause,
        )
    finite = np.isfinite(expected)
    apart, scale = (
        float(np.abs(np.where(finite, x, 0.0)).max()) if x.size else 0.0 for x in (found - expected, expected)
    )
    worst = apart / (1.0 + scale)
    if not worst <= 1e-10:
        raise CheckError(f"{what} differs from what is expected by {worst:.1e}", cause)
    return worst
