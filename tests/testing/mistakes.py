"""Wrong backward formulas, of every operator: what a check has to find.

A mistake takes the right gradients for an upstream signal, as a function of the signal, and makes wrong ones
of them: ``mistake(right, g)``.
"""

from collections.abc import Callable

import numpy as np

import autograd_cnn as ag
from autograd_cnn.autograd import Function
from autograd_cnn.ops import Primitive

Gradients = list[ag.Tensor]
Right = Callable[[ag.Tensor], Gradients]
Mistake = Callable[[Right, ag.Tensor], Gradients]


def _after(change: Callable[[ag.Tensor, ag.Tensor], ag.Tensor]) -> Mistake:
    return lambda right, g: [change(d, g) for d in right(g)]


def _before(change: Callable[[ag.Tensor], ag.Tensor]) -> Mistake:
    return lambda right, g: right(change(g))


def _one_element(d: ag.Tensor, g: ag.Tensor) -> ag.Tensor:
    """The largest element off by a tenth."""
    factor = np.ones(d.shape, d.array.dtype)
    factor.flat[int(abs(d.array).argmax())] = 1.1
    return d * ag.from_numpy(factor)


def _memory_for_axes(g: ag.Tensor) -> ag.Tensor:
    """Numbers in the order of memory are taken for numbers in the order of axes."""
    return ag.tensor(g.array.ravel(order="K").reshape(g.shape))


def _expanded_is_zero(g: ag.Tensor) -> ag.Tensor:
    """Wrong only where one number in memory stands for all."""
    return g * 0 if g.array.size > 1 and not any(g.array.strides) else g


def _in_place(right: Right, g: ag.Tensor) -> Gradients:
    found = right(g)
    g.mul_(2)
    return found


def _mean_for_sum(d: ag.Tensor, g: ag.Tensor) -> ag.Tensor:
    return d / g.array.size if g.array.size > 1 else d * 0.5


MISTAKES: dict[str, Mistake] = {
    "sign": _after(lambda d, g: -d),
    "factor 1.003": _after(lambda d, g: d * 1.003),
    "factor 2": _after(lambda d, g: d * 2),
    "another term": _after(lambda d, g: d + 0.01 * abs(d.array).max() * g.sum()),
    "a constant": _after(lambda d, g: d + 1e-3),
    "a small constant": _after(lambda d, g: d + 1e-7),
    "mean for sum": _after(_mean_for_sum),
    "one element": _after(_one_element),
    "off by one": _after(lambda d, g: d.reshape(-1).roll(1).reshape(d.shape)),
    "ignores g": _before(lambda g: g * 0 + 1),
    "the sign of g": _before(lambda g: g.sign()),
    "g and its square": _before(lambda g: g + 1e-3 * g * g),
    "the size of g": _before(lambda g: g.abs()),
    "g clipped": _before(lambda g: g.clamp(-2, 2)),
    "g normalised": _before(lambda g: g / g.abs().max().clamp(min=1e-30) if g.array.size else g),
    "small g lost": _before(lambda g: ag.where(g.abs() < 1e-3, g * 0, g)),
    "positive g only": _before(lambda g: g.clamp(min=0)),
    "mean taken from g": _before(lambda g: g - g.mean() if g.array.size else g),
    "memory for axes": _before(_memory_for_axes),
    "expanded g": _before(_expanded_is_zero),
    "g in place": _in_place,
}


def wrapped(primitive: Primitive, parameters: dict[str, object], mistake: Mistake | None) -> type[Function]:
    """A primitive of one result as an ``autograd.Function``, whose backward makes a mistake, or none."""

    class Wrapped(Function):
        @staticmethod
        def forward(ctx, *operands):
            ctx.save_for_backward(*operands)
            return primitive(*operands, **parameters)

        @staticmethod
        def backward(ctx, g):
            places = [i for i, needed in enumerate(ctx.needs_input_grad) if needed]
            with ag.enable_grad():
                leaves = [t.detach() for t in ctx.saved_tensors]
                for i in places:
                    leaves[i].requires_grad_()
                out = primitive(*leaves, **parameters)

            def right(signal):
                return list(
                    ag.autograd.grad(
                        out, [leaves[i] for i in places], signal, retain_graph=True, materialize_grads=True
                    )
                )

            made = right(g) if mistake is None else mistake(right, g)
            found = dict(zip(places, made, strict=True))
            return tuple(found.get(i) for i in range(len(ctx.saved_tensors)))

    return Wrapped
