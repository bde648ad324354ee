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


NAN = float("nan")
ZERO: dict[str, Callable[[Any], Any]] = {
    "addmm": lambda t: t.addmm(t.ones(2, 2), t.ones(2, 1), t.full((1, 2), NAN), alpha=0),
    "addmv": lambda t: t.addmv(t.ones(2), t.full((2, 1), NAN), t.ones(1), alpha=0),
    "addbmm": lambda t: t.addbmm(t.ones(1, 1), t.full((3, 1, 1), NAN), t.ones(3, 1, 1), alpha=0),
    "baddbmm": lambda t: t.baddbmm(t.ones(3, 1, 1), t.full((3, 1, 1), NAN), t.ones(3, 1, 1), alpha=0),
    "addr": lambda t: t.addr(t.ones(1, 1), t.full((1,), NAN), t.ones(1), alpha=0),
    "addmm of nothing else": lambda t: t.addmm(t.full((1, 1), NAN), t.ones(1, 1), t.ones(1, 1), beta=0),
}


@pytest.mark.parametrize("name", ZERO)
def test_a_factor_of_zero(name: str) -> None:
    pytorch.gives(ZERO[name](ag), ZERO[name])


@pytest.mark.parametrize("name", ["dropout", "alpha_dropout", "feature_alpha_dropout", "dropout1d"])
def test_whole_numbers_are_all_dropped_or_are_none(name: str) -> None:
    def dropped(t: Any) -> Any:
        drop = getattr(t.nn.functional, name)
        none = t.ones(0, 2, 1, dtype=t.uint8)
        return drop(t.ones(2, 2, 2, dtype=t.int64), 1.0, True), drop(none, 0.5, True)

    pytorch.gives(dropped(ag), dropped)


@pytest.mark.parametrize("shape", [(), (3,), (2, 2)])
def test_an_index_of_false_writes_nothing(shape: tuple[int, ...]) -> None:
    x = ag.ones(shape)
    x[False] = ag.zeros(2)
    assert ag.equal(x, ag.ones(shape))


def test_attention_without_an_answer_about_zeros() -> None:
    x, w = ag.randn(2, 1, 2), ag.randn(6, 2)
    given = (x, x, x, 2, 1, w, None, None, None)
    none, no = (
        ag.nn.functional.multi_head_attention_forward(*given, zeros, 0.0, w[:2], None)[0]
        for zeros in (None, False)
    )
    assert ag.equal(none, no)
