"""Random numbers whose distributions tensors describe, and tensors filled with random numbers. None carries a
gradient."""

import warnings
from collections.abc import Callable
from types import EllipsisType
from typing import Any, SupportsIndex

import numpy as np

from .._devices.device import CPU, device_of
from .._devices.transfer import move
from .._engine import layout
from .._engine.dtypes import from_numpy_dtype
from .._engine.handle import Handle, Operand, T
from .._random import distributions, stream
from .._random.stream import Source
from ._arguments import names_arguments
from ._dims import integer, number
from ._in_place import S

__all__ = ["bernoulli", "binomial", "multinomial", "poisson"]


def _drawn(array: Any, input: Operand) -> Any:
    """A tensor of ``array`` where ``input`` is."""
    return input._lift(move(array, device_of(input.array)), None)


@names_arguments
def bernoulli(input: Handle[T], p: float | None = None, *, generator: Source = None) -> T:
    """Ones with the probabilities that ``input`` holds (or with probability ``p``), else zeros, in the dtype
    of ``input``."""
    host = move(input.array, CPU)
    chance = host if p is None else number("p", p)
    if p is None and host.dtype.kind != "f":
        raise RuntimeError(
            f"bernoulli: input holds probabilities and must be floating point, not {input.dtype!r}"
        )
    drawn = stream.bernoulli(host.shape, chance, generator=generator, dtype=host.dtype)
    return _drawn(drawn, input)


@names_arguments
def poisson(input: Handle[T], generator: Source = None) -> T:
    """Counts of the Poisson distribution with the rates that ``input`` holds, in its dtype."""
    rates = move(input.array, CPU)
    if rates.dtype.kind != "f":
        raise RuntimeError(f"poisson: input holds rates and must be floating point, not {input.dtype!r}")
    if not (rates >= 0).all():
        raise RuntimeError("invalid Poisson rate, expected rate to be non-negative")
    return _drawn(distributions.poisson(rates, generator=generator), input)


@names_arguments
def binomial(count: Handle[T], prob: Operand, generator: Source = None) -> T:
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
def multinomial(
    input: Handle[T],
    num_samples: SupportsIndex,
    replacement: bool = False,
    *,
    generator: Source = None,
) -> T:
    """Indices drawn with probability proportional to ``input`` (a vector, or a matrix of one distribution per
    row)."""
    weights = move(input.array, CPU)
    count = num_samples if type(num_samples) is int else integer("num_samples", num_samples)
    if weights.ndim not in (1, 2):
        raise RuntimeError(f"prob_dist must be 1 or 2 dim, but input has shape {list(weights.shape)}")
    if weights.dtype.kind != "f":
        raise RuntimeError(f"multinomial only supports floating-point dtypes for input, got: {input.dtype!r}")
    if count <= 0:
        raise RuntimeError(f"cannot sample n_sample <= 0 samples, but num_samples is {num_samples}")
    order = layout.axes_in_memory(input)
    return _drawn(
        distributions.multinomial(weights, count, replacement, generator=generator, order=order), input
    )


# filling a tensor


def _filled(input: S, draw: Callable[[tuple[int, ...]], Any]) -> S:
    """``input``, filled with ``draw(shape)`` in the order of the elements in memory, as PyTorch does."""
    input._write_at(..., move(layout.drawn_like(input, draw), device_of(input.array)))
    return input


def _floating(name: str, input: Operand) -> Any:
    if input.array.dtype.kind != "f":
        raise NotImplementedError(
            f"{name} not implemented for {from_numpy_dtype(input.array.dtype)!r}; it fills "
            "floating-point tensors"
        )
    return input.array.dtype


def uniform_(input: S, from_: float = 0.0, to: float = 1.0, *, generator: Source = None) -> S:
    """Numbers from the uniform distribution over [from, to)."""
    dtype = _floating("uniform_", input)
    from_, to = number("from", from_), number("to", to)
    if from_ > to:
        raise RuntimeError(f"uniform_ expects to return a [from, to) range, but found from={from_} > to={to}")
    if to - from_ > float(np.finfo(dtype).max):
        raise RuntimeError(
            f"uniform_ expects to-from <= {np.finfo(dtype).max}, but found to={to} and from={from_} which "
            "result in to-from to exceed the limit"
        )
    return _filled(input, lambda shape: stream.uniform(shape, from_, to, generator=generator, dtype=dtype))


def normal_(input: S, mean: float = 0.0, std: float = 1.0, *, generator: Source = None) -> S:
    """Numbers from the normal distribution."""
    dtype, in_rows = _floating("normal_", input), layout.contiguous(input)
    mean, std = number("mean", mean), number("std", std)
    if not std >= 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std}")
    return _filled(
        input,
        lambda shape: stream.normal(shape, mean, std, generator=generator, dtype=dtype, contiguous=in_rows),
    )


def exponential_(input: S, lambd: float = 1.0, *, generator: Source = None) -> S:
    """Numbers from the exponential distribution with rate ``lambd``."""
    dtype, lambd = _floating("exponential_", input), number("lambd", lambd)
    return _filled(input, lambda shape: stream.exponential(shape, lambd, generator=generator, dtype=dtype))


def geometric_(input: S, p: float, *, generator: Source = None) -> S:
    """Numbers of trials up to the first success, of probability ``p`` each."""
    dtype, p = input.array.dtype, number("p", p)
    return _filled(input, lambda shape: distributions.geometric(shape, p, generator=generator, dtype=dtype))


def cauchy_(input: S, median: float = 0.0, sigma: float = 1.0, *, generator: Source = None) -> S:
    """Numbers from the Cauchy distribution."""
    dtype = _floating("cauchy_", input)
    median, sigma = number("median", median), number("sigma", sigma)
    return _filled(
        input, lambda shape: distributions.cauchy(shape, median, sigma, generator=generator, dtype=dtype)
    )


def log_normal_(input: S, mean: float = 1.0, std: float = 2.0, *, generator: Source = None) -> S:
    """Numbers whose logarithms are normal with this mean and standard deviation."""
    dtype = _floating("log_normal_", input)
    mean, std = number("mean", mean), number("std", std)
    return _filled(
        input, lambda shape: distributions.log_normal(shape, mean, std, generator=generator, dtype=dtype)
    )


def bernoulli_(input: S, p: float | Operand = 0.5, *, generator: Source = None) -> S:
    """Ones with probability ``p``, a number or a tensor that broadcasts, else zeros."""
    dtype = input.array.dtype
    chance: Any
    if isinstance(p, Handle):
        every = np.broadcast_to(move(p.array, CPU), input.array.shape)
        chance = every.transpose(layout.axes_in_memory(input))
    else:
        chance = float(p)
    return _filled(input, lambda shape: stream.bernoulli(shape, chance, generator=generator, dtype=dtype))


def random_(
    input: S,
    from_: SupportsIndex | None = None,
    to: SupportsIndex | EllipsisType | None = ...,
    *,
    generator: Source = None,
) -> S:
    """Integers in [from, to); ``random_(to)`` in [0, to); ``random_()`` in all that the dtype can count, and
    ``random_(from, None)`` in those from ``from`` on."""
    dtype = input.array.dtype
    if from_ is None:
        return _filled(input, lambda shape: stream.random_integers(shape, generator=generator, dtype=dtype))
    first = integer("from", from_)
    most = stream.largest(dtype)
    low, high = (0, first) if to is ... else (first, most + 1 if to is None else integer("to", to))
    for name, bound in (("from", low), ("to - 1", high - 1)):
        if dtype.kind == "f" and low < high and abs(bound) > most:
            warnings.warn(
                f"{name} is out of bounds [-{most}, {most}]. Due to precision limitations {dtype} can "
                "support discrete uniform distribution only within this range.",
                UserWarning,
                stacklevel=2,
            )
    return _filled(input, lambda shape: stream.randint(shape, low, high, generator=generator, dtype=dtype))
