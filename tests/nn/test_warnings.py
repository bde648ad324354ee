"""A warning names the user's line, however the call came to the function that warns."""

import warnings
from collections.abc import Callable
from typing import Any

import pytest

import autograd_cnn as ag
from autograd_cnn import nn

x = ag.arange(4.0)

CALLS: dict[str, Callable[[], Any]] = {
    "range": lambda: ag.range(0, 3),
    "older order": lambda: ag.add(x, 2, x),
    "older order of a method": lambda: x.clone().add(2, x),
    "older order in place": lambda: x.clone().add_(2, x),
    "older order of three": lambda: ag.addcmul(x, 2, x, x),
    "freedom": lambda: ag.tensor([1.0]).var(),
    "freedom of a function": lambda: ag.std(ag.tensor([1.0]), dim=0),
    "freedom of two results": lambda: ag.var_mean(ag.tensor([1.0])),
    "broadcast loss": lambda: nn.functional.mse_loss(x, x[None]),
    "broadcast loss of a layer": lambda: nn.HuberLoss()(x, x[None]),
    "mean divergence of a layer": lambda: nn.KLDivLoss()(x, x + 1),
    "older reduction of a layer": lambda: nn.L1Loss(size_average=True)(x, x),
    "grid": lambda: nn.functional.grid_sample(ag.rand(1, 1, 2, 2), ag.zeros(1, 1, 1, 2)),
    "dropped channels": lambda: nn.Dropout2d()(ag.rand(2, 2)),
    "dropout between one layer": lambda: nn.LSTM(2, 2, dropout=0.5),
    "older reduction": lambda: nn.functional.mse_loss(x, x, size_average=True),
    "instances of other channels": lambda: nn.InstanceNorm1d(3)(ag.rand(1, 2, 4)),
    "softmax": lambda: nn.functional.softmax(x),
    "softmax of a layer": lambda: nn.Softmax()(x),
    "a storage": lambda: x.storage(),
    "a storage of its class": lambda: ag.TypedStorage(2),
    "a device that is not there": lambda: ag.amp.autocast("cuda"),
    "its former name": lambda: ag.cuda.amp.autocast(),
    "its scaler": lambda: ag.cuda.amp.GradScaler(),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_warning_names_the_users_line(name: str) -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        CALLS[name]()
    assert told
    assert {each.filename for each in told} == {__file__}
