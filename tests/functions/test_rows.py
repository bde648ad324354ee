"""What lies in rows however the operands lie, so that ``view`` takes it as it is, as in PyTorch."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_cnn as ag

ROWS: dict[str, Callable[[Any], Any]] = {
    "softmax": lambda x: x.softmax(0),
    "log_softmax": lambda x: x.log_softmax(-1),
    "logsumexp": lambda x: x.logsumexp(1),
    "sum": lambda x: x.sum(0),
    "sum, kept": lambda x: x.sum(1, keepdim=True),
    "mean": lambda x: x.mean(2),
    "amax": lambda x: x.amax(1),
    "prod": lambda x: x.prod(1),
    "std": lambda x: x.std(0),
    "var": lambda x: x.var(1),
    "norm": lambda x: x.norm(dim=1),
    "any": lambda x: (x > 0).any(1),
    "argmax": lambda x: x.argmax(0),
    "cumsum": lambda x: x.cumsum(1),
    "cumprod": lambda x: x.cumprod(0),
    "logcumsumexp": lambda x: x.logcumsumexp(1),
    "cummax": lambda x: x.cummax(1)[0],
    "cat": lambda x: ag.cat([x, x], 1),
    "stack": lambda x: ag.stack([x, x], 1),
    "tril": lambda x: x.tril(),
    "roll": lambda x: x.roll(1, 0),
    "index": lambda x: x[:, [0, 0]],
    "index_select": lambda x: x.index_select(2, ag.tensor([1, 0])),
    "one_hot": lambda x: ag.nn.functional.one_hot((x > 0).long(), 2),
    "clone of what is expanded": lambda x: x[:1].contiguous().expand(3, *x.shape[1:]).clone(),
    "cast of what is expanded": lambda x: x[0].contiguous().expand(3, *x.shape[1:]).float(),
}


@pytest.mark.parametrize("axes", [(0, 1, 2), (1, 0, 2), (2, 1, 0), (0, 2, 1), (2, 0, 1)])
@pytest.mark.parametrize("function", ROWS.values(), ids=ROWS)
def test_results_lie_in_rows(function: Callable[[Any], Any], axes: tuple[int, ...]) -> None:
    values = np.random.default_rng(0).normal(size=(2, 3, 4))
    x = ag.tensor(values, requires_grad=True).permute(axes)
    out = function(x)
    assert out.is_contiguous()
    assert out.view(-1).tolist() == function(ag.tensor(np.array(x.tolist()))).flatten().tolist()


def test_images_stay_channels_last() -> None:
    x = ag.nn.functional.conv2d(ag.randn(2, 3, 8, 8), ag.randn(4, 3, 3, 3))
    joined = ag.cat([x, x], 1)
    assert joined.view(2, -1).tolist() == joined.contiguous().view(2, -1).tolist()
