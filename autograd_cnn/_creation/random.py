"""Seeding, and making tensors of random numbers. ``_random`` says which numbers."""

import contextlib
from collections.abc import Iterator
from typing import Any, SupportsIndex, overload

import numpy as np

from .._devices.device import DeviceLike, device_of
from .._devices.device import device as make_device
from .._engine.dtypes import DType, as_dtype, get_default_dtype
from .._engine.handle import Operand
from .._engine.layout import axes_in_order, drawn_like
from .._engine.memory_format import memory_format as MemoryFormat
from .._engine.memory_format import preserve_format
from .._functions._arguments import names_arguments
from .._functions._data import shape_of
from .._functions._dims import Shape, integer
from .._functions.conversion import misfit
from .._random import stream as _random
from .._tensor import Tensor, tensor_of
from .creation import finish, finish_like

__all__ = [
    "Generator",
    "default_generator",
    "get_rng_state",
    "initial_seed",
    "manual_seed",
    "normal",
    "rand",
    "rand_like",
    "randint",
    "randint_like",
    "randn",
    "randn_like",
    "randperm",
    "seed",
    "set_rng_state",
    "thread_safe_generator",
]


class Generator:
    """A stream of random numbers of its own: ``rand(3, generator=Generator().manual_seed(0))``."""

    __slots__ = ("device", "stream")

    device: make_device
    stream: _random.Stream

    def __init__(self, device: DeviceLike = "cpu", *, stream: _random.Stream | None = None) -> None:
        self.device = make_device(device)
        self.stream = _random.Stream() if stream is None else stream

    def manual_seed(self, seed: int) -> "Generator":
        """Start again from ``seed``; returns this generator."""
        self.stream.seed(int(seed))
        return self

    def seed(self) -> int:
        """Start again from a seed that nobody can foresee; returns it."""
        seed = _random.fresh_seed()
        self.stream.seed(seed)
        return seed

    def initial_seed(self) -> int:
        """The seed that the stream started from."""
        return self.stream.initial_seed

    def get_state(self) -> Tensor:
        """The state as a byte tensor, in PyTorch's layout."""
        return tensor_of(self.stream.get_state())

    def set_state(self, new_state: Tensor) -> "Generator":
        """Go on from what :meth:`get_state` gave."""
        if not isinstance(new_state, Tensor):
            raise TypeError(f"expected a torch.ByteTensor, but got {type(new_state).__name__}")
        self.stream.set_state(new_state.array)
        return self

    def graphsafe_get_state(self) -> "Generator":
        """NotImplementedError, as of PyTorch's CPU generators: only a CUDA graph needs it."""
        raise NotImplementedError("graphsafe_get_state is not supported in this Generator; use get_state()")

    def graphsafe_set_state(self, state: "Generator") -> "Generator":
        """NotImplementedError; see :meth:`graphsafe_get_state`."""
        raise NotImplementedError("graphsafe_set_state is not supported in this Generator; use set_state()")

    def get_offset(self) -> int:
        """RuntimeError, as of PyTorch's CPU generators, which count no offset."""
        raise RuntimeError("CPU Generator does not use offset")

    def set_offset(self, offset: int) -> "Generator":
        """RuntimeError; see :meth:`get_offset`."""
        raise RuntimeError("CPU Generator does not use offset")

    def clone_state(self) -> "Generator":
        """A generator that goes on, on its own, from where this one is."""
        return Generator(self.device).set_state(self.get_state())

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (str(self.device), self.stream.get_state()))


def _rebuild(device: str, state: np.ndarray[Any, Any]) -> Generator:
    return Generator(device).set_state(tensor_of(state))


default_generator: Generator = Generator(stream=_random.default_stream)


def manual_seed(seed: int) -> Generator:
    """Seed the generator that is used where none is given; returns it."""
    return default_generator.manual_seed(seed)


def seed() -> int:
    """Seed the default generator with a number that nobody can foresee; returns it."""
    return default_generator.seed()


def initial_seed() -> int:
    """The seed of the default generator."""
    return default_generator.initial_seed()


def thread_safe_generator() -> Generator | None:
    """The generator of a DataLoader's worker that is a thread; None in any other place, and workers here are
    processes."""
    return None


def get_rng_state() -> Tensor:
    """The state of the default generator, as a byte tensor."""
    return default_generator.get_state()


def set_rng_state(new_state: Tensor) -> None:
    """Set the state of the default generator."""
    default_generator.set_state(new_state)


@contextlib.contextmanager
def fork_rng(
    devices: Any = None,
    enabled: bool = True,
    _caller: str = "fork_rng",
    _devices_kw: str = "devices",
    device_type: str | None = None,
) -> Iterator[None]:
    """What is drawn or seeded inside does not change the numbers that come after. There is one stream for all
    devices, so that it does not matter which are named."""
    if device_type is not None:
        make_device(device_type)  # which says what is none
    state = get_rng_state()
    try:
        yield
    finally:
        if enabled:
            set_rng_state(state)


def _floating(dtype: DType | None, name: str) -> Any:
    chosen = get_default_dtype() if dtype is None else as_dtype(dtype)
    if not chosen.is_floating_point:
        raise NotImplementedError(f"{name!r} not implemented for {chosen!r}; choose a floating-point dtype")
    return chosen.dtype


def rand(
    *given: Shape,
    size: Shape | None = None,
    generator: Generator | None = None,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Numbers from the uniform distribution over [0, 1)."""
    drawn = _random.uniform(shape_of(given, size), generator=generator, dtype=_floating(dtype, "rand"))
    return finish(drawn, device, requires_grad)


def randn(
    *given: Shape,
    size: Shape | None = None,
    generator: Generator | None = None,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Numbers from the standard normal distribution."""
    drawn = _random.normal(shape_of(given, size), generator=generator, dtype=_floating(dtype, "randn"))
    return finish(drawn, device, requires_grad)


@names_arguments
def rand_like(
    input: Operand,
    *,
    generator: Generator | None = None,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
    memory_format: MemoryFormat | None = preserve_format,
) -> Tensor:
    """Uniform numbers in the shape, the order of memory, dtype and device of ``input``."""
    kind = _floating(dtype or input.dtype, "rand_like")
    drawn = drawn_like(input, lambda shape: _random.uniform(shape, generator=generator, dtype=kind))
    return finish_like(input, drawn, device, requires_grad, memory_format)


@names_arguments
def randn_like(
    input: Operand,
    *,
    generator: Generator | None = None,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
    memory_format: MemoryFormat | None = preserve_format,
) -> Tensor:
    """Normal numbers in the shape, the order of memory, dtype and device of ``input``."""
    kind = _floating(dtype or input.dtype, "randn_like")
    in_rows = axes_in_order(input)

    def draw(shape: tuple[int, ...]) -> Any:
        return _random.normal(shape, generator=generator, dtype=kind, contiguous=in_rows)

    return finish_like(input, drawn_like(input, draw), device, requires_grad, memory_format)


@overload
def randint(
    high: SupportsIndex,
    size: Shape,
    *,
    generator: Generator | None = None,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor: ...
@overload
def randint(
    low: SupportsIndex,
    high: SupportsIndex,
    size: Shape,
    *,
    generator: Generator | None = None,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor: ...
def randint(
    *args: Any,
    generator: Generator | None = None,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
    **named: Any,
) -> Tensor:
    """``randint(high, size)`` or ``randint(low, high, size)``: integers in [low, high)."""
    low, high, size = _bounds(args, named, ("size",))
    drawn = _random.randint(
        shape_of((size,)), low, high, generator=generator, dtype=as_dtype(dtype or np.int64).dtype
    )
    return finish(drawn, device, requires_grad)


@overload
def randint_like(
    input: Operand,
    high: SupportsIndex,
    *,
    generator: Generator | None = None,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
    memory_format: MemoryFormat | None = preserve_format,
) -> Tensor: ...
@overload
def randint_like(
    input: Operand,
    low: SupportsIndex,
    high: SupportsIndex,
    *,
    generator: Generator | None = None,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
    memory_format: MemoryFormat | None = preserve_format,
) -> Tensor: ...
@names_arguments
def randint_like(
    input: Any,
    *args: Any,
    generator: Generator | None = None,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
    memory_format: MemoryFormat | None = preserve_format,
    **named: Any,
) -> Tensor:
    """``randint_like(input, high)`` or ``randint_like(input, low, high)``, in the shape, dtype, device and
    layout of ``input``."""
    low, high = _bounds(args, named, ())
    kind = as_dtype(dtype or input.dtype).dtype
    drawn = drawn_like(
        input, lambda shape: _random.randint(shape, low, high, generator=generator, dtype=kind)
    )
    return finish_like(input, drawn, device, requires_grad, memory_format)


def _bounds(args: tuple[Any, ...], named: dict[str, Any], last: tuple[str, ...]) -> list[Any]:
    """low (0 where it is left out), high, and what comes ``last``, given by position or by name."""
    names = ("low", "high", *last)
    if len(args) + len(named) == len(names) - 1 and "low" not in named:
        args = (0, *args)
    values = [*args, *(named.pop(name) for name in names[len(args) :] if name in named)]
    if named or len(values) != len(names):
        raise TypeError(
            f"randint takes ([low,] {', '.join(names[1:])}), but got {len(args)} arguments and "
            f"{sorted(named)}"
        )
    for i in (0, 1):
        if type(values[i]) is not int:
            values[i] = integer(names[i], values[i])
    return values


@names_arguments
def randperm(
    n: SupportsIndex,
    *,
    generator: Generator | None = None,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """The integers 0 to n-1 in random order."""
    if (count := n if type(n) is int else integer("n", n)) < 0:
        raise RuntimeError(f"n must be non-negative, got {n}")
    chosen = as_dtype(np.int64 if dtype is None else dtype)
    if chosen.dtype.kind == "b":
        raise NotImplementedError(f'"randperm" not implemented for {chosen!r}; choose a dtype of numbers')
    return finish(_random.randperm(count, generator=generator, dtype=chosen.dtype), device, requires_grad)


@names_arguments
def normal(
    mean: float | Tensor,
    std: float | Tensor = 1.0,
    size: Shape | None = None,
    *,
    generator: Generator | None = None,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Normal numbers with a mean and a standard deviation per element (tensors) or for all (numbers, with
    ``size``)."""
    if not isinstance(std, Tensor) and not std >= 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std}")
    if not isinstance(mean, Tensor) and not isinstance(std, Tensor):
        if size is None:
            raise TypeError("normal() of two numbers needs a size: normal(mean, std, size)")
        drawn = _random.normal(
            shape_of((size,)), mean, std, generator=generator, dtype=_floating(dtype, "normal")
        )
        return finish(drawn, device, requires_grad)
    if isinstance(std, Tensor) and bool((std.array < 0).any()):
        raise RuntimeError("normal expects all elements of std >= 0.0")
    tensors = [t for t in (mean, std) if isinstance(t, Tensor)]
    shapes = [t.array.shape for t in tensors]
    try:
        shape = np.broadcast_shapes(*shapes)
    except ValueError:
        raise misfit(*shapes) from None
    where, kind = device_of(tensors[0].array), np.result_type(*(t.array.dtype for t in tensors))
    means, stds = (t.detach().cpu().array if isinstance(t, Tensor) else t for t in (mean, std))
    drawn = _random.normal(shape, generator=generator, dtype=kind)
    return finish((drawn * stds + means).astype(kind), where, requires_grad)
