"""The steps taken by PyTorch, eagerly; in both memory formats where images are 4-dimensional, of which the
better counts."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from .. import networks, operators

FORMATS = ("contiguous", "channels_last")


class LeNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 20, 5), nn.Conv2d(20, 50, 5)
        self.fc1, self.fc2 = nn.Linear(800, 500), nn.Linear(500, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.max_pool2d(self.conv1(x), 2)
        x = F.max_pool2d(self.conv2(x), 2)
        return self.fc2(F.relu(self.fc1(torch.flatten(x, 1))))


class BasicBlock(nn.Module):
    def __init__(self, before: int, planes: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(before, planes, 3, stride, 1, bias=False), nn.BatchNorm2d(planes)
        self.conv2, self.bn2 = nn.Conv2d(planes, planes, 3, 1, 1, bias=False), nn.BatchNorm2d(planes)
        self.downsample = None
        if stride != 1:
            self.downsample = nn.Sequential(
                nn.Conv2d(before, planes, 1, stride, bias=False), nn.BatchNorm2d(planes)
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out = F.relu(self.bn1(self.conv1(x)), inplace=True)
        out = self.bn2(self.conv2(out))
        out += x if self.downsample is None else self.downsample(x)
        return F.relu(out, inplace=True)


def resnet18() -> nn.Module:
    stages: list[nn.Module] = []
    before = 64
    for planes in (64, 128, 256, 512):
        stages += [BasicBlock(before, planes, 1 if planes == 64 else 2), BasicBlock(planes, planes)]
        before = planes
    stem = [nn.Conv2d(3, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True)]
    return nn.Sequential(*stem, *stages, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10))


def vgg() -> nn.Module:
    layers: list[nn.Module] = []
    before = 3
    for channels in (64, 128, 256):
        for _ in range(2):
            layers += [nn.Conv2d(before, channels, 3, padding=1), nn.ReLU(inplace=True)]
            before = channels
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(256 * 16, 10))


def mlp() -> nn.Module:
    return nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 10))


SHAPES = {"lenet": (64, 1, 28, 28), "mlp": (128, 784), "resnet18": (32, 3, 32, 32), "vgg": (32, 3, 32, 32)}
MODELS: dict[str, Callable[[], nn.Module]] = {"lenet": LeNet, "mlp": mlp, "resnet18": resnet18, "vgg": vgg}


def training(kind: str, memory_format: torch.memory_format) -> Callable[[], Any]:
    draw = np.random.default_rng(0)
    model = MODELS[kind]()
    x = torch.tensor(draw.standard_normal(SHAPES[kind]).astype("f"))
    y = torch.tensor(draw.integers(0, 10, len(x)))
    if x.ndim == 4:
        model, x = model.to(memory_format=memory_format), x.contiguous(memory_format=memory_format)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)

    def step() -> None:
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()

    return step


def build(
    kind: str, options: dict[str, Any], threads: int, memory_format: str = "contiguous"
) -> Callable[[], Any]:
    torch.set_num_threads(threads)
    form = torch.channels_last if memory_format == "channels_last" else torch.contiguous_format
    as_written = ("mlp", "loss", "optimizer", "overhead", "operator", "network")
    if memory_format == "channels_last" and kind in as_written:
        raise LookupError("no images")
    if memory_format == "channels_last" and len(options.get("image", ())) == 3:
        raise LookupError("no images")
    if len(options.get("image", ())) == 5 and memory_format == "channels_last":
        form = torch.channels_last_3d
    if kind in MODELS:
        return training(kind, form)
    if kind == "operator":
        return operators.build(torch, **options)
    if kind == "network":
        return networks.build(torch, **options)
    makers: dict[str, Callable[..., Callable[[], Any]]] = {
        "conv": conv,
        "family": family,
        "pool": pool,
        "loss": loss,
        "optimizer": optimizer,
        "overhead": overhead,
    }
    return makers[kind](form, **options)


def leaf(*shape: int, form: torch.memory_format = torch.contiguous_format) -> torch.Tensor:
    values = torch.tensor(np.random.default_rng(0).standard_normal(shape).astype("f"))
    return values.contiguous(memory_format=form).requires_grad_()


def forward_and_backward(forward: Callable[[], torch.Tensor], *leaves: torch.Tensor) -> Callable[[], None]:
    signal = torch.ones_like(forward().detach())

    def step() -> None:
        for t in leaves:
            t.grad = None
        forward().backward(signal)

    return step


def conv(
    form: torch.memory_format,
    channels: int,
    outputs: int,
    size: int,
    kernel: int,
    stride: int,
    backward: bool,
) -> Callable[[], Any]:
    x, w = leaf(32, channels, size, size, form=form), leaf(outputs, channels, kernel, kernel, form=form)
    pads = 0 if kernel == 5 else kernel // 2

    def forward() -> torch.Tensor:
        return F.conv2d(x, w, stride=stride, padding=pads)

    return forward_and_backward(forward, x, w) if backward else torch.no_grad()(forward)


def family(
    form: torch.memory_format,
    function: str,
    image: tuple[int, ...],
    weight: tuple[int, ...],
    options: dict[str, int],
) -> Callable[[], Any]:
    x, w = leaf(*image, form=form), leaf(*weight, form=form)
    return forward_and_backward(lambda: getattr(F, function)(x, w, **options), x, w)


def pool(form: torch.memory_format, kind: str) -> Callable[[], Any]:
    x = leaf(64, 20, 24, 24, form=form)
    return forward_and_backward(
        (lambda: F.max_pool2d(x, 2)) if kind == "max" else (lambda: F.avg_pool2d(x, 2)), x
    )


def loss(form: torch.memory_format) -> Callable[[], Any]:
    x, y = leaf(128, 1000), torch.arange(128)
    return forward_and_backward(lambda: F.cross_entropy(x, y), x)


def optimizer(form: torch.memory_format, rule: str) -> Callable[[], Any]:
    parameters = list(resnet18().parameters())
    for p in parameters:
        p.grad = torch.ones_like(p)
    return (
        torch.optim.SGD(parameters, lr=1e-4, momentum=0.9)
        if rule == "sgd"
        else torch.optim.Adam(parameters, lr=1e-4)
    ).step


def overhead(form: torch.memory_format, lines: bool) -> Callable[[], Any]:
    a, b = leaf(10), leaf(10)

    def step() -> None:
        a.grad = b.grad = None
        z = a
        for _ in range(250):
            z = z * b
            z = z + b
        z.sum().backward()

    return step
