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


# second derivatives that are zero

IMAGE = rng.normal(size=(2, 3, 6, 6))


def image(x: Any, axes: int) -> Any:
    """``x`` with that many spatial axes."""
    return {1: lambda: x[:, :, 0], 2: lambda: x, 3: lambda: x[:, :, None] * 1}[axes]()


def unpooled(x: Any) -> Any:
    return F.max_unpool2d(x, F.max_pool2d(ag.rand(2, 3, 12, 12), 2, return_indices=True)[1], 2)


ATTACHED: dict[str, Callable[[Any], Any]] = {
    "relu": lambda x: x.relu(),
    "relu_": lambda x: (x * 1).relu_(),
    "F.relu": F.relu,
    "relu6": F.relu6,
    "leaky_relu": F.leaky_relu,
    "leaky_relu in place": lambda x: F.leaky_relu(x * 1, 0.1, inplace=True),
    "hardtanh": F.hardtanh,
    "hardtanh in place": lambda x: F.hardtanh(x * 1, inplace=True),
    "hardshrink": F.hardshrink,
    "softshrink": F.softshrink,
    "threshold": lambda x: F.threshold(x, 0.1, 20.0),
    "prelu": lambda x: F.prelu(x, ag.tensor([0.2], dtype=ag.float64)),
    "abs": ag.abs,
    "l1_loss": lambda x: F.l1_loss(x, ag.zeros_like(x)),
    "nll_loss": lambda x: F.nll_loss(x[0, 0], ag.tensor([0, 2, 5, 1, 3, 4])),
    "amax": lambda x: x.norm(float("inf")),
    "grid_sample, nearest": lambda x: F.grid_sample(
        ag.ones(2, 1, 4, 4, dtype=ag.float64) * 2, x[..., :2].tanh(), "nearest", align_corners=False
    ),
    **{
        f"max_pool{k}d": lambda x, k=k: getattr(F, f"max_pool{k}d")(image(x, k), 2 if k < 3 else (1, 2, 2))
        for k in (1, 2, 3)
    },
    **{
        f"avg_pool{k}d": lambda x, k=k: getattr(F, f"avg_pool{k}d")(image(x, k), 2 if k < 3 else (1, 2, 2))
        for k in (1, 2, 3)
    },
    "max_pool2d in float32": lambda x: F.max_pool2d(x.float(), 3, 2, 1),
    "max_pool2d with ceil_mode": lambda x: F.max_pool2d(x, 3, 2, 1, ceil_mode=True),
    "adaptive_max_pool2d": lambda x: F.adaptive_max_pool2d(x, 3),
    "adaptive_avg_pool1d": lambda x: F.adaptive_avg_pool1d(image(x, 1), 3),
}
"""Where PyTorch's graph of the first gradient leads to the operand, and gives zeros."""

FREE: dict[str, Callable[[Any], Any]] = {
    "sum": lambda x: x.sum(),
    "mean": lambda x: x.mean(-1),
    "a multiple": lambda x: x * 2,
    "clamp": lambda x: x.clamp(-0.5, 0.5),
    "max": lambda x: x.max(),
    "min of a dimension": lambda x: x.min(-1).values,
    "sort": lambda x: x.sort(-1).values,
    "topk": lambda x: x.topk(2).values,
    "median": lambda x: x.median(),
    "maximum": lambda x: ag.maximum(x, ag.zeros_like(x)),
    "where": lambda x: ag.where(x > 0, x, 0.0),
    "masked_fill": lambda x: x.masked_fill(x > 0, 0.0),
    "floor": ag.floor,
    "sign": ag.sign,
    "index": lambda x: x[:, [0, 1]],
    "gather": lambda x: x.gather(-1, ag.zeros(2, 3, 6, 2, dtype=ag.int64)),
    "matmul": lambda x: x @ ag.ones(6, 2, dtype=ag.float64),
    "linear": lambda x: F.linear(x, ag.ones(2, 6, dtype=ag.float64)),
    "interpolate": lambda x: F.interpolate(x, scale_factor=2, mode="bilinear"),
    "margin_ranking_loss": lambda x: F.margin_ranking_loss(x, x.detach(), ag.sign(x.detach()), 0.2),
    "hinge_embedding_loss": lambda x: F.hinge_embedding_loss(x, ag.sign(x.detach())),
    "max_unpool2d": unpooled,
    "pad": lambda x: F.pad(x, (1, 1)),
}
"""Where it does not, for the gradient is made without the operand."""


def first_gradient(function: Callable[[Any], Any]) -> tuple[Any, Any]:
    x = ag.tensor(IMAGE, requires_grad=True)
    (g,) = grad(function(x).sum(), x, create_graph=True)
    return x, g


@pytest.mark.parametrize("fused", [True, False])
@pytest.mark.parametrize("name", ATTACHED)
def test_second_derivatives_that_are_zero_are_zeros(name: str, fused: bool) -> None:
    with ag._engine.modes.fusion(fused):
        x, g = first_gradient(ATTACHED[name])
    assert g.requires_grad
    (second,) = grad((g * g).sum(), x)
    assert not second.array.any()
    assert second.shape == x.shape


@pytest.mark.parametrize("name", FREE)
def test_gradients_made_without_the_operand_do_not_lead_to_it(name: str) -> None:
    _, g = first_gradient(FREE[name])
    assert not g.requires_grad


def test_the_whole_chain_is_attached() -> None:
    net = ag.nn.Sequential(
        ag.nn.Conv2d(3, 4, 3), ag.nn.ReLU(), ag.nn.MaxPool2d(2), ag.nn.Flatten(), ag.nn.Linear(16, 1)
    ).double()
    x, g = first_gradient(net)
    (second,) = grad(g.sum(), x, retain_graph=True)
    assert not second.array.any()
    g.pow(2).sum().backward()  # a gradient penalty
    assert all(p.grad is not None for n, p in net.named_parameters() if n.endswith("weight"))
    assert x.grad is not None
    assert not x.grad.array.any()


def test_attaching_holds_no_operand() -> None:
    import weakref

    x = ag.tensor(IMAGE, requires_grad=True)
    y = x * 2
    kept = weakref.ref(y.array)
    (g,) = grad(F.max_pool2d(y, 2).sum(), x, create_graph=True)
    del y
    assert kept() is None
    assert g.requires_grad
