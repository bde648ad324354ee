"""Random calls of every public function, method and operator: the same result, dtype, shape, gradients,
shared memory and errors as PyTorch's."""

import math

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn.testing._blocks import many
from autograd_cnn.testing.calls import SERIOUS, compare, doors, generate, report, shrunk
from autograd_cnn.testing.calls._run import run

EVERY = sorted(doors())


def check(first: int, count: int) -> None:
    torch = pytest.importorskip("torch")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        found = list(filter(None, (report(seed, ag, torch) for seed in range(first, first + count))))
    finally:
        torch.set_num_threads(threads)
    assert not found, "\n\n".join(found)


def test_random_calls_agree_with_pytorch() -> None:
    check(0, 150)


@pytest.mark.slow
@pytest.mark.parametrize("block", range(10))
def test_many_random_calls_agree_with_pytorch(block: int) -> None:
    """In processes of their own: some calls end PyTorch's."""
    pytest.importorskip("torch")
    found = many("autograd_cnn.testing.calls", 10_000 + block * 1000, 1000, workers=1).mistakes
    assert not found, "\n\n".join(found)


def test_a_call_is_the_same_for_the_same_seed_and_can_be_read() -> None:
    script = generate(8).script()
    assert script == generate(8).script()
    assert "import torch" in script
    assert script != generate(9).script()
    assert all(compile(generate(seed).script(), "call", "exec") for seed in range(200))


def test_calls_reach_everything_that_is_public() -> None:
    assert {"torch.exp", "Tensor.exp_", "F.conv2d", "torch.linalg.svd", "torch.special.erf"} <= set(EVERY)
    assert {"operator.[]", "operator.[]=", "operator.**", "operator.in"} <= set(EVERY)
    assert len(EVERY) > 1000


NEVER_VALID = {"operator.del[]", "operator.round()"}
"""What no valid call is drawn for. This list can only shrink: write a form in ``testing/calls/_forms.py``."""


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_valid_call_is_drawn_for_every_function() -> None:
    def is_valid(label: str) -> bool:
        return any(run(generate(seed, label), ag).error is None for seed in range(60))

    assert {label for label in EVERY if not is_valid(label)} == NEVER_VALID


class Wrong:
    """This library, but for one function."""

    def __init__(self, name: str, function: object) -> None:
        self.name, self.function = name, function

    def __getattr__(self, name: str) -> object:
        return self.function if name == self.name else getattr(ag, name)


def kinds(name: str, function: object, label: str, seeds: int = 40) -> set[str]:
    other = Wrong(name, function)
    return {d.kind for seed in range(seeds) for d in compare(generate(seed, label), other, ag)}


WRONG = {
    "a value": ("exp", lambda x: ag.exp(x) * 1.01, "torch.exp", "value"),
    "a dtype": ("sum", lambda x, *a, **k: ag.sum(x, *a, **k).double(), "torch.sum", "dtype"),
    "a shape": ("mean", lambda x, *a, **k: ag.mean(x, *a, **k)[None], "torch.mean", "shape"),
    "a gradient": ("sin", lambda x: ag.sin(x.detach()) + 0 * x, "torch.sin", "gradient"),
    "a write": ("neg", lambda x: ag.neg(x.detach().mul_(2)) / 2, "torch.neg", "modified"),
    "shared memory": ("clone", lambda x: x.detach(), "torch.clone", "shared"),
    "an error": ("abs", lambda x: ag.abs(x[None].expand(2, 3, 4)), "torch.abs", "refused"),
    "no error": ("mm", lambda x, y: x, "torch.mm", "accepted"),
}


@pytest.mark.parametrize("name", WRONG)
def test_each_kind_of_difference_is_found(name: str) -> None:
    function, wrong, label, kind = WRONG[name]
    assert kind in kinds(function, wrong, label)


def test_a_failure_is_shrunk_to_a_few_lines() -> None:
    wrong = Wrong("cumsum", lambda x, *a, **k: ag.cumsum(x, *a, **k) + (2.0 if x.ndim else 0))
    call = next(
        call
        for call in (generate(seed, "torch.cumsum") for seed in range(100))
        if any(d.kind == "value" for d in compare(call, wrong, ag))
    )
    small = shrunk(call, lambda c: any(d.kind == "value" for d in compare(c, wrong, ag)))
    assert math.prod(small.made[0].shape) <= 2
    assert not small.made[0].steps
    assert "value" in SERIOUS
    np.testing.assert_equal(len(small.made), 1)
