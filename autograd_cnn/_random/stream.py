"""Random numbers: PyTorch's CPU stream, from NumPy's Mersenne Twister. After the same seed the same numbers
come out.

PyTorch's CPU generator is MT19937, seeded from the low 32 bits of its seed; each distribution is a fixed
recipe over 32-bit draws (two of them, high word first, make a 64-bit draw). This module follows those recipes
over arrays:

- bit for bit equal: the raw stream, ``rand``/``uniform_``, ``randint``/``random_``, ``randperm``,
  ``bernoulli``, ``multinomial`` of float32 and float64 weights, and float32 and float16 ``randn``/``normal_``
  (PyTorch's x86 code, whose logarithm, sine and cosine are Cephes polynomials with fused multiply-adds; its
  ARM builds use the C library instead);
- equal but for the last bit now and then: float64 ``randn``/``normal_`` of 16 elements or more and
  ``exponential_``, where NumPy's logarithm, sine and cosine may round differently from the C library's;
- equally distributed: ``multinomial`` of float16 weights, whose many ties are broken in another order;
- different: on Intel processors PyTorch hands ``bernoulli_(p)`` with a number p (so dropout too) and
  ``exponential_`` to MKL's own generator. Here they come from the Mersenne Twister, as on every other
  processor.

GPU tensors get the same numbers, drawn on the host and copied.
"""

import ctypes
import math
import os
import struct
from collections.abc import Callable
from contextvars import ContextVar
from functools import cached_property
from typing import Any, Protocol, TypeAlias

import numpy as np

from ..ops.kernels import on_host
from .box_muller import box_muller
from .multiply_add import multiply_add

Array = np.ndarray[Any, Any]
Shape = tuple[int, ...]

DEFAULT_SEED = 67280421310721
_STATE = struct.Struct("<QiiQ4992sdddixxxxf?xxx")
"""PyTorch's layout of a generator's state: seed, left, seeded, next, 624 words of 64 bits, x, y, rho, whether
y is valid, ..."""


class Stream:
    """A stream of 32-bit random numbers, MT19937, and the normal number left over from the last pair."""

    def __init__(self, seed: int = DEFAULT_SEED) -> None:
        self.seed(seed)

    @cached_property
    def _twister(self) -> "np.random.MT19937":
        """Made for the first number: to import ``numpy.random`` takes a fifth of the time of this package's
        import."""
        twister = np.random.MT19937()
        twister.state = self._start()
        return twister

    @cached_property
    def _draw(self) -> "np.random.Generator":
        return np.random.Generator(self._twister)

    def _start(self) -> Any:
        """The generator's state at the seed."""
        return np.random.RandomState(self.initial_seed % 2**32).get_state(legacy=False)

    def seed(self, seed: int) -> None:
        """Start again from ``seed``, an integer of 64 bits; negative ones count from 2**64 down."""
        if not -(2**63) <= seed < 2**64:
            raise ValueError(
                f"Overflow when unpacking long long: a seed is between -2**63 and 2**64 - 1, not {seed}"
            )
        self.initial_seed: int = seed % 2**64
        self.spare_normal: float | None = None
        if "_twister" in vars(self):
            self._twister.state = self._start()

    def by_kernel(self, name: str, count: int, *arguments: Any) -> Array | None:
        """``count`` numbers by the compiled loop of that name, which goes on from the twister's own memory;
        None where NumPy is to draw them."""
        kernels = on_host(count)
        if kernels is None:
            return None
        address = self._twister.ctypes.state_address
        state = np.frombuffer(memoryview((ctypes.c_uint32 * 625).from_address(address)), np.uint32)
        with self._twister.lock:
            drawn: Array = getattr(kernels.random, name)(state, count, *arguments)
        return drawn

    def word(self) -> int:
        """The next draw of 32 bits: what ``words(1)`` would give, without an array around it."""
        return int(self._twister.random_raw())

    def unit(self) -> float:
        """A number of [0, 1) of 53 bits: that of ``units(1, float64)``, without an array around it."""
        return ((self.word() << 32 | self.word()) & (2**53 - 1)) * 2.0**-53

    def words(self, count: int) -> Array:
        """The next ``count`` draws of 32 bits."""
        drawn = self.by_kernel("words", count)
        if drawn is not None:
            return drawn
        return self._draw.integers(0, 2**32, count, dtype=np.uint32)

    def long_words(self, count: int) -> Array:
        """The next ``count`` draws of 64 bits."""
        pairs = self.words(2 * count).astype(np.uint64).reshape(-1, 2)
        return (pairs[:, 0] << np.uint64(32)) | pairs[:, 1]

    def units(self, count: int, dtype: Any) -> Array:
        """``count`` uniform numbers in [0, 1): 24 bits of one draw for float32, 53 bits of a 64-bit draw for
        float64."""
        drawn = self.by_kernel("double_units" if dtype == np.float64 else "units", count)
        if drawn is not None:
            return drawn
        if dtype == np.float64:
            long = self.long_words(count)
            long &= np.uint64(2**53 - 1)
            return long * 2.0**-53
        short = self.words(count)
        short &= np.uint32(2**24 - 1)
        units = short.astype(np.float32)
        units *= np.float32(2.0**-24)
        return units

    def get_state(self) -> Array:
        """The state as PyTorch lays it out in bytes: either library can go on where the other stopped."""
        state: Any = self._twister.state["state"]
        key, position = state["key"], int(state["pos"])
        fresh = position == 624 and int(key[0]) == self.initial_seed % 2**32
        following, left = (0, 1) if fresh else (position, 625 - position)
        spare = self.spare_normal
        packed = _STATE.pack(
            self.initial_seed,
            left,
            1,
            following,
            key.astype("<u8").tobytes(),
            0.0,
            spare or 0.0,
            0.0,
            spare is not None,
            0.0,
            False,
        )
        return np.frombuffer(packed, np.uint8).copy()

    def set_state(self, state: Array) -> None:
        """Go on from what :meth:`get_state` gave."""
        if state.dtype != np.uint8:
            raise TypeError(f"RNG state must be a torch.ByteTensor, not of dtype {state.dtype}")
        if state.size != _STATE.size:
            raise RuntimeError(
                f"Expected a CPUGeneratorImplState of size {_STATE.size} but found the input RNG "
                f"state size to be {state.size}"
            )
        seed, left, seeded, following, words, _, spare, _, valid, _, _ = _STATE.unpack(state.tobytes())
        if not (seeded and 0 < left <= 624 and following <= 624):
            raise RuntimeError("Invalid mt19937 state")
        key = np.frombuffer(words, "<u8").astype(np.uint32)
        self._twister.state = {
            "bit_generator": "MT19937",
            "state": {"key": key, "pos": 624 if left == 1 else following},
        }
        self.initial_seed = seed
        self.spare_normal = spare if valid else None


_AT_ONCE = 2**14
"""Uniform numbers transformed at a time: what is needed in between stays in the processor's cache."""


def fresh_seed() -> int:
    """A seed of 53 bits nobody can foresee. (``secrets`` would do, but importing it takes longer than all of
    this file.)"""
    return int.from_bytes(os.urandom(7)) >> 3


default_stream = Stream(fresh_seed())


class _Holder(Protocol):
    """What has a stream of its own: a Generator."""

    stream: Stream


Source: TypeAlias = "Stream | _Holder | None"
"""Where random numbers come from; None: the default stream."""


watcher: ContextVar[Callable[[Stream], None] | None] = ContextVar("autograd_cnn_random", default=None)
"""Told of each stream that somebody is about to draw from; see ``func.vmap``."""


def stream_of(generator: Source) -> Stream:
    """The stream of a Generator, to draw from; of the default one where it is None."""
    stream = default_stream if generator is None else getattr(generator, "stream", generator)
    if not isinstance(stream, Stream):
        raise TypeError(f"generator must be a Generator or None, not {type(generator).__name__}")
    told = watcher.get()
    if told is not None:
        told(stream)
    return stream


def _check_floating(name: str, dtype: Any) -> None:
    if np.dtype(dtype).kind != "f":
        raise NotImplementedError(
            f'"{name}" not implemented for {np.dtype(dtype)}; choose a floating-point dtype'
        )


def uniform(
    shape: Shape, low: float = 0.0, high: float = 1.0, *, generator: Source = None, dtype: Any = np.float32
) -> Array:
    """Numbers from the uniform distribution over [low, high)."""
    _check_floating("uniform_", dtype)
    if not low <= high:
        raise RuntimeError(
            f"uniform_ expects to return a [from, to) range, but found from={low:g} > to={high:g}"
        )
    dtype, stream = np.dtype(dtype), stream_of(generator)
    units = None if dtype == np.float64 else stream.by_kernel("units", math.prod(shape), low, high)
    if units is None:
        units = stream.units(math.prod(shape), dtype)
        if (low, high) != (0.0, 1.0):
            kind = units.dtype.type
            units = multiply_add(units, kind(high) - kind(low), kind(low))
    values = units.astype(dtype, copy=False)
    if dtype == np.float16:
        values[values == np.float16(high)] = low
    return values.reshape(shape)


def normal(
    shape: Shape,
    mean: float = 0.0,
    std: float = 1.0,
    *,
    generator: Source = None,
    dtype: Any = np.float32,
    contiguous: bool = True,
) -> Array:
    """Numbers from the normal distribution.

    From 16 elements on, PyTorch transforms blocks of 16 uniform numbers at once and, where some are left
    over, draws the last 16 elements again; below, or into memory that is not ``contiguous``, it draws them
    one by one.
    """
    _check_floating("normal_", dtype)
    if not std >= 0.0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std:g}")
    size, dtype, stream = math.prod(shape), np.dtype(dtype), stream_of(generator)
    if size < 16 or not contiguous:
        singles = np.array(single_normals(stream, size), np.float64)
        return multiply_add(singles, np.float64(std), np.float64(mean)).astype(dtype).reshape(shape)
    working = np.dtype(np.float64 if dtype == np.float64 else np.float32)
    whole, rest = size // 16 * 16, size % 16
    if working == np.float32 and (dtype == np.float32 or not rest):
        drawn = stream.by_kernel("normals", size, mean, std)
        if drawn is not None:
            return drawn.astype(dtype, copy=False).reshape(shape)
    units = stream.units(whole if dtype == np.float16 else size, working)
    values = np.empty(size, working)
    for i in range(0, whole, _AT_ONCE):
        block = units[i : min(i + _AT_ONCE, whole)]
        values[i : i + len(block)] = box_muller(block.reshape(-1, 16)).reshape(-1)
    if rest:
        values[-16:] = box_muller(stream.units(16, working).reshape(1, 16))[0]
    if (mean, std) != (0.0, 1.0):
        values = multiply_add(values, working.type(std), working.type(mean))
    return values.astype(dtype, copy=False).reshape(shape)


def single_normals(stream: Stream, count: int) -> list[float]:
    """Standard normal numbers by the Box-Muller transform in double precision; the second of a pair is kept
    for later."""
    values: list[float] = []
    if count and stream.spare_normal is not None:
        values.append(stream.spare_normal)
        stream.spare_normal = None
    many = 2 * ((count - len(values) + 1) // 2)
    units = [stream.unit() for _ in range(many)] if many <= 2 else stream.units(many, np.float64).tolist()
    for u, v in zip(units[::2], units[1::2], strict=True):
        radius, angle = math.sqrt(-2.0 * math.log1p(-v)), 2.0 * math.pi * u
        values += [radius * math.cos(angle), radius * math.sin(angle)]
    if len(values) > count:
        stream.spare_normal = values.pop()
    return values


def bernoulli(shape: Shape, p: Any, *, generator: Source = None, dtype: Any = np.float32) -> Array:
    """Ones with probability ``p``, else zeros. A number or a float64 array p is compared with 53-bit draws,
    others with 24-bit ones."""
    if not np.all((np.asarray(p) >= 0) & (np.asarray(p) <= 1)):
        raise RuntimeError(f"bernoulli_ expects p to be in [0, 1], but got p={p}")
    precise = not isinstance(p, np.ndarray) or p.dtype == np.float64
    size, stream = math.prod(shape), stream_of(generator)
    if not isinstance(p, np.ndarray) and dtype == np.float32:
        coins = stream.by_kernel("coins", size, float(p))
        if coins is not None:
            return coins.reshape(shape)
    units = stream.units(size, np.dtype(np.float64 if precise else np.float32)).reshape(shape)
    drawn: Array = units < p
    return drawn.astype(dtype)


def exponential(
    shape: Shape, rate: float = 1.0, *, generator: Source = None, dtype: Any = np.float32
) -> Array:
    """Numbers from the exponential distribution with density ``rate * exp(-rate * x)``."""
    if not rate > 0.0:
        raise RuntimeError(f"exponential_ expects lambda > 0.0, but found lambda={rate:g}")
    units = stream_of(generator).units(math.prod(shape), np.dtype(np.float64))
    return (-1.0 / rate * np.log1p(-units)).astype(dtype).reshape(shape)


def randint(shape: Shape, low: int, high: int, *, generator: Source = None, dtype: Any = np.int64) -> Array:
    """Integers in [low, high), which ``dtype`` must hold: a 32-bit draw modulo the range, a 64-bit draw for
    ranges of 2**28 and more."""
    if low >= high:
        raise RuntimeError(f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
    least, most = _limits(np.dtype(dtype))
    for name, number in (("from", low), ("to - 1", high - 1)):
        if not least <= number <= most:
            raise RuntimeError(
                f"{name} is out of bounds for {np.dtype(dtype)}: {number} is not between {least} and {most}"
            )
    span, size, stream = high - low, math.prod(shape), stream_of(generator)
    low -= 2**64 if low >= 2**63 else 0
    if span < 2**28:
        found = stream.by_kernel("integers", size, span, low)
        if found is not None:
            return found.astype(dtype, copy=False).reshape(shape)
        drawn = (stream.words(size) % np.uint32(span)).astype(np.int64)
    else:
        long = stream.long_words(size)
        drawn = (long if span >= 2**64 else long % np.uint64(span)).view(np.int64)
    drawn += low
    return drawn.astype(dtype).reshape(shape)


def _limits(dtype: np.dtype[Any]) -> tuple[float, float]:
    """The least and the largest number that ``dtype`` holds."""
    if dtype.kind == "b":
        return 0, 1
    return (
        (np.finfo(dtype).min.item(), np.finfo(dtype).max.item())
        if dtype.kind == "f"
        else (np.iinfo(dtype).min, np.iinfo(dtype).max)
    )


def largest(dtype: np.dtype[Any]) -> int:
    """The largest integer that ``dtype`` holds together with all below it."""
    return int(2 ** (np.finfo(dtype).nmant + 1) if dtype.kind == "f" else _limits(dtype)[1])


def random_integers(shape: Shape, *, generator: Source = None, dtype: Any = np.int64) -> Array:
    """Integers over all that ``dtype`` holds from 0 on; for floating point up to the largest whose neighbours
    it holds too."""
    dtype, size, stream = np.dtype(dtype), math.prod(shape), stream_of(generator)
    count = largest(dtype) + 1
    if dtype.itemsize == 8:
        return (stream.long_words(size) % np.uint64(count)).astype(dtype).reshape(shape)
    found = stream.by_kernel("integers", size, count, 0)
    if found is not None:
        return found.astype(dtype).reshape(shape)
    return (stream.words(size) % np.uint32(count)).astype(dtype).reshape(shape)


def randperm(n: int, *, generator: Source = None, dtype: Any = np.int64) -> Array:
    """The numbers 0 to n-1, which ``dtype`` must hold, in random order, by the shuffle of Fisher and
    Yates."""
    if n - 1 > largest(np.dtype(dtype)):
        raise RuntimeError(
            f"n is too large for {np.dtype(dtype)}: {n - 1} is more than {largest(np.dtype(dtype))}"
        )
    if n < 2:
        return np.arange(n, dtype=dtype)
    stream = stream_of(generator)
    shuffled = stream.by_kernel("permutation", n)
    if shuffled is not None:
        return shuffled.astype(dtype, copy=False)
    order = list(range(n))
    steps = stream.words(n - 1) % np.arange(n, 1, -1, dtype=np.uint32)
    for i, step in enumerate(steps.tolist()):
        j = i + step
        order[i], order[j] = order[j], order[i]
    return np.array(order, dtype)
