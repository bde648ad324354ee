"""``autograd-cnn train``: the loop, its checkpoints, and what it leaves behind."""

import argparse
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

from .. import optim
from .._creation.creation import tensor, zeros
from .._creation.random import Generator, get_rng_state, manual_seed, set_rng_state
from .._engine.modes import no_grad
from .._files.serialization import load, save
from .._tensor import Tensor, tensor_of
from ..datasets import MNIST, FashionMNIST
from ..models import LeNet
from ..nn import functional as F
from ..ops import kernels
from ..utils.data import DataLoader, TensorDataset
from ._debug import GradientPrinter
from ._options import UsageError, settle, settled
from ._outputs import COLUMNS, write_backward, write_curves, write_metrics
from ._progress import Progress

_DATASETS = {"mnist": MNIST, "fashion-mnist": FashionMNIST}
_CHECKPOINT_EVERY = 60.0
_KINDS: dict[str, type] = {
    "options": dict,
    "images": int,
    "epoch": int,
    "model": dict,
    "optimizer": dict,
    "loader": dict,
    "random": Tensor,
    "losses": Tensor,
    "correct": int,
    "seconds": float,
    "rows": list,
}
"""What a checkpoint holds."""


def train(options: argparse.Namespace) -> int:
    """Train as ``options`` say; the exit code."""
    path = options.out / "checkpoint.safetensors"
    saved = _read_checkpoint(path) if options.resume else None
    chosen = settle(options, saved and saved["options"])
    run = Run(chosen, options)
    if saved is not None:
        run.restore(saved, path)
    options.out.mkdir(parents=True, exist_ok=True)
    with Interrupt() as interrupt:
        if not run.train(interrupt):
            print(f"interrupted in epoch {run.epoch + 1}; the same command with --resume goes on from {path}")
            return 130
    run.finish()
    return 0


def warmup() -> int:
    """Every kernel and one training step on nothing: what is compiled for it is kept on disk."""
    began = time.perf_counter()
    if not kernels.available():
        print(
            "Numba is not installed: there is nothing to compile; pip install 'autograd-cnn[fast]' "
            "makes training faster"
        )
        return 0
    kernels.warmup()
    model = LeNet()
    optimizer = optim.SGD(model.parameters(), lr=0.0, momentum=0.9)
    for count in (64, 48):  # a full batch, and a last one that is shorter
        F.cross_entropy(model(zeros(count, 1, 28, 28)), zeros(count, dtype=np.int64)).backward()
        optimizer.step()
    print(f"ready after {time.perf_counter() - began:.1f} s")
    return 0


class Interrupt:
    """Turns the first Ctrl-C into a flag, read between two steps, so that no step is cut in two. The second
    one stops at once."""

    def __init__(self) -> None:
        self.came = False

    def __enter__(self) -> "Interrupt":
        self._before = [
            (number, signal.signal(number, self._handle)) for number in (signal.SIGINT, signal.SIGTERM)
        ]
        return self

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self.came = True
        self._restore()

    def _restore(self) -> None:
        for number, handler in self._before:
            signal.signal(number, handler)

    def __exit__(self, *error: object) -> None:
        self._restore()


class Run:
    """A training run: the model, everything a checkpoint keeps, and where the results go."""

    def __init__(self, chosen: dict[str, Any], options: argparse.Namespace) -> None:
        self.chosen, self.out, self.device = chosen, options.out, options.device
        self.epochs: int = options.epochs
        manual_seed(chosen["seed"])
        self.training, self.testing = (
            _dataset(chosen["data"], options.root, train=part) for part in (True, False)
        )
        self.model = LeNet().to(self.device)
        self.optimizer = _optimizer(self.model, chosen)
        self.loader = DataLoader(
            self.training,
            chosen["batch_size"],
            shuffle=True,
            generator=Generator().manual_seed(chosen["seed"]),
        )
        self.debug = GradientPrinter(self.model) if options.debug_info else None
        self.epoch = 0
        self.losses: list[float] = []
        self.correct = 0
        self.seconds = 0.0
        self.rows: list[list[float]] = []

    def train(self, interrupt: Interrupt) -> bool:
        """All epochs that are left; False where Ctrl-C ended them early. Every minute and at each end a
        checkpoint is written."""
        saved_at = time.monotonic()
        while self.epoch < self.epochs:
            began, before = time.monotonic(), self.seconds
            title = f"epoch {self.epoch + 1}/{self.epochs}"
            done = len(self.losses) - self.epoch * len(self.loader)
            with Progress(title, len(self.loader), done, hidden=self.debug is not None) as progress:
                for images, labels in self.loader:
                    self._step(images.to(self.device), labels.to(self.device))
                    done += 1
                    self.seconds = before + time.monotonic() - began
                    progress.show(
                        self.losses[-1], self.correct / self._images(done), self._images(done) / self.seconds
                    )
                    if interrupt.came and done < len(self.loader):
                        self._save_checkpoint()
                        return False
                    if time.monotonic() - saved_at > _CHECKPOINT_EVERY:
                        self._save_checkpoint()
                        saved_at = time.monotonic()
            self._end_epoch()
            if interrupt.came and self.epoch < self.epochs:
                return False
        return True

    def _images(self, steps: int) -> int:
        return min(steps * int(self.chosen["batch_size"]), len(self.training))

    def _step(self, images: Tensor, labels: Tensor) -> None:
        self.optimizer.zero_grad()
        scores = self.model(images)
        loss = F.cross_entropy(scores, labels)
        loss.backward()
        if self.debug is not None:
            self.debug.print(len(self.losses) + 1)
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(self.chosen, len(self.losses))
        self.optimizer.step()
        self.losses.append(loss.item())
        self.correct += int((scores.array.argmax(1) == labels.array).sum())

    def _end_epoch(self) -> None:
        losses = self.losses[self.epoch * len(self.loader) :]
        test_loss, test_accuracy = self.test()
        self.epoch += 1
        accuracy = self.correct / len(self.training)
        self.rows.append(
            [self.epoch, sum(losses) / len(losses), accuracy, test_loss, test_accuracy, self.seconds]
        )
        print(
            f"epoch {self.epoch}/{self.epochs}: training loss {self.rows[-1][1]:.4f}, accuracy "
            f"{accuracy:.2%}; "
            f"test accuracy {test_accuracy:.2%}; {len(self.training) / self.seconds:.0f} images/s",
            flush=True,
        )
        self.correct, self.seconds = 0, 0.0
        write_metrics(self.out / "metrics.csv", self.rows)
        self._save_checkpoint()

    def test(self) -> tuple[float, float]:
        """Loss and accuracy on the test images."""
        loss, correct = 0.0, 0
        self.model.eval()
        with no_grad():
            for images, labels in DataLoader(self.testing, 250):
                scores, labels = self.model(images.to(self.device)), labels.to(self.device)
                loss += F.cross_entropy(scores, labels, reduction="sum").item()
                correct += int((scores.array.argmax(1) == labels.array).sum())
        self.model.train()
        return loss / len(self.testing), correct / len(self.testing)

    def _save_checkpoint(self) -> None:
        save(
            {
                "options": self.chosen,
                "images": len(self.training),
                "epoch": self.epoch,
                "model": self.model.state_dict(),
                "optimizer": self.optimizer.state_dict(),
                "loader": self.loader.state_dict(),
                "random": get_rng_state(),
                "losses": tensor(self.losses, dtype=np.float64),
                "correct": self.correct,
                "seconds": self.seconds,
                "rows": self.rows,
            },
            self.out / "checkpoint.safetensors",
        )

    def restore(self, saved: dict[str, Any], path: Path) -> None:
        """Go on from a checkpoint; UsageError where it is of another model, optimizer or dataset."""
        if saved["images"] != len(self.training):
            raise UsageError(
                f"{path} was made with {saved['images']} training images, not {len(self.training)}; "
                "give the same --root"
            )
        try:
            self.model.load_state_dict(saved["model"])
            self.optimizer.load_state_dict(saved["optimizer"])
            self.loader.load_state_dict(saved["loader"])
            set_rng_state(saved["random"])
            self.losses = saved["losses"].tolist()
        except (RuntimeError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise UsageError(f"{path} is no checkpoint of this model and data: {error}") from error
        self.epoch, self.correct, self.seconds, self.rows = (
            saved[name] for name in ("epoch", "correct", "seconds", "rows")
        )
        done = len(self.losses) - self.epoch * len(self.loader)
        rows_fit = all(
            type(row) is list and len(row) == len(COLUMNS) and all(isinstance(n, (int, float)) for n in row)
            for row in self.rows
        )
        if (
            len(self.rows) != self.epoch
            or not rows_fit
            or not 0 <= done < len(self.loader)
            or done != saved["loader"]["batches"]
        ):
            raise UsageError(
                f"{path} does not fit together: {self.epoch} epochs, {len(self.rows)} rows, "
                f"{len(self.losses)} losses; start without --resume"
            )

    def finish(self) -> None:
        """Write the model and the pictures, and say where they are."""
        save(self.model.state_dict(), self.out / "model.safetensors")
        images, labels = next(iter(DataLoader(self.training, 64)))
        loss = F.cross_entropy(self.model(images.to(self.device)), labels.to(self.device))
        written = ["model.safetensors", "checkpoint.safetensors", "metrics.csv"]
        missing = []
        for name, write in (
            ("curves.png", lambda path: write_curves(path, self.losses, self.rows)),
            ("backward.svg", lambda path: write_backward(path, self.model, loss)),
        ):
            try:
                write(self.out / name)
                written.append(name)
            except ImportError as error:
                missing.append(f"{name} was left out ({error}); pip install 'autograd-cnn[viz]'")
        for line in missing:
            print(line, file=sys.stderr)
        print(
            f"test accuracy {self.rows[-1][4]:.2%} after {self.epoch} epochs; in {self.out}: "
            f"{', '.join(written)}"
        )


def _dataset(name: str, root: Path | None, *, train: bool) -> TensorDataset:
    """Images as float32 from 0 to 1, N x 1 x 28 x 28, and their labels."""
    cls = _DATASETS[name]
    if root is None and cls is not MNIST:
        raise UsageError(
            f"--data {name} does not come with the package; give the folder of its files with --root"
        )
    if root is not None and not root.is_dir():
        raise UsageError(f"--root {root}: there is no such folder")
    data = cls(root, train=train)
    images = data.data.array.astype(np.float32)[:, None]
    images /= 255
    return TensorDataset(tensor_of(images), data.targets)


def _optimizer(model: LeNet, chosen: dict[str, Any]) -> Any:
    if chosen["optimizer"] == "adam":
        return optim.Adam(model.parameters(), lr=chosen["lr"])
    return optim.SGD(model.parameters(), lr=chosen["lr"], momentum=chosen["momentum"])


def learning_rate(chosen: dict[str, Any], step: int) -> float:
    """The rate of a step, the first of which is 0; ``inv`` is Caffe's policy of that name, with its LeNet's
    gamma and power."""
    rate: float = chosen["lr"]
    return rate * (1 + 1e-4 * step) ** -0.75 if chosen["schedule"] == "inv" else rate


def _is(part: Any, kind: type) -> bool:
    """Whether ``part`` is of a kind; an ordered dict is a dict, but a truth value is no int."""
    return isinstance(part, kind) and not isinstance(part, bool)


def _read_checkpoint(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise UsageError(
            f"--resume: there is no {path}; start without --resume, or name the folder of the run with --out"
        )
    saved = load(path)
    if (
        not isinstance(saved, dict)
        or saved.keys() != _KINDS.keys()
        or not all(_is(saved[name], kind) for name, kind in _KINDS.items())
        or not settled(saved["options"])
    ):
        raise UsageError(f"{path} is not a checkpoint of this program")
    return saved
