"""Random programs: the same value as NumPy and PyTorch, the same gradients as PyTorch and as slopes."""

from typing import Any

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn.testing.programs import OPERATIONS, Program, generate
from tests.recorded import pytorch


def loss_and_gradients(t: Any, program: Program) -> tuple[float, list[Any]]:
    loss, inputs = program.run(t)
    loss.backward()
    return loss.item(), [x.grad for x in inputs]


def check(program: Program) -> None:
    loss, gradients = loss_and_gradients(ag, program)
    np.testing.assert_allclose(loss, program.evaluate(), rtol=1e-9, atol=1e-9, err_msg=str(program))
    other, others = pytorch(loss_and_gradients, program)
    np.testing.assert_allclose(loss, other, rtol=1e-9, atol=1e-9, err_msg=str(program))
    source, slope, scale = np.random.default_rng(program.seed), 0.0, 0.0
    directions = tuple(source.choice((-1.0, 1.0), x.shape) for x in program.inputs)
    for mine, expected, v in zip(gradients, others, directions, strict=True):
        if expected is None:
            assert mine is None
            continue
        np.testing.assert_allclose(
            mine.array, expected, rtol=1e-7, atol=1e-9 * (1 + abs(expected).max()), err_msg=str(program)
        )
        slope, scale = slope + (expected * v).sum(), scale + abs(expected).sum()
    assert abs(program.slope(directions, scale) - slope) <= 1e-5 * (1 + scale), str(program)


@pytest.mark.quick_share(3)
@pytest.mark.parametrize("block", range(20))
def test_random_programs(block: int) -> None:
    for seed in range(block * 30, block * 30 + 30):
        check(generate(seed))


@pytest.mark.slow
@pytest.mark.parametrize("block", range(10))
def test_many_random_programs(block: int) -> None:
    for seed in range(1000 + block * 485, 1000 + (block + 1) * 485):
        check(generate(seed))


def test_second_derivatives_of_random_programs() -> None:
    def products(t: Any, program: Program) -> list[Any]:
        loss, inputs = program.run(t)
        first = t.autograd.grad(loss, inputs, create_graph=True, allow_unused=True)
        total = sum((g * g).sum() for g in first if g is not None)
        second = (
            t.autograd.grad(total, inputs, allow_unused=True)
            if getattr(total, "requires_grad", False)
            else [None] * len(inputs)
        )
        return [
            None if g is None else np.array((g.detach() + 0.0 * x.detach()).tolist())
            for g, x in zip(second, inputs, strict=True)
        ]

    for seed in range(40):
        program = generate(seed, length=10)
        for mine, theirs in zip(products(ag, program), pytorch(products, program), strict=True):
            zero = 0.0 if theirs is None else theirs
            np.testing.assert_allclose(
                0.0 if mine is None else mine,
                zero,
                rtol=1e-6,
                atol=1e-7 * (1 + np.abs(zero).max()),
                err_msg=str(program),
            )


def test_a_program_is_the_same_for_the_same_seed_and_can_be_read() -> None:
    a, b = generate(5), generate(5)
    assert str(a) == str(b)
    assert len(a.steps) == 25
    assert str(a).startswith("# generate(5)\nv0 = input of shape")
    assert str(generate(6)) != str(a)


def test_all_operations_are_used() -> None:
    used = {step.name for seed in range(200) for step in generate(seed).steps}
    assert used == set(OPERATIONS)
