"""What is measured: the rows of the table, and the sizes every library gets."""

from typing import Any, NamedTuple

from .networks import NETWORKS
from .operators import OPERATORS


class Row(NamedTuple):
    """One line of the table."""

    name: str
    title: str
    kind: str
    """Which step a library builds: ``lenet``, ``mlp``, ``resnet18``, ``vgg``, ``conv``, ``family``, ``pool``,
    ``loss``, ``optimizer``, ``overhead``, ``operator``, ``network``."""
    options: dict[str, Any] = {}  # noqa: RUF012 - read only
    bound: float | None = None
    """The largest ratio ours / PyTorch that is accepted."""
    aim: float | None = None
    memory: float | None = None
    """The largest ratio of peak memory that is accepted."""


def _conv(channels: int, outputs: int, size: int, kernel: int, stride: int, *, backward: bool) -> Row:
    way = "forward and backward" if backward else "forward"
    title = (
        f"convolution {channels} to {outputs} channels, {size}x{size}, {kernel}x{kernel}, stride "
        f"{stride}, batch 32: {way}"
    )
    options = {
        "channels": channels,
        "outputs": outputs,
        "size": size,
        "kernel": kernel,
        "stride": stride,
        "backward": backward,
    }
    return Row(
        f"conv-{channels}-{outputs}-{size}-{kernel}-{stride}-{'both' if backward else 'forward'}",
        title,
        "conv",
        options,
    )


CONVOLUTIONS = [
    (1, 20, 28, 5, 1),
    (20, 50, 12, 5, 1),
    (3, 64, 32, 3, 1),
    (64, 64, 32, 3, 1),
    (64, 128, 32, 3, 2),
    (64, 128, 32, 1, 2),
    (128, 128, 16, 3, 1),
    (256, 256, 8, 3, 1),
    (512, 512, 4, 3, 1),
]

FAMILIES: list[tuple[str, str, tuple[int, ...], tuple[int, ...], dict[str, int]]] = [
    ("depthwise-3", "conv2d", (8, 64, 56, 56), (64, 1, 3, 3), {"padding": 1, "groups": 64}),
    (
        "depthwise-3-strided",
        "conv2d",
        (8, 64, 56, 56),
        (64, 1, 3, 3),
        {"padding": 1, "groups": 64, "stride": 2},
    ),
    ("depthwise-7", "conv2d", (8, 96, 28, 28), (96, 1, 7, 7), {"padding": 3, "groups": 96}),
    ("depthwise-1d", "conv1d", (8, 64, 1024), (64, 1, 5), {"padding": 2, "groups": 64}),
    ("depthwise-3d", "conv3d", (2, 32, 8, 16, 16), (32, 1, 3, 3, 3), {"padding": 1, "groups": 32}),
    ("grouped", "conv2d", (8, 64, 28, 28), (64, 16, 3, 3), {"padding": 1, "groups": 4}),
    ("grouped-narrow", "conv2d", (8, 128, 28, 28), (128, 4, 3, 3), {"padding": 1, "groups": 32}),
    ("transposed", "conv_transpose2d", (8, 64, 16, 16), (64, 32, 4, 4), {"stride": 2, "padding": 1}),
    ("conv1d", "conv1d", (8, 16, 4096), (32, 16, 7), {"padding": 3}),
    ("conv3d", "conv3d", (2, 16, 8, 24, 24), (32, 16, 3, 3, 3), {"padding": 1}),
]
"""Convolutions of other kinds: name, function, shapes of image and weights, options."""


def _family(
    name: str, function: str, image: tuple[int, ...], weight: tuple[int, ...], options: dict[str, int]
) -> Row:
    size, kernel = ("x".join(map(str, shape)) for shape in (image, weight))
    given = ", ".join(f"{key} {value}" for key, value in options.items())
    title = f"{function} of {size} with {kernel}, {given}: forward and backward"
    return Row(
        name,
        title,
        "family",
        {"function": function, "image": image, "weight": weight, "options": options},
        bound=1.5,
        aim=1.0,
    )


ROWS = [
    Row("lenet", "LeNet training step, batch 64", "lenet", bound=0.75, aim=0.5, memory=1.1),
    Row("mlp", "MLP 784-256-256-10 training step, batch 128", "mlp", bound=0.8, aim=0.6),
    Row(
        "resnet18",
        "ResNet-18 training step, 32x32 images, batch 32",
        "resnet18",
        bound=0.95,
        aim=0.7,
        memory=1.1,
    ),
    Row(
        "vgg",
        "3x3 stack (VGG style: 64, 64, pool, 128, 128, pool, 256, 256, pool) training step, 32x32, batch 32",
        "vgg",
        bound=0.85,
        aim=0.6,
    ),
    *(_conv(*numbers, backward=backward) for numbers in CONVOLUTIONS for backward in (False, True)),
    *(_family(name, *rest) for name, *rest in FAMILIES),
    Row("max_pool", "max-pooling 2x2 of 64x20x24x24, forward and backward", "pool", {"kind": "max"}),
    Row("avg_pool", "average-pooling 2x2 of 64x20x24x24, forward and backward", "pool", {"kind": "avg"}),
    Row("cross_entropy", "softmax with cross-entropy of 128x1000, forward and backward", "loss"),
    Row("sgd", "SGD step with momentum, 11 million parameters in 62 tensors", "optimizer", {"rule": "sgd"}),
    Row("adam", "Adam step, 11 million parameters in 62 tensors", "optimizer", {"rule": "adam"}),
    Row(
        "overhead",
        "per operator, forward and backward, 10 elements (500 multiplications and additions)",
        "overhead",
        {"lines": False},
        bound=0.85,
        aim=0.7,
    ),
    Row(
        "overhead-lines", "the same with source lines kept", "overhead", {"lines": True}, bound=0.9, aim=0.75
    ),
    *(Row(name, title, "operator", {"name": name}, 1.5, 1.0) for name, (title, _) in OPERATORS.items()),
    *(Row(name, title, "network", {"name": name}, 2.0, 1.2) for name, (title, _) in NETWORKS.items()),
]
