"""Images per second that a DataLoader brings, with worker processes and without, and that LeNet's training
step takes; PyTorch beside ours.

The dataset's transforms are NumPy's for both libraries, so that the rows differ by the loader and the step
alone. ``python -m benchmarks.loader library work workers`` measures one row in a process of its own.
"""

import importlib
import importlib.util
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

BATCH, STEPS, WARMUP = 64, 80, 15


class Digits:
    """Random images of MNIST's size: cropped and normalised one by one when they are read."""

    shape = (1, 28, 28)

    def __init__(self, count: int = 6400) -> None:
        self.images = np.random.default_rng(0).integers(0, 256, (count, *self.shape[1:]), dtype=np.uint8)

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> tuple[Any, int]:
        top, left = np.random.randint(0, 5, 2)
        return self.numbers(np.pad(self.images[index], 2)[top : top + 28, left : left + 28]), index % 10

    def numbers(self, image: Any) -> Any:
        return (image[None].astype(np.float32) / np.float32(255) - np.float32(0.1307)) / np.float32(0.3081)


class Photographs(Digits):
    """Images of 64x64 pixels that Pillow turns and resizes: work of about a millisecond for each."""

    def __init__(self, count: int = 6400) -> None:
        self.images = np.random.default_rng(0).integers(0, 256, (count, 64, 64), dtype=np.uint8)

    def __getitem__(self, index: int) -> tuple[Any, int]:
        from PIL import Image

        image = Image.fromarray(self.images[index]).rotate(
            float(np.random.uniform(-10, 10)), Image.Resampling.BICUBIC
        )
        image = image.resize((256, 256), Image.Resampling.BICUBIC).resize((32, 32), Image.Resampling.BICUBIC)
        top, left = np.random.randint(0, 5, 2)
        return self.numbers(np.asarray(image)[top : top + 28, left : left + 28]), index % 10


DATASETS = {"digits": Digits, "photographs": Photographs}


def _step(library: str) -> Callable[[Any, Any], None]:
    """The training step of models.LeNet, written with the modules that both libraries have."""
    nn, functional, optim = (
        importlib.import_module(f"{library}.{name}") for name in ("nn", "nn.functional", "optim")
    )
    model = nn.Sequential(
        *(nn.Conv2d(1, 20, 5), nn.MaxPool2d(2), nn.Conv2d(20, 50, 5), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(800, 500), nn.ReLU(), nn.Linear(500, 10)),
    )
    optimizer = optim.SGD(model.parameters(), lr=0.01, momentum=0.9)

    def step(images: Any, labels: Any) -> None:
        optimizer.zero_grad()
        functional.cross_entropy(model(images), labels).backward()
        optimizer.step()

    return step


def images_per_second(library: str, work: str, dataset: str, workers: int) -> float:
    """The rate of ``work``: "step" (one batch again and again), "loader" (batches that nothing is done with),
    or "both"."""
    data = importlib.import_module(f"{library}.utils.data")
    loader = data.DataLoader(
        DATASETS[dataset](), BATCH, shuffle=True, num_workers=workers, persistent_workers=workers > 0
    )
    step = _step(library) if work != "loader" else lambda images, labels: None
    began = 0.0
    for done, (images, labels) in enumerate(_batches(loader, again=work == "step")):
        if done == WARMUP:
            began = time.perf_counter()
        if done == WARMUP + STEPS:
            break
        step(images, labels)
    return STEPS * BATCH / (time.perf_counter() - began)


def _batches(loader: Any, again: bool) -> Iterator[Any]:
    """Pass after pass; or the first batch ``again`` and again."""
    first = next(iter(loader)) if again else None
    while True:
        yield from [first] if again else loader


ROWS = [
    ("step alone", "step", "digits", 0),
    *((f"loader alone, {n} workers", "loader", "digits", n) for n in (0, 2)),
    *((f"step and loader, {n} workers", "both", "digits", n) for n in (0, 2)),
    *((f"step and loader of 64x64 images by Pillow, {n} workers", "both", "photographs", n) for n in (0, 2)),
]


def rows() -> list[tuple[str, dict[str, float]]]:
    """(title, images per second by library); a library that is not installed is left out."""
    libraries = ["autograd_cnn", *(["torch"] if importlib.util.find_spec("torch") else [])]
    found = []
    for title, *row in ROWS:
        rates = {}
        for library in libraries:
            command = [sys.executable, "-m", "benchmarks.loader", library, *map(str, row)]
            rates[library] = float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        found.append((title, rates))
    return found


if __name__ == "__main__":
    if len(sys.argv) > 1:
        library, work, dataset, workers = sys.argv[1:]
        print(images_per_second(library, work, dataset, int(workers)))
    else:
        for title, rates in rows():
            print(
                f"LeNet, {title}: "
                + ", ".join(f"{library} {rate:.0f}" for library, rate in rates.items())
                + " images/s"
            )
