"""Gradients of convolutions, asked for by name."""

import pytest

import autograd_cnn as ag
import autograd_cnn.nn.functional as F
from autograd_cnn.nn import grad

OPTIONS = [{}, {"stride": 2, "padding": 1}, {"dilation": 2, "padding": "same"}, {"groups": 2}]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_they_are_those_of_the_backward_pass(axes: int, options: dict[str, object]) -> None:
    convolve = getattr(F, f"conv{axes}d")
    channels = 4 // int(str(options.get("groups", 1)))
    x = ag.randn(2, 4, *(7, 6, 5)[:axes], dtype=ag.float64, requires_grad=True)
    w = ag.randn(6, channels, *(3, 3, 3)[:axes], dtype=ag.float64, requires_grad=True)
    y = convolve(x, w, None, **options)
    g = ag.randn(*y.shape, dtype=ag.float64)
    y.backward(g)
    by_input, by_weight = getattr(grad, f"conv{axes}d_input"), getattr(grad, f"conv{axes}d_weight")
    assert ag.allclose(by_input(input_size=x.shape, weight=w.detach(), grad_output=g, **options), x.grad)
    assert ag.allclose(by_weight(input=x.detach(), weight_size=w.shape, grad_output=g, **options), w.grad)


def test_they_can_be_differentiated() -> None:
    w = ag.randn(3, 2, 3, 3, dtype=ag.float64, requires_grad=True)
    g = ag.randn(1, 3, 4, 4, dtype=ag.float64, requires_grad=True)
    assert ag.autograd.gradcheck(lambda w, g: grad.conv2d_input((1, 2, 6, 6), w, g), (w, g))


def test_a_signal_of_another_shape_is_refused() -> None:
    with pytest.raises(RuntimeError, match="shape"):
        grad.conv2d_weight(ag.randn(1, 2, 6, 6), (3, 2, 3, 3), ag.randn(1, 3, 5, 5))
