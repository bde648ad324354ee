"""Times on a GPU beside PyTorch's, by CUDA events: ``make bench-gpu``. Without a GPU it says so in one line.

Medians of single steps after a warm-up; the two libraries take turns. PyTorch is left out where it is not installed.
"""

import argparse
import importlib.util
import statistics
import sys
from collections.abc import Callable
from typing import Any

import autograd_cnn as ac
from autograd_cnn import cuda, models

Step = Callable[[], Any]
STEPS, WARM_UP = 50, 10


def events(lib: Any, step: Step) -> float:
    """Milliseconds of one step, between two CUDA events of ``lib``."""
    begin, end = lib.cuda.Event(enable_timing=True), lib.cuda.Event(enable_timing=True)
    begin.record()
    step()
    end.record()
    end.synchronize()
    return float(begin.elapsed_time(end))


def perceptron(lib: Any) -> Any:
    return lib.nn.Sequential(lib.nn.Linear(784, 1024), lib.nn.ReLU(), lib.nn.Linear(1024, 1024), lib.nn.ReLU(), lib.nn.Linear(1024, 10))


def lenet(lib: Any) -> Any:
    """Caffe's LeNet."""
    n = lib.nn
    return n.Sequential(n.Conv2d(1, 20, 5), n.MaxPool2d(2), n.Conv2d(20, 50, 5), n.MaxPool2d(2), n.Flatten(), n.Linear(800, 500), n.ReLU(), n.Linear(500, 10))


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


def convolution(lib: Any) -> Step:
    layer, images = lib.nn.Conv2d(64, 64, 3, padding=1).cuda(), lib.rand(64, 64, 32, 32).cuda()
    return lambda: layer(images).sum().backward()


def operator(lib: Any) -> Step:
    x = lib.ones(10).cuda().requires_grad_()

    def chain() -> None:
        y = x
        for _ in range(100):
            y = y * 1.001
        y.sum().backward()

    return chain


def rows(names: list[str]) -> dict[str, Callable[[Any], Step]]:
    """What is timed: for a library, one step. Residual networks are torchvision's where PyTorch is timed."""

    def resnet(name: str, shape: tuple[int, ...]) -> Callable[[Any], Step]:
        def make(lib: Any) -> Step:
            if lib is ac:
                return training_step(lib, getattr(models, name)(num_classes=10), shape)
            return training_step(lib, getattr(importlib.import_module("torchvision.models"), name)(num_classes=10), shape)

        return make

    table: dict[str, Callable[[Any], Step]] = {
        "lenet": lambda lib: training_step(lib, lenet(lib), (64, 1, 28, 28)),
        "lenet-captured": lambda lib: training_step(lib, lenet(lib), (64, 1, 28, 28), captured=lib is ac),
        "mlp": lambda lib: training_step(lib, perceptron(lib), (128, 784)),
        "resnet18": resnet("resnet18", (128, 3, 32, 32)),
        "resnet50": resnet("resnet50", (64, 3, 224, 224)),
        "convolution": convolution,
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


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("row", nargs="*", help="lenet, lenet-captured, mlp, resnet18, resnet50, convolution, operators; all of them by default")
    chosen = parser.parse_args()
    if not cuda.is_available():
        print("no GPU with CuPy on this machine: nothing was measured")
        return 0
    libraries: dict[str, Any] = {"autograd_cnn": ac}
    if importlib.util.find_spec("torch") is not None:
        import torch

        if torch.cuda.is_available():
            libraries["pytorch"] = torch
    print(f"{cuda.get_device_name()}; milliseconds, medians of {STEPS} steps\n")
    print("| row | " + " | ".join(libraries) + " | ours / PyTorch |\n| --- |" + " --- |" * (len(libraries) + 1))
    for name, make in rows(chosen.row).items():
        found = measure(make, libraries)
        ratio = f"{found['autograd_cnn'] / found['pytorch']:.2f}" if "pytorch" in found else "–"
        print(f"| {name} | " + " | ".join(f"{t:.3g}" for t in found.values()) + f" | {ratio} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
