"""The steps taken by MyGrad: the LeNet and the MLP step, and the overhead per operator."""

from collections.abc import Callable
from typing import Any

import mygrad as mg
import numpy as np
from mygrad.nnet.activations import relu
from mygrad.nnet.layers import conv_nd, max_pool
from mygrad.nnet.losses import softmax_crossentropy

FORMATS = ("",)


def build(kind: str, options: dict[str, Any], threads: int, memory_format: str = "") -> Callable[[], Any]:
    if kind not in ("lenet", "mlp", "overhead"):
        raise LookupError(f"no step for {kind}")
    return {"lenet": lenet, "mlp": mlp}[kind]() if kind != "overhead" else overhead(**options)


def weights(*shape: int) -> mg.Tensor:
    return mg.tensor((np.random.default_rng(0).standard_normal(shape) * 0.05).astype("f"))


def trained(
    forward: Callable[[], mg.Tensor], parameters: list[mg.Tensor], labels: np.ndarray
) -> Callable[[], None]:
    velocity = [np.zeros_like(p.data) for p in parameters]

    def step() -> None:
        softmax_crossentropy(forward(), labels).backward()
        for p, v in zip(parameters, velocity, strict=True):
            v *= 0.9
            v += p.grad
            p.data[...] -= 0.01 * v
            p.null_grad()

    return step


def lenet() -> Callable[[], Any]:
    draw = np.random.default_rng(0)
    x, y = draw.standard_normal((64, 1, 28, 28)).astype("f"), draw.integers(0, 10, 64)
    w1, b1, w2, b2 = weights(20, 1, 5, 5), weights(1, 20, 1, 1), weights(50, 20, 5, 5), weights(1, 50, 1, 1)
    w3, b3, w4, b4 = weights(800, 500), weights(500), weights(500, 10), weights(10)

    def forward() -> mg.Tensor:
        h = max_pool(conv_nd(x, w1, stride=1) + b1, (2, 2), 2)
        h = max_pool(conv_nd(h, w2, stride=1) + b2, (2, 2), 2).reshape(64, -1)
        return mg.matmul(relu(mg.matmul(h, w3) + b3), w4) + b4

    return trained(forward, [w1, b1, w2, b2, w3, b3, w4, b4], y)


def mlp() -> Callable[[], Any]:
    draw = np.random.default_rng(0)
    x, y = draw.standard_normal((128, 784)).astype("f"), draw.integers(0, 10, 128)
    w1, b1, w2, b2, w3, b3 = (
        weights(784, 256),
        weights(256),
        weights(256, 256),
        weights(256),
        weights(256, 10),
        weights(10),
    )

    def forward() -> mg.Tensor:
        h = relu(mg.matmul(x, w1) + b1)
        return mg.matmul(relu(mg.matmul(h, w2) + b2), w3) + b3

    return trained(forward, [w1, b1, w2, b2, w3, b3], y)


def overhead(lines: bool) -> Callable[[], Any]:
    if lines:
        raise LookupError("keeps no source lines")
    a, b = weights(10), weights(10)

    def step() -> None:
        z = a
        for _ in range(250):
            z = z * b
            z = z + b
        z.sum().backward()
        a.null_grad()
        b.null_grad()

    return step
