"""What a training run leaves in its folder, besides models: a table and two pictures."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .._files.atomic import write_atomically

COLUMNS = ("epoch", "train_loss", "train_accuracy", "test_loss", "test_accuracy", "seconds")


def write_metrics(path: Path, rows: Sequence[Sequence[float]]) -> None:
    """``metrics.csv``: a line for each epoch."""
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for row in rows:
        table.writerow([row[0], *(f"{value:.6g}" for value in row[1:])])
    write_atomically(path, text.getvalue().encode())


def write_curves(path: Path, losses: Sequence[float], rows: Sequence[Sequence[float]]) -> None:
    """``curves.png``: the loss at every step, and the accuracies after every epoch. ImportError without
    matplotlib."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.semilogy(range(1, len(losses) + 1), losses, linewidth=0.5, color="tab:blue")
    left.set(title="training loss", xlabel="step", ylabel="cross-entropy")
    epochs = [row[0] for row in rows]
    for column, label in ((2, "training"), (4, "test")):
        right.plot(epochs, [100 * row[column] for row in rows], marker="o", label=label)
    right.set(title="accuracy", xlabel="epoch", ylabel="%")
    right.set_xticks(epochs[:: 1 + len(epochs) // 10])
    right.legend()
    for axes in (left, right):
        axes.grid(alpha=0.3)
    image = io.BytesIO()
    figure.savefig(image, format="png", dpi=120)
    write_atomically(path, image.getvalue())


def write_backward(path: Path, model: Any, loss: Any) -> None:
    """``backward.svg``: the backward pass of one step. ImportError without pygraphviz."""
    from ..explain import draw

    picture = draw(loss, model, title="LeNet's backward pass")
    write_atomically(path, picture.pipe(format="svg"))
