"""The steps taken by HIPS autograd: the MLP step and the overhead per operator. Its convolution is a loop for
correctness."""

from collections.abc import Callable
from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd import grad

FORMATS = ("",)


def build(kind: str, options: dict[str, Any], threads: int, memory_format: str = "") -> Callable[[], Any]:
    if kind == "mlp":
        return mlp()
    if kind == "overhead" and not options["lines"]:
        return overhead()
    raise LookupError(f"no step for {kind}")


def mlp() -> Callable[[], Any]:
    draw = np.random.default_rng(0)
    x, y = draw.standard_normal((128, 784)).astype("f"), draw.integers(0, 10, 128)
    sizes = [(784, 256), (256, 256), (256, 10)]
    parameters = [
        (draw.standard_normal(shape) * 0.05).astype("f") for k, n in sizes for shape in ((k, n), (n,))
    ]
    velocity = [np.zeros_like(p) for p in parameters]

    def loss(parameters: list[Any]) -> Any:
        w1, b1, w2, b2, w3, b3 = parameters
        h = anp.maximum(anp.dot(anp.maximum(anp.dot(x, w1) + b1, 0), w2) + b2, 0)
        z = anp.dot(h, w3) + b3
        z = z - anp.max(z, 1, keepdims=True)
        return anp.mean(anp.log(anp.sum(anp.exp(z), 1)) - z[anp.arange(128), y])

    gradient = grad(loss)

    def step() -> None:
        for p, v, g in zip(parameters, velocity, gradient(parameters), strict=True):
            v *= 0.9
            v += g
            p -= 0.01 * v

    return step


def overhead() -> Callable[[], Any]:
    a, b = np.random.default_rng(0).standard_normal((2, 10)).astype("f")

    def chain(pair: tuple[Any, Any]) -> Any:
        z, b = pair
        for _ in range(250):
            z = z * b
            z = z + b
        return anp.sum(z)

    gradient = grad(chain)
    return lambda: gradient((a, b))
