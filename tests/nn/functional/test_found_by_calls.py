"""What random calls of the functions of networks beside PyTorch found (``testing/calls``), by kind."""

import math
from typing import Any

import numpy as np
import pytest

import autograd_cnn as ag
import autograd_cnn.nn.functional as F
from autograd_cnn._engine.modes import fusion

ACTIVATIONS = [
    *("elu", "selu", "celu", "gelu", "silu", "mish", "softplus", "softsign", "hardtanh", "hardswish"),
    *("hardshrink", "softshrink", "tanhshrink", "relu6", "logsigmoid", "relu", "leaky_relu"),
    *("sigmoid", "tanh", "hardsigmoid"),
]


@pytest.mark.parametrize("dtype", [ag.float32, ag.float64, ag.float16])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_of_nan_is_nan(name: str, dtype: Any) -> None:
    for fused in (True, False):
        with fusion(fused):
            out = getattr(F, name)(ag.tensor([math.nan, -math.inf, -4.0, 0.5] * 5, dtype=dtype))
        assert np.isnan(out.array).tolist() == [True, False, False, False] * 5


KINDS = (ag.float16, ag.float32, ag.float64, ag.int64)


@pytest.mark.parametrize("function", [ag.addcmul, ag.addcdiv])
@pytest.mark.parametrize("kinds", [(a, b, c) for a in KINDS for b in KINDS for c in KINDS])
def test_a_part_of_a_sum_has_the_digits_of_the_sum(function: Any, kinds: tuple[Any, Any, Any]) -> None:
    """The product and the quotient are made in the dtype that all three have in common."""
    if function is ag.addcdiv and all(kind is ag.int64 for kind in kinds[1:]):
        return
    operands = [ag.tensor([value], dtype=kind) for value, kind in zip((0, 1, 3), kinds, strict=True)]
    out = function(*operands)
    widest = max(kinds, key=lambda kind: (kind.is_floating_point, kind.itemsize))
    assert out.dtype == widest
    expected = np.asarray(1, out.array.dtype) / np.asarray(3, out.array.dtype)
    assert out.item() == (3 if function is ag.addcmul else expected.item())


OPERANDS: dict[str, Any] = {
    "input": ag.ones(2, 3),
    "linear_weight": ag.ones(4, 3),
    "target": ag.zeros(2, dtype=ag.int64),
}


@pytest.mark.parametrize("name", OPERANDS)
@pytest.mark.parametrize("wrong", [None, 2.5, "x", [[1.0]]])
def test_linear_cross_entropy_says_which_operand_is_none(name: str, wrong: Any) -> None:
    with pytest.raises(TypeError, match=f"linear_cross_entropy.*'{name}'.* must be Tensor"):
        F.linear_cross_entropy(**OPERANDS | {name: wrong})


@pytest.mark.parametrize("fused", [True, False])
def test_labels_none_of_which_counts_leave_no_slope_of_any_order(fused: bool) -> None:
    x = ag.tensor([[0.5, -1.0, 2.0]], requires_grad=True)
    with fusion(fused):
        loss = F.cross_entropy(x, ag.tensor([-100]))
        assert math.isnan(loss.item())
        (first,) = ag.autograd.grad(loss, x, create_graph=True)
        (second,) = ag.autograd.grad((first * ag.tensor([[1.0, 2.0, 3.0]])).sum(), x)
    assert first.tolist() == second.tolist() == [[0, 0, 0]]


@pytest.mark.parametrize("ignored", [np.int64(1), np.int32(1), 1])
def test_the_label_that_does_not_count_may_be_a_number_of_numpys(ignored: Any) -> None:
    x = ag.tensor([[0.5, -1.0], [2.0, 1.0]])
    assert F.cross_entropy(x, ag.tensor([0, 1]), ignore_index=ignored) == F.cross_entropy(
        x[:1], ag.tensor([0])
    )


def test_of_infinite_variance_the_loss_is_infinite() -> None:
    variance = ag.tensor([math.inf, math.nan, 0.0, 4.0], requires_grad=True)
    x = ag.tensor([1.0, 1.0, 0.0, 2.0])
    losses = F.gaussian_nll_loss(x, ag.zeros(4), variance, reduction="none", eps=0.25)
    np.testing.assert_allclose(
        losses.detach().array, [math.inf, math.nan, math.log(0.25) / 2, math.log(4) / 2 + 0.5], rtol=1e-6
    )
    losses[2:].sum().backward()
    assert variance.grad is not None
    np.testing.assert_allclose(variance.grad.array[2:], [2, 0])  # the clamped one has its slope too


@pytest.mark.parametrize("p", [0.5, 1.0, 2.0, math.inf])
def test_a_vector_that_renorm_leaves_has_the_slope_of_itself(p: float) -> None:
    for in_place in (False, True):
        x = ag.tensor([[math.nan, 1.0], [0.0, 0.0], [30.0, 40.0]], requires_grad=True)
        out = (x * 1).renorm_(p, 0, 5) if in_place else x.renorm(p, 0, 5)
        out[:2].sum().backward()
        assert out[1].tolist() == [0, 0]
        assert x.grad is not None
        assert x.grad.tolist() == [[1, 1], [1, 1], [0, 0]]


def test_numbers_beyond_all() -> None:
    x = ag.tensor([1.0, math.nan], requires_grad=True)
    y = ag.tensor([math.nan, 1.0], requires_grad=True)
    ag.nextafter(x, y).sum().backward()
    assert y.grad is not None
    assert y.grad.tolist() == [0, 0]
    assert [ag.polygamma(n, ag.tensor(-math.inf)).item() for n in (2, 3)] == [-math.inf, math.inf]
    assert math.isnan(ag.polygamma(1, ag.tensor(-math.inf)).item())


def test_a_bias_without_axes_is_a_number_but_for_a_matrix() -> None:
    weight, bias = ag.ones(4, 3), ag.tensor(2)
    for size in ((3,), (2, 2, 3)):
        out = F.linear(ag.ones(size), weight, bias)
        assert out.dtype == ag.float32
        assert (out == 5).all()
    for wrong in (
        lambda: F.linear(ag.ones(2, 3), weight, bias),
        lambda: F.linear(ag.ones(3), weight, bias[None]),
    ):
        with pytest.raises(RuntimeError, match="same dtype"):
            wrong()


OF_NUMBERS: dict[str, Any] = {
    "rrelu": lambda x, n: F.rrelu(x, n(0.25), n(0.5)),
    "leaky_relu_": lambda x, n: F.leaky_relu_(x * 1, n(0.25)),
    "batch_norm": lambda x, n: F.batch_norm(x, None, None, training=True, momentum=n(0.5), eps=n(0.25)),
    "softplus": lambda x, n: F.softplus(x, n(2.0), n(1.0)),
    "elu": lambda x, n: F.elu(x, n(0.5)),
    "logit": lambda x, n: ag.logit(x, n(0.25)),
    "layer_norm": lambda x, n: F.layer_norm(x, (2,), eps=n(0.25)),
    "huber_loss": lambda x, n: F.huber_loss(x, x.detach() + 1, delta=n(0.5)),
}


@pytest.mark.parametrize("dtype", [ag.float32, ag.float16])
@pytest.mark.parametrize("name", OF_NUMBERS)
def test_numbers_of_numpys_make_no_result_wider(name: str, dtype: Any) -> None:
    call, kinds = OF_NUMBERS[name], (float, np.float64, np.float32)
    found = list[Any]()
    for kind in kinds:
        x = ag.tensor([[0.5, 2.0], [-0.75, 0.25]], dtype=dtype, requires_grad=True)
        out = call(x, kind)
        (first,) = ag.autograd.grad((out * out).sum(), x, create_graph=True)
        (second,) = ag.autograd.grad((first * first).sum(), x)
        found.append((out.detach(), first.detach(), second))
        assert {t.dtype for t in found[-1]} == {dtype}
    for other in found[1:]:
        assert all(ag.equal(a, b) for a, b in zip(found[0], other, strict=True))
