"""Steps that compute new tensors."""

from functools import partial
from math import prod

from .drawing import MOST, Draw, writable
from .kinds import kind, templates

computed = partial(templates, "operators", any_mode=True)

computed("{x}.sin()", "{x}.cos()", "{x}.tanh()", "{x}.sigmoid()", weight=3, smooth=True)
computed("{x} * {c}", "{x} + {c}", "{c} - {x}", "{x} / {c}", "-{x}", weight=3, smooth=True)
computed("{x} + {y}", "{x} - {y}", "{x} * {y}", "{x} / ({y} * {y} + 1.0)", weight=5, smooth=True)
computed("({x} * {x} + 1.0).log()", "({x} * {x} + 1.0).sqrt()", "(-{x} * {x}).exp()", smooth=True)
computed("{x}.clone()", "{x} * 1", "torch.clone({x})", weight=2, smooth=True)
computed("{x}.sum()", "{x}.sum({dim})", "{x}.sum({dim}, keepdim=True)", weight=1.5, smooth=True)
computed("{x}.cumsum({dim})", "{x}.flip({dim})", "{x}.roll(1, {dim})", smooth=True)
computed("{x}.softmax({dim})", "{x}.log_softmax({dim})", "{x}.logsumexp({dim})", smooth=True)
computed("{x}.mT @ {x}", "{x} @ {x}.mT", smooth=True, fits=lambda t: len(t.shape) == 2)
computed("{x}.abs()", "{x}.clamp(-0.5, 0.5)", "{x}.clamp_min(0.1)", weight=2)
computed("torch.where({x} > 0.2, {x}, {y})", "torch.where({x} > 0.1, {x} * 2.0, {c})")
computed("{x}.masked_fill({x} > 0.2, {c})", "torch.maximum({x}, {y} * 0.7)", "{x}.amax()")
computed("{x} > {c}", "{x}.round().to(torch.int64)", "({x} * 2).int()")
computed("{x}.to(torch.float32)", "{x}.double()", "{x}.to({y}.dtype)", "{x}.type_as({y})")
computed("torch.zeros_like({x})", "torch.ones_like({x})", "{x}.new_zeros({x}.shape)", weight=0.7)
computed(
    "torch.cat([{x}, {x} * {c}], {dim})",
    "torch.stack([{x}, {x} * {c}], -1)",
    smooth=True,
    fits=lambda t: 0 < len(t.shape) < 4 and prod(t.shape) <= MOST // 2,
)


@kind("operators", 1, smooth=True, any_mode=True)
def gathered(draw: Draw) -> str | None:
    """What lies at places along an axis, with repeats."""
    x = draw.tensor(lambda t: len(t.shape) > 0 and prod(t.shape) > 0)
    if x is None:
        return None
    dim = draw.randrange(len(draw.shape(x)))
    places = draw.places(draw.shape(x)[dim], draw.randrange(1, 4), repeats=True)
    return f"{draw.fresh()} = {x}.index_select({dim}, torch.tensor({places}))"


@kind("operators", 1, smooth=True, any_mode=True)
def out_of_place(draw: Draw) -> str | None:
    """What could be written in place, into a copy. Where elements share a place PyTorch's copy does so too,
    and what comes out is open."""
    x = draw.tensor(lambda t: len(t.shape) > 0 and prod(t.shape) > 0 and writable(t))
    if x is None:
        return None
    dim = draw.randrange(len(draw.shape(x)))
    part = draw.tensor(lambda t: tuple(t.shape) == draw.shape(x)[:dim] + draw.shape(x)[dim + 1 :])
    if part is None:
        return f"{draw.fresh()} = {x}.index_fill({dim}, torch.tensor([0]), {draw.number()})"
    return f"{draw.fresh()} = {x}.select_scatter({part}, {dim}, 0)"


@kind("operators", 1, any_mode=True)
def rectified(draw: Draw) -> str | None:
    """Only where there are no gradients of gradients: PyTorch's derivative of a ReLU's saves its result once
    more, to be refused once that is written, and gives zeros."""
    x = draw.tensor()
    return None if x is None or not draw.listens else f"{draw.fresh()} = {x}.relu()"
