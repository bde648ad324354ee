"""Images per second of LeNet's training step when a DataLoader brings the batches, with worker processes and without."""

import time

import numpy as np

import autograd_cnn as ag
from autograd_cnn import models, optim, transforms
from autograd_cnn.nn import functional as F
from autograd_cnn.utils.data import DataLoader, Dataset


class Digits(Dataset):
    """Random images of MNIST's size, cropped and normalised one by one when they are read."""

    def __init__(self, count: int = 6400) -> None:
        self.images = np.random.default_rng(0).integers(0, 256, (count, 28, 28), dtype=np.uint8)
        self.transform = transforms.Compose(
            [transforms.RandomCrop(28, padding=2), transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))]
        )

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> tuple[ag.Tensor, int]:
        return self.transform(self.images[index]), index % 10


def images_per_second(num_workers: int, steps: int = 80, batch_size: int = 64, warmup: int = 10) -> float:
    """The rate over ``steps`` training steps, after ``warmup`` of them, in which workers start and kernels are compiled."""
    model = models.LeNet()
    optimizer = optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    loader = DataLoader(Digits(), batch_size, shuffle=True, num_workers=num_workers, persistent_workers=num_workers > 0)
    done, began = 0, 0.0
    while True:
        for images, labels in loader:
            optimizer.zero_grad()
            F.cross_entropy(model(images), labels).backward()
            optimizer.step()
            done += 1
            if done == warmup:
                began = time.perf_counter()
            if done == warmup + steps:
                return steps * batch_size / (time.perf_counter() - began)


def rows() -> list[tuple[str, float]]:
    """(title, images per second) without workers and with two."""
    return [(f"LeNet step with a DataLoader, {n} workers", images_per_second(n)) for n in (0, 2)]


if __name__ == "__main__":
    for title, rate in rows():
        print(f"{title}: {rate:.0f} images/s")
