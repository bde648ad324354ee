"""Single operators at sizes that people use. One text serves both libraries: it gets the module that it calls
``torch``, and returns the step to take."""

from collections.abc import Callable
from typing import Any

import numpy as np

Step = Callable[[], Any]
Maker = Callable[[Any, "Arrays"], Step]
ROWS, COLUMNS = 1000, 1000
WORDS, WIDTH = 20_000, 128


class Arrays:
    """The operands of the steps, the same ones for each library."""

    def __init__(self, torch: Any) -> None:
        self.torch, self.draw = torch, np.random.default_rng(0)

    def normal(self, *shape: int) -> Any:
        return self.torch.tensor(self.draw.standard_normal(shape).astype("f"))

    def leaf(self, *shape: int) -> Any:
        return self.normal(*shape).requires_grad_()

    def index(self, most: int, *shape: int) -> Any:
        return self.torch.tensor(self.draw.integers(0, most, shape))


def differentiated(torch: Any, forward: Callable[[], Any], *leaves: Any) -> Step:
    """The step that computes ``forward`` and the gradients of all ``leaves``."""
    signal = torch.ones_like(forward().detach())

    def step() -> None:
        for leaf in leaves:
            leaf.grad = None
        forward().backward(signal)

    return step


def _gather(torch: Any, of: Arrays) -> Step:
    x, index = of.leaf(ROWS, COLUMNS), of.index(COLUMNS, ROWS, COLUMNS)
    return differentiated(torch, lambda: torch.gather(x, 1, index), x)


def _gather_columns(torch: Any, of: Arrays) -> Step:
    x, index = of.leaf(ROWS, COLUMNS), of.index(ROWS, ROWS, COLUMNS)
    return differentiated(torch, lambda: torch.gather(x, 0, index), x)


def _rows(torch: Any, of: Arrays) -> Step:
    x, index = of.leaf(WORDS, WIDTH), of.index(WORDS, 8192)
    return differentiated(torch, lambda: x[index], x)


def _embedding(torch: Any, of: Arrays) -> Step:
    x, index = of.leaf(WORDS, WIDTH), of.index(WORDS, 64, 128)
    return differentiated(torch, lambda: torch.nn.functional.embedding(index, x), x)


def _index_select(torch: Any, of: Arrays) -> Step:
    x, index = of.leaf(ROWS, COLUMNS), of.index(COLUMNS, COLUMNS)
    return differentiated(torch, lambda: torch.index_select(x, 1, index), x)


def _scatter(torch: Any, of: Arrays) -> Step:
    x, source, index = of.leaf(ROWS, COLUMNS), of.leaf(ROWS, COLUMNS), of.index(COLUMNS, ROWS, COLUMNS)
    return differentiated(torch, lambda: torch.scatter(x, 1, index, source), x, source)


def _scatter_add(torch: Any, of: Arrays) -> Step:
    x, source, index = of.leaf(ROWS, COLUMNS), of.leaf(ROWS, COLUMNS), of.index(COLUMNS, ROWS, COLUMNS)
    return differentiated(torch, lambda: torch.scatter_add(x, 1, index, source), x, source)


def _index_add(torch: Any, of: Arrays) -> Step:
    x, source, index = of.leaf(WORDS, WIDTH), of.leaf(8192, WIDTH), of.index(WORDS, 8192)
    return differentiated(torch, lambda: torch.index_add(x, 0, index, source), x, source)


def _bias_relu(torch: Any, of: Arrays) -> Step:
    x, bias = of.leaf(4096, 256), of.leaf(256)
    return differentiated(torch, lambda: torch.relu(x + bias), x, bias)


def _sigmoid(torch: Any, of: Arrays) -> Step:
    x, y = of.leaf(ROWS, COLUMNS), of.leaf(ROWS, COLUMNS)
    return differentiated(torch, lambda: (x * y + y).sigmoid(), x, y)


def _dropout(torch: Any, of: Arrays) -> Step:
    x = of.leaf(ROWS, COLUMNS)
    return differentiated(torch, lambda: torch.nn.functional.dropout(x, 0.3, True), x)


def _cumsum(torch: Any, of: Arrays) -> Step:
    x = of.leaf(ROWS, COLUMNS)
    return differentiated(torch, lambda: x.cumsum(1), x)


def _batched(torch: Any, of: Arrays) -> Step:
    x, y = of.leaf(64, 64, 64), of.leaf(64, 64, 64)
    return differentiated(torch, lambda: torch.bmm(x, y), x, y)


def _called(method: str, *arguments: Any, whole: int | None = None, shape: Any = (ROWS, COLUMNS)) -> Maker:
    """The step that calls a method of normal numbers, or of integers below ``whole``."""

    def make(torch: Any, of: Arrays) -> Step:
        x = of.normal(*shape) if whole is None else of.index(whole, *shape)
        return lambda: getattr(x, method)(*arguments)

    return make


def _drawn(name: str, *arguments: Any) -> Maker:
    return lambda torch, of: lambda: getattr(torch, name)(*arguments)


def _filled(method: str, *arguments: Any) -> Maker:
    """The step that calls a method of a million probabilities."""

    def make(torch: Any, of: Arrays) -> Step:
        x = torch.full((MILLION,), 0.3)
        return lambda: getattr(x, method)(*arguments)

    return make


MILLION = 1_000_000
LONG = {"shape": (MILLION,)}

OPERATORS: dict[str, tuple[str, Maker]] = {
    "gather": ("gather along rows of 1000x1000, forward and backward", _gather),
    "gather-columns": ("gather along columns of 1000x1000, forward and backward", _gather_columns),
    "rows": ("8,192 of 20,000 rows of 128 by index, forward and backward", _rows),
    "embedding": ("embedding of 64x128 words, 20,000 rows of 128, forward and backward", _embedding),
    "index_select": ("index_select of 1,000 columns of 1000x1000, forward and backward", _index_select),
    "scatter": ("scatter along rows of 1000x1000, forward and backward", _scatter),
    "scatter_add": ("scatter_add along rows of 1000x1000, forward and backward", _scatter_add),
    "index_add": ("index_add of 8,192 to 20,000 rows of 128, forward and backward", _index_add),
    "topk": ("topk(10) of 1,000 rows of 1,000", _called("topk", 10)),
    "topk-many": ("topk(200) of 1,000 rows of 1,000", _called("topk", 200)),
    "topk-long": ("topk(100) of 1,000,000", _called("topk", 100, **LONG)),
    "sort": ("sort of 1,000 rows of 1,000", _called("sort", 1)),
    "sort-long": ("sort of 1,000,000", _called("sort", 0, **LONG)),
    "sort-columns": ("sort of 1,000 columns of 1,000", _called("sort", 0)),
    "argsort": ("argsort of 1,000 rows of 1,000", _called("argsort", 1)),
    "argsort-int": ("argsort of 1,000 rows of 1,000 integers", _called("argsort", 1, whole=1000)),
    "cumsum": ("cumsum along rows of 1000x1000, forward and backward", _cumsum),
    "cumsum-columns": ("cumsum along columns of 1000x1000", _called("cumsum", 0)),
    "cumprod": ("cumprod along rows of 1000x1000", _called("cumprod", 1)),
    "bmm": ("64 products of 64x64 with 64x64, forward and backward", _batched),
    "randn": ("randn of 1,000,000", _drawn("randn", MILLION)),
    "rand": ("rand of 1,000,000", _drawn("rand", MILLION)),
    "randint": ("randint of 1,000,000", _drawn("randint", 0, 10, (MILLION,))),
    "randperm": ("randperm of 60,000", _drawn("randperm", 60_000)),
    "bernoulli": ("bernoulli of 1,000,000 probabilities", _filled("bernoulli")),
    "exponential": ("exponential_ of 1,000,000", _filled("exponential_")),
    "dropout": ("dropout of 1000x1000, forward and backward", _dropout),
    "bias_relu": ("bias + ReLU of 4096x256, forward and backward", _bias_relu),
    "sigmoid": ("(x * y + y).sigmoid() of 1000x1000, forward and backward", _sigmoid),
}


def build(torch: Any, name: str) -> Step:
    """The step of that name, taken by the module ``torch``."""
    return OPERATORS[name][1](torch, Arrays(torch))
