"""Make the gallery in docs/gallery: for each example a picture (SVG), its DOT text, and a page that plays the
backward pass.

python scripts/gallery.py [FOLDER]
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import autograd_cnn as torch
from autograd_cnn import explain, nn
from autograd_cnn.models import LeNet
from autograd_cnn.nn import functional as F

Example = tuple[Any, Any, dict[str, Any]]
"""The loss, what names the leaves, and how to draw it."""


def numbers(*shape: int) -> Any:
    """The same numbers for a shape at every run."""
    return torch.tensor(np.random.default_rng(sum(shape)).normal(size=shape)).to(torch.get_default_dtype())


def lenet() -> Example:
    """LeNet on four images: modules closed, the classifier's loss open."""
    torch.manual_seed(0)
    model = LeNet()
    return F.cross_entropy(model(numbers(4, 1, 28, 28)), torch.tensor([3, 1, 4, 1])), model, {"depth": 1}


class Block(nn.Module):
    """Two convolutions and the way around them."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(4, 4, 3, padding=1)
        self.conv2 = nn.Conv2d(4, 4, 3, padding=1)

    def forward(self, x: Any) -> Any:
        return F.relu(x + self.conv2(F.relu(self.conv1(x))))


def resnet_block() -> Example:
    """A residual block: the gradient of its input is a sum of two paths."""
    torch.manual_seed(0)
    model, x = Block(), numbers(2, 4, 8, 8).requires_grad_()
    return (model(x) ** 2).mean(), {**dict(model.named_parameters()), "x": x}, {"depth": 1}


class Cell(nn.Module):
    """One step of a recurrent network: h = tanh(x W + h U + b)."""

    def __init__(self) -> None:
        super().__init__()
        self.W = nn.Parameter(numbers(3, 8) * 0.3)
        self.U = nn.Parameter(numbers(8, 8) * 0.3)
        self.b = nn.Parameter(torch.zeros(8))

    def forward(self, x: Any, h: Any) -> Any:
        return torch.tanh(x @ self.W + h @ self.U + self.b)


class Recurrent(nn.Module):
    """A cell applied step by step."""

    def __init__(self) -> None:
        super().__init__()
        self.cell = Cell()

    def forward(self, xs: Any) -> Any:
        h = torch.zeros(2, 8)
        for x in xs:
            h = self.cell(x, h)
        return h


def rnn() -> Example:
    """A recurrent network of 50 steps, folded into one box; the weights are shared by all steps."""
    model = Recurrent()
    return (model(numbers(50, 2, 3)) ** 2).sum(), model, {"depth": 1}


def diamond() -> Example:
    """The smallest graph with a fan-in: x is used twice, so two signals are added."""
    x = torch.tensor([0.5, -1.0], requires_grad=True)
    a = torch.exp(x)
    b = x * x
    loss = (a * b).sum()
    return loss, {"x": x}, {}


def shared_weight() -> Example:
    """One weight matrix used by two layers (tied weights): its gradient is the sum over both."""
    w = numbers(4, 4).requires_grad_()
    x = numbers(2, 4)
    h = torch.relu(x @ w)
    y = h @ w.T
    loss = ((y - x) ** 2).mean()
    return loss, {"w": w, "x": x}, {}


def second_order() -> Example:
    """The graph of a gradient: the penalty ‖∂f/∂x‖² can be differentiated again."""
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    f = (x**3).sum()
    (g,) = torch.autograd.grad(f, x, create_graph=True)
    penalty = (g * g).sum()
    return penalty, {"x": x}, {}


EXAMPLES: dict[str, Callable[[], Example]] = {
    e.__name__: e for e in (lenet, resnet_block, rnn, diamond, shared_weight, second_order)
}


def main(folder: Path) -> None:
    """Write the gallery into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        "# Gallery",
        "",
        "Made by `python scripts/gallery.py`. Each picture is a real backward pass; the page beside "
        "it plays it step by step.",
        "",
    ]
    for name, example in EXAMPLES.items():
        with explain.watch():
            loss, params, how = example()
            loss.backward(retain_graph=True)
        picture = explain.draw(loss, params, **how)
        picture.render(outfile=folder / f"{name}.svg")
        (folder / f"{name}.dot").write_text(picture.source, encoding="utf-8")
        explain.page(loss, folder / f"{name}.html", params, title=name.replace("_", " "))
        lines += [
            f"## {name.replace('_', ' ')}",
            "",
            str(example.__doc__),
            "",
            f"![{name}]({name}.svg)",
            "",
            f"[Play it]({name}.html)",
            "",
        ]
    (folder / "README.md").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main(
        Path(sys.argv[1])
        if len(sys.argv) > 1
        else Path(__file__).resolve().parent.parent / "docs" / "gallery"
    )
