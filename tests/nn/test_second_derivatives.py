"""Gradients of gradients, by differences, of the functions for which PyTorch has none to compare with."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn.autograd import grad
from autograd_cnn.nn import functional as F

rng = np.random.default_rng(0)
X = rng.normal(size=(3, 4))
GRID = rng.uniform(-0.8, 0.8, (1, 2, 3, 2))

CALLS: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "hardswish": (F.hardswish, (X,)),
    "celu": (lambda x: F.celu(x, 0.7), (X,)),
    "cdist": (lambda x, y: ag.cdist(x, y, 3.0), (X, rng.normal(size=(2, 4)))),
    "pdist": (F.pdist, (X,)),
    "embedding_bag, max": (lambda w: F.embedding_bag(ag.tensor([[0, 1], [2, 1]]), w, mode="max") ** 3, (X,)),
    "embedding_bag, weighted": (
        lambda w, s: F.embedding_bag(ag.tensor([[0, 1], [2, 1]]), w**3, mode="sum", per_sample_weights=s),
        (X, rng.normal(size=(2, 2))),
    ),
    "multi_margin_loss": (lambda x: F.multi_margin_loss(x, ag.tensor([1, 0, 3]), p=2), (X,)),
    "ctc_loss": (
        lambda x: F.ctc_loss(F.log_softmax(x, 2), ag.tensor([[1, 1], [2, 1]]), (5, 4), (2, 2)),
        (rng.normal(size=(5, 2, 3)),),
    ),
    "grid_sample, bicubic": (
        lambda x, g: F.grid_sample(x, g, "bicubic", align_corners=False),
        (rng.normal(size=(1, 1, 4, 4)), GRID),
    ),
    "attention": (
        lambda q, k: F.scaled_dot_product_attention(q, k, k * 2, is_causal=True),
        (X, rng.normal(size=(3, 4))),
    ),
    "adaptive_max_pool1d": (lambda x: F.adaptive_max_pool1d(x, 3) ** 3, (X,)),
}


@pytest.mark.parametrize("name", CALLS)
def test_second_gradients_are_differences_of_first_ones(name: str) -> None:
    function, arrays = CALLS[name]
    out = function(*(ag.tensor(a) for a in arrays))
    upstream = ag.tensor(np.random.default_rng(1).normal(size=out.array.shape))
    weights = [np.random.default_rng(2 + i).normal(size=a.shape) for i, a in enumerate(arrays)]

    def slope(values: list[Any], create_graph: bool) -> tuple[Any, list[Any]]:
        """The first gradient, projected on ``weights``, and the tensors it is a function of."""
        tensors = [ag.tensor(a, requires_grad=True) for a in values]
        first = grad((function(*tensors) * upstream).sum(), tensors, create_graph=create_graph)
        return sum((g * ag.tensor(w)).sum() for g, w in zip(first, weights, strict=True)), tensors

    total, tensors = slope(list(arrays), True)
    second = grad(total, tensors, allow_unused=True)
    step = 1e-6
    for i, (array, g) in enumerate(zip(arrays, second, strict=True)):
        direction = np.random.default_rng(7).normal(size=array.shape)
        moved = [
            [a + sign * step * direction if j == i else a for j, a in enumerate(arrays)] for sign in (1, -1)
        ]
        ahead, behind = (float(slope(values, False)[0]) for values in moved)
        found = 0.0 if g is None else float((g.array * direction).sum())
        np.testing.assert_allclose(
            found, (ahead - behind) / (2 * step), rtol=2e-5, atol=2e-6, err_msg=f"operand {i}"
        )
