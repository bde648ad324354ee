"""An operator that waits, and what is known of its result before it runs."""

from __future__ import annotations

import math
import weakref
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from .._engine.modes import State
from ..ops import Primitive
from ..ops.formulas import Formula
from ..ops.formulas.derivative import sorted_expressions
from ..ops.formulas.elements import ELEMENTS
from ..ops.formulas.expression import Expression, Trace
from ..ops.formulas.makers import NoFormulaError
from ..ops.formulas.meanings import MEANINGS
from ..ops.formulas.schedule import REDUCTIONS, name_of

Order = tuple[int, ...]
"""Axes in the order of memory where that is not the order of rows; () where it is."""

_OTHERS = frozenset(("amax", "amin", "cast", "power", "sum"))
"""Operators that formulas know, beside the elementwise ones and those that are written as others."""

_KNOWN_FACTS = 4096


class Fact(NamedTuple):
    """What is known of a result before it is computed."""

    shape: tuple[int, ...]
    truth: bool
    """Whether it is true or false."""
    reduces: bool
    """Whether something is summed on the way, or the largest taken."""


class Step:
    """An operator whose run was put off, with what it read."""

    __slots__ = (
        "depth",
        "done",
        "fact",
        "mode",
        "number",
        "operands",
        "order",
        "params",
        "prim",
        "space",
        "stand_in",
        "tensor",
        "told",
        "uses",
        "wants",
    )

    prim: Primitive
    operands: tuple[Any, ...]
    """Steps, numbers, and Tensors made of the array and the node that the operand had."""
    params: dict[str, Any]
    told: str
    """The parameters as a key."""
    mode: State
    fact: Fact
    order: Order
    wants: bool
    """Whether its result requires a gradient."""
    depth: int
    """How many steps wait for each other up to here."""
    number: int
    uses: int
    """How many steps that were put off read its result."""
    tensor: Callable[[], Any]
    """The Tensor that stands for the result, while somebody holds it."""
    done: Any
    """A Tensor with the result once it was computed; None before."""
    stand_in: np.ndarray
    """What describes the result's array, without its memory: for who asks for no more."""
    space: int
    """Elements of the largest array on the way to it."""


def eligible(prim: Primitive) -> bool:
    """Whether a formula may contain it; what is a view shares memory, and is one at once."""
    if prim.view or prim.variadic or prim.outputs:
        return False
    return isinstance(prim, Formula) or prim.name in ELEMENTS or prim.name in MEANINGS or prim.name in _OTHERS


def applied(prim: Primitive, values: Sequence[Any], params: dict[str, Any]) -> Any:
    """``prim`` of symbols, or of anything else; a formula of symbols is what it is made of."""
    if isinstance(prim, Formula) and any(isinstance(v, Expression) for v in values):
        return prim.definition(*values, **params)
    return prim(*values, **params)


class Signature(NamedTuple):
    """A call, as far as the shape of its result depends on it."""

    prim: Primitive
    told: str
    operands: tuple[Any, ...]
    """(shape, truth) of a tensor; a number as text."""


_facts: dict[Signature, Fact | None] = {}


def fact_of(signature: Signature, params: dict[str, Any]) -> Fact | None:
    """What is known of the result; None where formulas do not follow the call, be it that it is an error."""
    try:
        return _facts[signature]
    except KeyError:
        pass
    if len(_facts) >= _KNOWN_FACTS:
        _facts.clear()
    found = _facts[signature] = _found(signature, params)
    return found


def _found(signature: Signature, params: dict[str, Any]) -> Fact | None:
    trace = Trace()
    values = [
        float(o) if isinstance(o, str) else trace.operand(f"x{i}", *o)
        for i, o in enumerate(signature.operands)
    ]
    try:
        out = applied(signature.prim, values, params)
    except NoFormulaError:
        return None
    if not isinstance(out, Expression) or isinstance(out.op, str):
        return None  # an operand itself, or a constant
    inside = sorted_expressions([out], through_meaning=True)
    return Fact(out.shape, out.truth, any(name_of(e) in REDUCTIONS for e in inside))


@lru_cache(1024)
def stand_in(shape: tuple[int, ...], truth: bool, order: Order) -> np.ndarray:
    """An array that says of itself what one in this shape and order says, and must not be read: it has the
    memory of one number."""
    kind = np.dtype(np.bool_ if truth else np.float32)
    strides, step = [0] * len(shape), kind.itemsize
    for axis in reversed([*(i for i in range(len(shape)) if i not in order), *order]):
        strides[axis] = step
        step *= shape[axis]
    return np.lib.stride_tricks.as_strided(np.zeros((), kind), shape, strides)


def order_of(array: np.ndarray) -> Order | None:
    """How an array lies in memory; None where there are gaps or repetitions."""
    if array.flags.c_contiguous:
        return ()
    axes = sorted((i for i, n in enumerate(array.shape) if n > 1), key=lambda i: -array.strides[i])
    expected = array.itemsize
    for i in reversed(axes):
        if array.strides[i] != expected:
            return None
        expected *= array.shape[i]
    return tuple(axes)


def common_order(fact: Fact, described: Sequence[tuple[tuple[int, ...], Order]]) -> Order | None:
    """How NumPy would lay the result of operands of these shapes and orders; None where that is not said
    here."""
    found = {order for shape, order in described if shape == fact.shape and _depends(shape)}
    partial = any(shape != fact.shape and _depends(shape) for shape, _ in described)
    if any(order for shape, order in described if shape != fact.shape):
        return None
    if not any(found):
        return ()
    if len(found) > 1 or partial or fact.reduces:
        return None
    return next(iter(found))


def _depends(shape: tuple[int, ...]) -> bool:
    """Whether there is more than one order to lie in."""
    return sum(n > 1 for n in shape) > 1


def size_of(shape: tuple[int, ...]) -> int:
    """The number of elements."""
    return math.prod(shape)


def reference(tensor: Any, forget: Callable[[Any], None]) -> Any:
    """A weak reference to a Tensor that says by which key it is known."""
    found = _Reference(tensor, forget)
    found.key = id(tensor)
    return found


class _Reference(weakref.ref[Any]):
    __slots__ = ("key",)

    key: int
