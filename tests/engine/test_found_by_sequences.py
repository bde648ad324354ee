"""What random sequences beside PyTorch found (``testing/sequences``), by kind."""

import copy
from typing import Any

import pytest

import autograd_cnn as ag
import autograd_cnn.nn.functional as F


@pytest.mark.parametrize("write", [F.silu, F.mish, F.hardswish, F.elu, F.relu])
@pytest.mark.parametrize("view", [lambda b: b.t(), lambda b: b[0], lambda b: b.view(-1)])
def test_hooks_of_a_view_hear_nothing_of_its_old_value_once_it_is_written(write: Any, view: Any) -> None:
    """However often the activation uses that value."""
    base = ag.tensor([[1.0, -0.5]], requires_grad=True) * 1.5
    part, heard = view(base), list[Any]()
    part.register_hook(heard.append)
    write(part, inplace=True)
    part.sum().backward()
    assert not heard


@pytest.mark.parametrize("make", [lambda x: x.log_softmax(0), lambda x: x.softmax(0), lambda x: x * 1])
def test_a_result_that_is_shaped_last_is_no_view_under_no_grad(make: Any) -> None:
    x = ag.tensor(0.5, requires_grad=True)
    with ag.no_grad():
        made = make(x)
    made.reshape(1).add_(x)
    assert made.requires_grad
    assert made.ravel().requires_grad
    (slope,) = ag.autograd.grad(made * 3, x)
    assert slope.item() == 3


def test_a_saved_result_without_a_gradient_is_a_constant() -> None:
    class Signed(ag.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            sign, count = x.sign(), (x > 0).long()
            ctx.mark_non_differentiable(sign)
            ctx.save_for_backward(sign, count)
            return x * sign, sign, count

        @staticmethod
        def backward(ctx: Any, g: Any, *_: Any) -> Any:
            assert not any(saved.requires_grad for saved in ctx.saved_tensors)
            return g * ctx.saved_tensors[0]

    x = ag.tensor([1.0, -2.0], requires_grad=True)
    (slope,) = ag.autograd.grad(Signed.apply(x)[0].sum(), x, create_graph=True)
    assert slope.tolist() == [1, -1]
    assert not slope.requires_grad


@pytest.mark.parametrize(
    "take", [lambda x: x.diagonal(1, 2, 0).diagonal(1, 0, 1), lambda x: x[2:, 1:], lambda x: x[:0]]
)
def test_what_has_no_elements_is_copied(take: Any) -> None:
    part = take(ag.zeros(2, 1, 1))
    made = copy.deepcopy(part)
    assert made.shape == part.shape
    assert made.numel() == 0
