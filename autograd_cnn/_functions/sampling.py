"""Random numbers whose distributions tensors describe: bernoulli, poisson, binomial, multinomial. None
carries a gradient."""

from typing import Any

import numpy as np

from .._devices.device import CPU, device_of
from .._devices.transfer import move
from .._random import distributions, stream
from ._arguments import names_arguments


def _drawn(array: Any, input: Any) -> Any:
    """A tensor of ``array`` where ``input`` is."""
    return input._lift(move(array, device_of(input.array)), None)


@names_arguments
def bernoulli(input: Any, p: float | None = None, *, generator: Any = None) -> Any:
    """Ones with the probabilities that ``input`` holds (or with probability ``p``), else zeros, in the dtype
    of ``input``."""
    host = move(input.array, CPU)
    chance = host if p is None else float(p)
    if p is None and host.dtype.kind != "f":
        raise RuntimeError(
            f"bernoulli: input holds probabilities and must be floating point, not {input.dtype!r}"
        )
    drawn = stream.bernoulli(host.shape, chance, generator=generator, dtype=host.dtype)
    return _drawn(drawn, input)


@names_arguments
def poisson(input: Any, generator: Any = None) -> Any:
    """Counts of the Poisson distribution with the rates that ``input`` holds, in its dtype."""
    rates = move(input.array, CPU)
    if rates.dtype.kind != "f":
        raise RuntimeError(f"poisson: input holds rates and must be floating point, not {input.dtype!r}")
    if not (rates >= 0).all():
        raise RuntimeError("invalid Poisson rate, expected rate to be non-negative")
    return _drawn(distributions.poisson(rates, generator=generator), input)


@names_arguments
def binomial(count: Any, prob: Any, generator: Any = None) -> Any:
    """How many of ``count`` trials succeed with probability ``prob`` each; both broadcast and have one
    floating-point dtype."""
    counts, chances = np.broadcast_arrays(move(count.array, CPU), move(prob.array, CPU))
    if counts.dtype != chances.dtype or counts.dtype.kind != "f":
        raise RuntimeError(
            f"Found dtype {prob.dtype!r} but expected {count.dtype!r}: binomial needs one "
            "floating-point dtype"
        )
    return _drawn(distributions.binomial(counts, chances, generator=generator), count)


@names_arguments
def multinomial(input: Any, num_samples: int, replacement: bool = False, *, generator: Any = None) -> Any:
    """Indices drawn with probability proportional to ``input`` (a vector, or a matrix of one distribution per
    row)."""
    weights = move(input.array, CPU)
    if weights.ndim not in (1, 2):
        raise RuntimeError(f"prob_dist must be 1 or 2 dim, but input has shape {list(weights.shape)}")
    if weights.dtype.kind != "f":
        raise RuntimeError(f"multinomial only supports floating-point dtypes for input, got: {input.dtype!r}")
    if num_samples <= 0:
        raise RuntimeError(f"cannot sample n_sample <= 0 samples, but num_samples is {num_samples}")
    drawn = stream.multinomial(weights, num_samples, replacement, generator=generator)
    return _drawn(drawn, input)
