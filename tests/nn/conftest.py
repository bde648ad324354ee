"""Comparing a function with PyTorch's: values, gradients and gradients of gradients."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn._engine.modes import fusion
from autograd_cnn.autograd import grad

Compare = Callable[..., None]


def _orders(library: Any, gradient: Any, function: Any, arrays: list[Any], weights: list[Any]) -> list[Any]:
    """The function's value, its gradient for the upstream signal weights[0], and the gradient of that
    gradient's cubes."""
    tensors = [library.tensor(a, requires_grad=True) for a in arrays]
    value = function(*tensors)
    upstream = library.tensor(weights[0].reshape(tuple(value.shape)), requires_grad=True)
    first = gradient([value], tensors, [upstream], create_graph=True)
    cubes = sum((g * g * g).sum() for g in first)
    second = gradient([cubes], [*tensors, upstream], allow_unused=True)
    return [value, *first, *second]


@pytest.fixture
def compare() -> Compare:
    """``compare(ours, theirs, *arrays)``: both functions agree up to the second derivative, with fused forms
    and without."""
    torch = pytest.importorskip("torch")

    def check(ours: Any, theirs: Any, *arrays: Any, atol: float = 1e-10) -> None:
        out = theirs(*(torch.tensor(a) for a in arrays))
        weights = [np.random.default_rng(1).normal(size=tuple(out.shape))]
        expected = _orders(torch, torch.autograd.grad, theirs, list(arrays), weights)
        shapes = [tuple(out.shape), *(a.shape for a in arrays), *(a.shape for a in arrays), tuple(out.shape)]
        for fused in (True, False):
            with fusion(fused):
                mine = _orders(ag, grad, ours, list(arrays), weights)
            for i, (a, b, shape) in enumerate(zip(mine, expected, shapes, strict=True)):
                got = np.zeros(shape) if a is None else a.array
                wanted = np.zeros(shape) if b is None else b.detach().numpy()
                said = (
                    f"entry {i} of value, gradients, second gradients, {'with' if fused else 'without'} "
                    "fused forms"
                )
                assert got.shape == wanted.shape, said
                np.testing.assert_allclose(got, wanted, rtol=1e-9, atol=atol, err_msg=said)

    return check
