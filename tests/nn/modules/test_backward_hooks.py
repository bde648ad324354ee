"""Backward hooks of modules: when they run, what they may return, and what becomes of the module's result."""

from collections import OrderedDict
from contextlib import nullcontext
from typing import Any, NamedTuple

import pytest

import autograd_cnn as ag
from autograd_cnn import nn


class Pair(NamedTuple):
    first: Any
    second: Any


class Returning(nn.Module):
    """A module that makes of ``2 x`` what it was told to."""

    def __init__(self, make: Any) -> None:
        super().__init__()
        self.make = make

    def forward(self, x: Any) -> Any:
        return self.make(x * 2)


def called(module: nn.Module) -> list[Any]:
    seen: list[Any] = []
    module.register_full_backward_hook(lambda *given: seen.append(given[1:]))
    return seen


@pytest.mark.parametrize(
    ("make", "loss"),
    [
        (lambda y: y, lambda r: r.sum()),
        (lambda y: (y, y * 2), lambda r: r[1].sum()),
        (lambda y: Pair(y, y * 2), lambda r: r.second.sum()),
        (lambda y: Pair(y, "text"), lambda r: r.first.sum()),
    ],
)
def test_a_result_keeps_its_type_and_the_hook_runs(make: Any, loss: Any) -> None:
    x = ag.ones(2, requires_grad=True)
    module = Returning(make)
    plain = module(x)
    seen = called(module)
    result = module(x)
    assert type(result) is type(plain)
    loss(result).backward()
    assert len(seen) == 1
    (grad_input, grad_output) = seen[0]
    assert len(grad_output) == (len(plain) if isinstance(plain, tuple) else 1)
    assert grad_input[0].tolist() == x.grad.tolist()


@pytest.mark.parametrize(
    ("make", "loss"),
    [
        (lambda y: {"a": y}, lambda r: r["a"].sum()),
        (lambda y: OrderedDict(a=y), lambda r: r["a"].sum()),
        (lambda y: [y, y], lambda r: r[0].sum()),
    ],
)
@pytest.mark.parametrize("wanted", [True, False])
def test_the_inside_of_a_dict_or_a_list_is_not_watched_and_that_is_said(
    make: Any, loss: Any, wanted: bool
) -> None:
    x = ag.ones(2, requires_grad=wanted)
    module = Returning(make)
    module.weight = nn.Parameter(ag.ones(2))
    seen = called(module)
    with pytest.warns(
        UserWarning, match="module output should be a Tensor or a tuple of Tensors but received"
    ):
        result = module(x)
    assert type(result) is type(make(x))
    if wanted:
        loss(result).backward()
        assert x.grad.tolist() == [2.0, 2.0]
    assert seen == []


def test_without_an_input_that_wants_a_gradient_a_hook_returns_none() -> None:
    for returned, fine in ((None, True), ((None,), True), ((ag.ones(1, 1),), False), (ag.ones(1, 1), False)):
        module = nn.Linear(1, 1)
        module.register_full_backward_hook(lambda *_, returned=returned: returned)
        loss = module(ag.ones(1, 1)).sum()
        refused = pytest.raises(RuntimeError, match="no input requires gradient should always return None")
        with pytest.warns(UserWarning, match="Full backward hook"), nullcontext() if fine else refused:
            loss.backward()


def test_a_hook_returns_as_many_gradients_as_it_was_given() -> None:
    module = nn.Bilinear(1, 1, 1)
    handle = module.register_full_backward_hook(lambda *_: (ag.ones(1, 1),))
    x, y = ag.ones(1, 1, requires_grad=True), ag.ones(1, 1, requires_grad=True)
    with pytest.raises(RuntimeError, match="invalid number of grad_input, got 1, but expected 2"):
        module(x, y).sum().backward()
    handle.remove()
    module.register_full_backward_pre_hook(lambda *_: (ag.ones(1, 1), None))
    with pytest.raises(RuntimeError, match="invalid number of grad_output, got 2, but expected 1"):
        module(x, y).sum().backward()


class Scaled(nn.Module):
    def forward(self, a: Any, b: Any) -> Any:
        return a * 2, b * 3


def test_inputs_of_different_dtypes_keep_them():
    module = Scaled()
    seen = called(module)
    a, b = ag.ones(2, requires_grad=True), ag.ones(3, dtype=ag.float64, requires_grad=True)
    x, y = module(a, b)
    assert (x.dtype, y.dtype) == (ag.float32, ag.float64)
    (x.sum() + y.sum()).backward()
    (inputs, outputs), *_ = seen
    assert [g.dtype for g in inputs] == [g.dtype for g in outputs] == [ag.float32, ag.float64]
    assert (a.grad.tolist(), b.grad.tolist()) == ([2.0] * 2, [3.0] * 3)


def test_a_replaced_gradient_of_several_inputs_goes_on():
    module = Scaled()
    module.register_full_backward_hook(lambda module, inputs, outputs: tuple(g * 10 for g in inputs))
    a, b = ag.ones(2, requires_grad=True), ag.ones(3, dtype=ag.float64, requires_grad=True)
    sum(part.sum().double() for part in module(a, b)).backward()
    assert (a.grad.tolist(), b.grad.tolist()) == ([20.0] * 2, [30.0] * 3)


class Weighed(nn.Module):
    """2 x + 3 y + ..."""

    def forward(self, *inputs: ag.Tensor) -> ag.Tensor:
        total = inputs[0] * 2
        for i, each in enumerate(inputs[1:]):
            total = total + each * (3 + i)
        return total


@pytest.mark.parametrize(
    "kept", [(True,), (False,), (False, True), (True, False), (False, False), (True, False, True)]
)
def test_a_gradient_that_a_hook_leaves_out_is_zero(kept: tuple[bool, ...]) -> None:
    def some(module: nn.Module, grad_input: Any, grad_output: Any) -> Any:
        return tuple(g if keeps else None for g, keeps in zip(grad_input, kept, strict=True))

    module = Weighed()
    module.register_full_backward_hook(some)
    inputs = [ag.full((2,), float("inf"), requires_grad=True) for _ in kept]
    module(*inputs).sum().backward()
    found = [x.grad.tolist() for x in inputs]
    assert found == [[float(2 + i) if keeps else 0.0] * 2 for i, keeps in enumerate(kept)]


def test_a_gradient_of_an_output_that_a_hook_leaves_out_is_zero() -> None:
    class Twice(nn.Module):
        def forward(self, x: ag.Tensor) -> tuple[ag.Tensor, ag.Tensor]:
            return x * 2, x * 3

    module, x = Twice(), ag.ones(2, requires_grad=True)
    module.register_full_backward_pre_hook(lambda module, grad_output: (None, grad_output[1]))
    a, b = module(x)
    (a + b).sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [3.0, 3.0]


def test_warnings_of_hooks_name_the_users_line() -> None:
    def nothing(module: nn.Module, grad_input: Any, grad_output: Any) -> None:
        return None

    linear = nn.Linear(2, 2)
    linear.register_full_backward_hook(nothing)
    with pytest.warns(UserWarning, match="Full backward hook is firing") as told:
        linear(ag.ones(1, 2)).sum().backward()
    identity = nn.ModuleDict()
    identity.register_full_backward_hook(nothing)
    identity.forward = lambda x: [x]
    with pytest.warns(UserWarning, match="output should be a Tensor or a tuple") as of_lists:
        identity(ag.ones(1, requires_grad=True))
    assert {each.filename for each in (*told, *of_lists)} == {__file__}
