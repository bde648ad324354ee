"""Sums along a row, taken apart: what is one number for the row comes out, and a sum of sums is a sum each.

So the sums of a derivative do not wait for each other: Σ (g w / s + (x - m) t) along a row is Σ g w / s +
(Σ x - n m) t, and Σ g w is taken while the row is passed over for its mean. Sums are doubles, in which
nothing is lost by it.
"""

from collections.abc import Callable
from functools import reduce

from .._arithmetic import add, divide, multiply, negative, subtract
from .._primitive import Primitive
from .expression import Expression

Question = Callable[[Expression], bool]


def taken_apart(
    value: Expression,
    total: Callable[[Expression], Expression],
    count: int,
    along: Question,
    meant: Callable[[Expression], Expression],
) -> Expression:
    """The sum of ``value`` over a row of ``count`` places, made of sums ``total(part)``.

    ``along`` says whether a part changes along the row, ``meant`` gives what an operand stands for.
    """
    value = meant(value)
    if not along(value):
        return _node(multiply, value, value.trace.constant(count))
    if value.op in (add, subtract):
        assert isinstance(value.op, Primitive)
        return _node(value.op, *(taken_apart(a, total, count, along, meant) for a in value.args))
    over, under = _factors(value, meant)
    moving, still = [f for f in over if along(f)], [f for f in over if not along(f)]
    if any(map(along, under)):
        return total(value)
    if len(moving) == 1 and moving[0].op in (add, subtract):
        summed = taken_apart(moving[0], total, count, along, meant)
    else:
        summed = total(reduce(lambda a, b: _node(multiply, a, b), moving))
    for factor in still:
        summed = _node(multiply, summed, factor)
    for divisor in under:
        summed = _node(divide, summed, divisor)
    return summed


def _factors(
    value: Expression, meant: Callable[[Expression], Expression]
) -> tuple[list[Expression], list[Expression]]:
    """A product and quotient of so many: what stands above and below."""
    value = meant(value)
    if value.op is negative:
        over, under = _factors(value.args[0], meant)
        return [*over, value.trace.constant(-1)], under
    if value.op not in (multiply, divide):
        return [value], []
    (a, b), (c, d) = (_factors(x, meant) for x in value.args)
    return (a + c, b + d) if value.op is multiply else (a + d, b + c)


def _node(prim: Primitive, *args: Expression) -> Expression:
    """An expression of which only the value is asked: its shape is that of the row's other numbers."""
    return args[0].trace.make(prim, args, {}, ())
