"""Times on a GPU beside PyTorch's, by CUDA events: ``make bench-gpu``. Without a GPU it says so in one line.

Medians of single steps after a warm-up; the two libraries take turns. PyTorch is left out where it is not
installed. The floor of a step is the time of its products alone, at the speed of a large product of the same
dtype on the same GPU: what a step takes beyond that is memory, launches and Python.
"""

import argparse
import importlib.util
import statistics
import sys
from collections.abc import Callable
from typing import Any

import autograd_cnn as ac
from autograd_cnn import cuda
from autograd_cnn.ops.kernels.cuda import _cudnn

Step = Callable[[], Any]
STEPS, WARM_UP = 50, 10
CONVOLUTIONS = [(64, 56, 3), (128, 28, 3), (256, 14, 3), (64, 56, 1), (512, 7, 3)]
"""Single layers: channels, size of the image, size of the kernel."""

# of a step, in billions of multiply-adds: the forward pass of a batch three times, for each operand has a
# gradient
PRODUCTS = {
    "lenet": 3 * 64 * 2.293e-3,
    "lenet-captured": 3 * 64 * 2.293e-3,
    "mlp": 3 * 128 * 1.862e-3,
    "resnet18": 3 * 128 * 37.02e-3,
    "resnet50": 3 * 64 * 4.087,
    **{f"conv-{c}x{s}-k{k}": 3 * 64 * c * c * k * k * s * s / 1e9 for c, s, k in CONVOLUTIONS},
}


def events(lib: Any, step: Step) -> float:
    """Milliseconds of one step, between two CUDA events of ``lib``."""
    begin, end = lib.cuda.Event(enable_timing=True), lib.cuda.Event(enable_timing=True)
    begin.record()
    step()
    end.record()
    end.synchronize()
    return float(begin.elapsed_time(end))


def perceptron(lib: Any) -> Any:
    return lib.nn.Sequential(
        lib.nn.Linear(784, 1024),
        lib.nn.ReLU(),
        lib.nn.Linear(1024, 1024),
        lib.nn.ReLU(),
        lib.nn.Linear(1024, 10),
    )


def lenet(lib: Any) -> Any:
    """Caffe's LeNet."""
    n = lib.nn
    return n.Sequential(
        n.Conv2d(1, 20, 5),
        n.MaxPool2d(2),
        n.Conv2d(20, 50, 5),
        n.MaxPool2d(2),
        n.Flatten(),
        n.Linear(800, 500),
        n.ReLU(),
        n.Linear(500, 10),
    )


def training_step(lib: Any, model: Any, shape: tuple[int, ...], captured: bool = False) -> Step:
    """A step of stochastic gradient descent on random images."""
    model = model.cuda()
    images, labels = lib.rand(*shape).cuda(), lib.randint(0, 10, (shape[0],)).cuda()
    optimizer = lib.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    loss_of = lib.nn.functional.cross_entropy

    def step(x: Any, y: Any) -> Any:
        optimizer.zero_grad()
        loss = loss_of(model(x), y)
        loss.backward()
        optimizer.step()
        return loss

    run = cuda.graph(step) if captured else step
    return lambda: run(images, labels)


def residual(lib: Any, counts: tuple[int, ...], bottleneck: bool) -> Any:
    """A residual network (He et al., 2016) of ten classes, the same for every library: (2, 2, 2, 2) is
    ResNet-18, (3, 4, 6, 3) with bottlenecks -50."""
    n = lib.nn

    class Block(n.Module):  # type: ignore[misc, name-defined]  # the library's own Module
        def __init__(self, channels: int, width: int, stride: int) -> None:
            super().__init__()
            outputs = 4 * width if bottleneck else width
            plan = (
                [(channels, width, 1, 1), (width, width, 3, stride), (width, outputs, 1, 1)]
                if bottleneck
                else [(channels, width, 3, stride), (width, width, 3, 1)]
            )
            layers: list[Any] = []
            for a, b, kernel, step in plan:
                layers += [n.Conv2d(a, b, kernel, step, kernel // 2, bias=False), n.BatchNorm2d(b), n.ReLU()]
            self.body = n.Sequential(*layers[:-1])
            same = stride == 1 and channels == outputs
            self.beside = (
                n.Identity()
                if same
                else n.Sequential(n.Conv2d(channels, outputs, 1, stride, bias=False), n.BatchNorm2d(outputs))
            )
            self.relu = n.ReLU()

        def forward(self, x: Any) -> Any:
            return self.relu(self.body(x) + self.beside(x))

    layers, channels = (
        [n.Conv2d(3, 64, 7, 2, 3, bias=False), n.BatchNorm2d(64), n.ReLU(), n.MaxPool2d(3, 2, 1)],
        64,
    )
    for stage, count in enumerate(counts):
        for i in range(count):
            layers.append(Block(channels, 64 << stage, 2 if stage and not i else 1))
            channels = (64 << stage) * (4 if bottleneck else 1)
    return n.Sequential(*layers, n.AdaptiveAvgPool2d(1), n.Flatten(), n.Linear(channels, 10))


def convolution(channels: int, size: int, kernel: int) -> Callable[[Any], Step]:
    """A layer forward and backward, images included, in a batch of 64."""

    def make(lib: Any) -> Step:
        layer = lib.nn.Conv2d(channels, channels, kernel, padding=kernel // 2).cuda()
        images = lib.rand(64, channels, size, size).cuda().requires_grad_()
        return lambda: layer(images).sum().backward()

    return make


def operator(lib: Any) -> Step:
    x = lib.ones(10).cuda().requires_grad_()

    def chain() -> None:
        y = x
        for _ in range(100):
            y = y * 1.001
        y.sum().backward()

    return chain


def rows(names: list[str]) -> dict[str, Callable[[Any], Step]]:
    """What is timed: for a library, one step."""
    table: dict[str, Callable[[Any], Step]] = {
        "lenet": lambda lib: training_step(lib, lenet(lib), (64, 1, 28, 28)),
        "lenet-captured": lambda lib: training_step(lib, lenet(lib), (64, 1, 28, 28), captured=lib is ac),
        "mlp": lambda lib: training_step(lib, perceptron(lib), (128, 784)),
        "resnet18": lambda lib: training_step(lib, residual(lib, (2, 2, 2, 2), False), (128, 3, 32, 32)),
        "resnet50": lambda lib: training_step(lib, residual(lib, (3, 4, 6, 3), True), (64, 3, 224, 224)),
        **{f"conv-{c}x{s}-k{k}": convolution(c, s, k) for c, s, k in CONVOLUTIONS},
        "operators": operator,
    }
    return {name: table[name] for name in names or table}


def measure(make: Callable[[Any], Step], libraries: dict[str, Any]) -> dict[str, float]:
    """The median milliseconds of each library, which take turns."""
    steps = {name: make(lib) for name, lib in libraries.items()}
    for step in steps.values():
        for _ in range(WARM_UP):
            step()
    times: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(STEPS):
        for name, step in steps.items():
            times[name].append(events(libraries[name], step))
    return {name: statistics.median(found) for name, found in times.items()}


def product_speed() -> float:
    """Billions of multiply-adds per millisecond of a large product of float32, as the libraries are set."""
    n = 8192
    x, y = ac.rand(n, n).cuda(), ac.rand(n, n).cuda()
    times = [events(ac, lambda: x @ y) for _ in range(10)]
    return n**3 / 1e9 / statistics.median(times)


def bandwidth() -> float:
    """Gigabytes per second read and written by a large addition."""
    x = ac.rand(2**28).cuda()
    times = [events(ac, lambda: x + 1.0) for _ in range(10)]
    return 2 * 4 * 2**28 / 1e6 / statistics.median(times)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "row",
        nargs="*",
        help="lenet, lenet-captured, mlp, resnet18, resnet50, conv-64x56-k3 and other sizes, operators; "
        "all of them by default",
    )
    chosen = parser.parse_args()
    if not cuda.is_available():
        print("no GPU with CuPy on this machine: nothing was measured")
        return 0
    libraries: dict[str, Any] = {"autograd_cnn": ac}
    if importlib.util.find_spec("torch") is not None:
        import torch

        if torch.cuda.is_available():
            libraries["pytorch"] = torch
    speed, cudnn = product_speed(), _cudnn.library()
    print(f"{cuda.get_device_name()}; milliseconds, medians of {STEPS} steps")
    how = "products with columns" if cudnn is None else f"cuDNN {cudnn.backend_version()}"
    print(f"convolution by {how}; ", end="")
    print(f"a large product of float32: {2 * speed:.1f} TFLOP/s; a large addition: {bandwidth():.0f} GB/s\n")
    print(
        "| row | "
        + " | ".join(libraries)
        + " | ours / PyTorch | floor / ours |\n| --- |"
        + " --- |" * (len(libraries) + 2)
    )
    for name, make in rows(chosen.row).items():
        found = measure(make, libraries)
        ratio = f"{found['autograd_cnn'] / found['pytorch']:.2f}" if "pytorch" in found else "–"
        share = f"{PRODUCTS[name] / speed / found['autograd_cnn']:.0%}" if name in PRODUCTS else "–"
        print(
            f"| {name} | " + " | ".join(f"{t:.3g}" for t in found.values()) + f" | {ratio} | {share} |",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
