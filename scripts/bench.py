"""What an operator costs beside the arithmetic: forward and backward of operators on 10 elements, beside PyTorch's if it is installed.

python scripts/bench.py
"""

import importlib.util
import statistics
import time
from collections.abc import Callable
from typing import Any

import autograd_cnn

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "add": lambda t, y: t + y,
    "multiply": lambda t, y: t * y,
    "tanh": lambda t, y: t.tanh(),
    "relu": lambda t, y: t.relu(),
}
CHAIN, ROUNDS = 200, 15


def microseconds(library: Any, operator: Callable[[Any, Any], Any]) -> float:
    """Forward and backward of one operator in a chain of them, the median of many rounds."""
    x = library.ones(10, requires_grad=True)
    y = library.ones(10, requires_grad=True)
    rounds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        t = x
        for _ in range(CHAIN):
            t = operator(t, y)
        t.sum().backward()
        rounds.append(time.perf_counter() - began)
        x.grad = y.grad = None
    return 1e6 * statistics.median(rounds) / CHAIN


def main() -> None:
    """Print a table."""
    libraries: dict[str, Any] = {"autograd_cnn": autograd_cnn}
    if importlib.util.find_spec("torch") is not None:
        import torch

        torch.set_num_threads(1)
        libraries[f"PyTorch {torch.__version__}"] = torch
    print("forward + backward per operator, 10 elements of float32, microseconds (median)")
    print("".join(f"{name:>18}" for name in ("operator", *libraries, "ratio")))
    for name, operator in OPERATORS.items():
        # Taken in turns, so that a noisy moment of the machine meets both.
        samples = [[microseconds(library, operator) for library in libraries.values()] for _ in range(5)]
        costs = [statistics.median(column) for column in zip(*samples, strict=True)]
        ratio = f"{costs[0] / costs[1]:.2f}" if len(costs) > 1 else "-"
        print("".join(f"{cell:>18}" for cell in (name, *(f"{cost:.2f}" for cost in costs), ratio)))


if __name__ == "__main__":
    main()
