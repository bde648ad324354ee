"""Numbers as arguments, of kinds that nobody writes on purpose: truth values, none, those beyond a dtype."""

from collections.abc import Callable
from typing import Any

import pytest

import autograd_cnn as ag
from tests.recorded import pytorch

CALLS: dict[str, Callable[[Any, Any], Any]] = {
    "hardtanh from True": lambda t, x: t.nn.functional.hardtanh(x, True),
    "hardtanh between": lambda t, x: t.nn.functional.hardtanh(x, False, True),
    "softplus": lambda t, x: t.nn.functional.softplus(x, True),
    "leaky_relu": lambda t, x: t.nn.functional.leaky_relu(x, True),
    "elu": lambda t, x: t.nn.functional.elu(x, True),
    "threshold": lambda t, x: t.nn.functional.threshold(x, False, True),
    "smooth_l1_loss": lambda t, x: t.nn.functional.smooth_l1_loss(x, 2 * x.detach(), beta=True),
    "normalize of no order": lambda t, x: t.nn.functional.normalize(x, None, 0),
    "copy_ of a truth value": lambda t, x: t.zeros(3).copy_(True) * x,
}


def gradients(t: Any, name: str) -> Any:
    x = t.tensor([1.0, -2.0, 0.5], requires_grad=True)
    y = CALLS[name](t, x)
    return y.detach(), *t.autograd.grad(y.sum(), x)


@pytest.mark.parametrize("name", CALLS)
def test_truth_values_and_none(name: str) -> None:
    pytorch.gives(gradients(ag, name), gradients, name, rtol=1e-6, atol=1e-7)


NUMBERS = [("uint8", -1.3), ("int8", 200), ("bool", 0.5), ("float16", 1e9)]


@pytest.mark.parametrize(("dtype", "value"), NUMBERS)
def test_a_number_is_copied_as_a_tensor_is(dtype: str, value: float) -> None:
    def copied(t: Any) -> Any:
        return t.zeros(2, dtype=getattr(t, dtype)).copy_(value).tolist()

    assert copied(ag) == pytorch(copied)
