"""The steps taken by DeZero: the LeNet, the MLP and the VGG step, and the overhead per operator."""

from collections.abc import Callable
from typing import Any
from unittest import mock

import numpy as np

# A default argument of DeZero's still says np.int, which NumPy took away.
with mock.patch.object(np, "int", int, create=True):
    import dezero
    from dezero import functions as F
    from dezero import layers as L

FORMATS = ("",)

as_array = dezero.core.as_array


def as_single(x: Any, array_module: Any = np) -> Any:
    """A Python number as float32: an array of no dimensions and of float64 widens its partner in NumPy 2, as
    it did not in NumPy 1."""
    return array_module.array(x, "f") if type(x) in (int, float) else as_array(x, array_module)


dezero.core.as_array = as_single


def build(kind: str, options: dict[str, Any], threads: int, memory_format: str = "") -> Callable[[], Any]:
    if kind in MODELS:
        return training(kind)
    if kind == "overhead":
        return overhead(**options)
    raise LookupError(f"no step for {kind}")


def max_pool(x: dezero.Variable) -> dezero.Variable:
    return F.pooling(x, 2, 2)


def lenet() -> dezero.Model:
    convolutions = [
        L.Conv2d(20, 5, in_channels=1),
        max_pool,
        L.Conv2d(50, 5, in_channels=20),
        max_pool,
        F.flatten,
    ]
    return dezero.models.Sequential(
        *convolutions, L.Linear(500, in_size=800), F.relu, L.Linear(10, in_size=500)
    )


def mlp() -> dezero.Model:
    return dezero.models.Sequential(
        L.Linear(256, in_size=784), F.relu, L.Linear(256, in_size=256), F.relu, L.Linear(10, in_size=256)
    )


def vgg() -> dezero.Model:
    layers: list[Any] = []
    before = 3
    for channels in (64, 128, 256):
        for _ in range(2):
            layers += [L.Conv2d(channels, 3, pad=1, in_channels=before), F.relu]
            before = channels
        layers.append(max_pool)
    return dezero.models.Sequential(*layers, F.flatten, L.Linear(10, in_size=256 * 16))


SHAPES = {"lenet": (64, 1, 28, 28), "mlp": (128, 784), "vgg": (32, 3, 32, 32)}
MODELS: dict[str, Callable[[], dezero.Model]] = {"lenet": lenet, "mlp": mlp, "vgg": vgg}


def training(kind: str) -> Callable[[], Any]:
    draw = np.random.default_rng(0)
    np.random.seed(0)  # the layers draw from the global generator
    model = MODELS[kind]()
    for p in model.params():
        p.data = p.data.astype("f")  # the layers scale by a float64, which NumPy 2 lets widen the weights
    x = draw.standard_normal(SHAPES[kind]).astype("f")
    # The loss subtracts the labels in their own type: wider integers make its gradient float64.
    y = draw.integers(0, 10, len(x)).astype(np.int16)
    optimizer = dezero.optimizers.MomentumSGD(lr=0.01, momentum=0.9).setup(model)

    def step() -> Any:
        loss = F.softmax_cross_entropy(model(x), y)
        model.cleargrads()
        loss.backward()
        optimizer.update()
        return loss.data

    return step


def overhead(lines: bool) -> Callable[[], Any]:
    if lines:
        raise LookupError("keeps no source lines")
    draw = np.random.default_rng(0)
    a, b = (dezero.Parameter((draw.standard_normal(10) * 0.05).astype("f")) for _ in range(2))

    def step() -> None:
        a.cleargrad()
        b.cleargrad()
        z = a
        for _ in range(250):
            z = z * b
            z = z + b
        F.sum(z).backward()

    return step
