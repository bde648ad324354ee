"""The steps taken by this package."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import numpy as np

import autograd_cnn as ac
from autograd_cnn import nn, optim
from autograd_cnn._engine.modes import lines
from autograd_cnn.models import LeNet, resnet18
from autograd_cnn.nn import functional as F

from .. import networks, operators

FORMATS = ("contiguous", "channels_last")


def vgg() -> nn.Module:
    layers: list[nn.Module] = []
    before = 3
    for channels in (64, 128, 256):
        for _ in range(2):
            layers += [nn.Conv2d(before, channels, 3, padding=1), nn.ReLU()]
            before = channels
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(256 * 16, 10))


def small_resnet18() -> nn.Module:
    return resnet18(10, small_images=True)


def mlp() -> nn.Module:
    return nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 10))


SHAPES = {"lenet": (64, 1, 28, 28), "mlp": (128, 784), "resnet18": (32, 3, 32, 32), "vgg": (32, 3, 32, 32)}
MODELS: dict[str, Callable[[], nn.Module]] = {
    "lenet": LeNet,
    "mlp": mlp,
    "resnet18": small_resnet18,
    "vgg": vgg,
}


def training(kind: str) -> Callable[[], Any]:
    draw = np.random.default_rng(0)
    model = MODELS[kind]()
    x = ac.tensor(draw.standard_normal(SHAPES[kind]).astype("f"))
    y = ac.tensor(draw.integers(0, 10, len(x)))
    optimizer = optim.SGD(model.parameters(), lr=0.01, momentum=0.9)

    def step() -> None:
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()

    return step


def build(
    kind: str, options: dict[str, Any], threads: int, memory_format: str = "contiguous"
) -> Callable[[], Any]:
    ac.set_num_threads(threads)
    last = memory_format == "channels_last"
    if last and (kind not in ("conv", "family", "pool") or len(options.get("image", ())) in (3, 5)):
        raise LookupError("models lay their images out themselves")
    if kind in MODELS:
        return training(kind)
    if kind == "operator":
        return operators.build(ac, **options)
    if kind == "network":
        return networks.build(ac, **options)
    if kind in ("conv", "family", "pool"):
        return {"conv": conv, "family": family, "pool": pool}[kind](last, **options)
    return {"loss": loss, "optimizer": optimizer, "overhead": overhead}[kind](**options)


def leaf(*shape: int, last: bool = False) -> ac.Tensor:
    values = np.random.default_rng(0).standard_normal(shape).astype("f")
    if last:
        values = np.ascontiguousarray(values.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)
    return ac.tensor(values, requires_grad=True)


def forward_and_backward(forward: Callable[[], ac.Tensor], *leaves: ac.Tensor) -> Callable[[], None]:
    signal = ac.ones_like(forward().detach())

    def step() -> None:
        for t in leaves:
            t.grad = None
        forward().backward(signal)

    return step


def conv(
    last: bool, channels: int, outputs: int, size: int, kernel: int, stride: int, backward: bool
) -> Callable[[], Any]:
    x, w = leaf(32, channels, size, size, last=last), leaf(outputs, channels, kernel, kernel)
    pads = 0 if kernel == 5 else kernel // 2

    def forward() -> ac.Tensor:
        return F.conv2d(x, w, stride=stride, padding=pads)

    if backward:
        return forward_and_backward(forward, x, w)
    return ac.no_grad()(forward)


def family(
    last: bool, function: str, image: tuple[int, ...], weight: tuple[int, ...], options: dict[str, int]
) -> Callable[[], Any]:
    x, w = leaf(*image, last=last), leaf(*weight)
    return forward_and_backward(lambda: getattr(F, function)(x, w, **options), x, w)


def pool(last: bool, kind: str) -> Callable[[], Any]:
    x = leaf(64, 20, 24, 24, last=last)
    return forward_and_backward(
        (lambda: F.max_pool2d(x, 2)) if kind == "max" else (lambda: F.avg_pool2d(x, 2)), x
    )


def loss() -> Callable[[], Any]:
    x, y = leaf(128, 1000), ac.tensor(np.arange(128))
    return forward_and_backward(lambda: F.cross_entropy(x, y), x)


def optimizer(rule: str) -> Callable[[], Any]:
    parameters = list(small_resnet18().parameters())
    for p in parameters:
        p.grad = ac.ones_like(p.detach())
    return (
        optim.SGD(parameters, lr=1e-4, momentum=0.9) if rule == "sgd" else optim.Adam(parameters, lr=1e-4)
    ).step


def overhead(lines: bool) -> Callable[[], Any]:
    a, b = leaf(10), leaf(10)
    kept = _lines if lines else nullcontext

    def step() -> None:
        a.grad = b.grad = None
        with kept():
            z = a
            for _ in range(250):
                z = z * b
                z = z + b
            z.sum().backward()

    return step


_lines = lines
