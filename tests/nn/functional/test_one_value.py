"""Normalization of a single value: ``nn.functional`` refuses it, the operators at PyTorch's top do not."""

from typing import Any

import pytest

import autograd_cnn as ag
from tests.recorded import pytorch

SHAPES = [(1, 1), (1, 2), (2, 1), (1, 1, 1), (2, 1, 1), (1, 4, 1), (1, 1, 2)]
NORMS = {
    "batch": lambda t, x, m, v, w: t.batch_norm(x, w, w, m, v, True, 0.5, 1e-5, False),
    "instance": lambda t, x, m, v, w: t.instance_norm(x, w, w, m, v, True, 0.5, 1e-5, False),
    "groups": lambda t, x, m, v, w: t.group_norm(x, x.shape[1], w, w),
    "nn batch": lambda t, x, m, v, w: t.nn.functional.batch_norm(x, m, v, w, w, True, 0.5),
    "nn instance": lambda t, x, m, v, w: t.nn.functional.instance_norm(x, m, v, w, w, True, 0.5),
    "nn groups": lambda t, x, m, v, w: t.nn.functional.group_norm(x, x.shape[1], w, w),
}


def normalized(t: Any, norm: str, shape: tuple[int, ...]) -> Any:
    """The result, its gradients and the running moments afterwards; or that it is refused."""
    x, w = t.full(shape, 3.0, requires_grad=True), t.full(shape[1:2], 2.0, requires_grad=True)
    m, v = t.ones(shape[1]), t.ones(shape[1])
    try:
        y = NORMS[norm](t, x, m, v, w)
    except ValueError:
        return "refused", m, v
    y.sum().backward()
    return y.detach(), x.grad, w.grad, m, v


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("norm", NORMS)
def test_a_single_value(norm: str, shape: tuple[int, ...]) -> None:
    pytorch.gives(
        normalized(ag, norm, shape), normalized, norm, shape, atol=1e-3
    )  # PyTorch: w (x s) - w (m s)


@pytest.mark.parametrize("shape", [(0, 1), (2, 0), (0, 2, 2)])
@pytest.mark.parametrize("function", ["svd", "svdvals"])
def test_an_empty_matrix_needs_no_driver(function: str, shape: tuple[int, ...]) -> None:
    getattr(ag.linalg, function)(ag.zeros(shape), driver="gesvd")
    with pytest.raises(RuntimeError, match="driver"):
        getattr(ag.linalg, function)(ag.ones(2, 2), driver="gesvd")
