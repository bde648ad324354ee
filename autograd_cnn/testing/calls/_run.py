"""What a call does in one library: its result, the gradients of two orders, whose memory the result shows,
and what has become of the tensors it was given."""

import math
from functools import lru_cache
from types import CodeType
from typing import Any, NamedTuple

import numpy as np

from ._call import Call
from ._surface import words

Array = Any


RANDOM = words(
    """
    rand randn randint randperm rand_like randn_like randint_like bernoulli binomial poisson
    multinomial normal uniform exponential cauchy log_normal geometric random dropout dropout1d
    dropout2d dropout3d alpha_dropout feature_dropout feature_alpha_dropout rrelu gumbel_softmax
    scaled_dot_product_attention svd_lowrank pca_lowrank
    """
)
"""Functions that draw random numbers: from the same seed."""


class Seen(NamedTuple):
    """A tensor of a result."""

    dtype: str
    array: Array
    strides: tuple[int, ...]
    wants: bool
    """Whether it requires a gradient."""
    shows: str
    """The tensors whose memory it looks into."""


class Outcome(NamedTuple):
    """What one library made of a call."""

    error: Exception | None
    prepared: bool
    """Whether the tensors could be made; an error came from the call itself then."""
    result: Any = None
    """Nested tuples of :class:`Seen`, numbers and texts."""
    kind: str = ""
    """The types of the result's parts."""
    after: tuple[Array, ...] = ()
    """The tensors' numbers afterwards."""
    first: Any = None
    """Gradients by the sums of the result, weighted; or the error."""
    second: Any = None


@lru_cache(maxsize=4)
def _compiled(lines: tuple[str, ...]) -> tuple[CodeType, CodeType]:
    *setup, statement = lines
    return compile("\n".join(setup), "<tensors>", "exec"), compile(statement, "<call>", "exec")


def _memory(tensor: Any) -> int:
    """What two tensors have in common where one looks into the memory of the other."""
    if hasattr(tensor, "array"):
        owner = tensor.array
        while getattr(owner, "base", None) is not None:  # NumPy puts other objects between, too
            owner = owner.base
        return id(owner)
    return int(tensor.untyped_storage()._cdata)


def numbers_of(tensor: Any) -> Array:
    """The numbers of a tensor of any library."""
    return tensor.array if hasattr(tensor, "array") else tensor.detach().numpy(force=True)


class _Look:
    """Looks at the result of a call."""

    def __init__(self, library: Any, made: dict[str, Any]) -> None:
        self.library = library
        self.made = {name: tensor for name, tensor in made.items() if isinstance(tensor, library.Tensor)}
        self.floats: list[Any] = []

    def at(self, value: Any) -> tuple[Any, str]:
        """The value as what can be compared, and its type."""
        library = self.library
        if isinstance(value, library.Tensor):
            return self.tensor(value), "Tensor"
        if isinstance(value, (tuple, list)) and not isinstance(value, library.Size):
            parts = [self.at(part) for part in value]
            return tuple(part for part, _ in parts), f"tuple({','.join(k for _, k in parts)})"
        if isinstance(value, library.Size):
            return tuple(value), "Size"
        if isinstance(value, (bool, int, float, str)) or value is None:
            return value, type(value).__name__
        if isinstance(value, (np.ndarray, np.generic)):
            return Seen(str(value.dtype), np.asarray(value), (), False, ""), type(value).__name__
        if isinstance(value, library.dtype):
            return repr(value), "dtype"
        if isinstance(value, type):
            return "a class", "type"
        return type(value).__name__, type(value).__name__

    def tensor(self, value: Any) -> Seen:
        """A tensor of the result; those that want a gradient are noted. Of complex numbers without an
        imaginary part, as PyTorch's spectra may be, their real parts."""
        if value.is_complex() and not value.imag.any():
            value = value.real
        if value.requires_grad:
            self.floats.append(value)
        memory = _memory(value) if value.numel() else 0
        shows = [name for name, other in self.made.items() if _memory(other) == memory]  # it may have grown
        return Seen(
            repr(value.dtype).removeprefix("torch."),
            numbers_of(value),
            tuple(value.stride()),
            bool(value.requires_grad),
            ",".join(shows),
        )


@lru_cache(maxsize=512)
def _weights(shape: tuple[int, ...], phase: float) -> Array:
    return np.cos(np.arange(math.prod(shape)) * 1.7 + phase).reshape(shape)


def _weighted(library: Any, tensors: list[Any], phase: float) -> Any:
    total = None
    for tensor in tensors:
        weights = library.from_numpy(_weights(tuple(tensor.shape), phase))
        part = (tensor.double() * weights).sum()
        total = part if total is None else total + part
    return total


def _gradients(library: Any, results: list[Any], leaves: list[Any]) -> tuple[Any, Any]:
    try:
        loss = _weighted(library, results, 0.3)
        first = library.autograd.grad(loss, leaves, create_graph=True, allow_unused=True)
    except Exception as error:  # noqa: BLE001 - whatever a library says is what is compared
        return error, None
    found = tuple(None if g is None else (repr(g.dtype), numbers_of(g)) for g in first)
    again = [g for g in first if g is not None and g.requires_grad]
    if not again:
        return found, (None,) * len(leaves)
    try:
        second = library.autograd.grad(_weighted(library, again, 1.1), leaves, allow_unused=True)
    except Exception as error:  # noqa: BLE001 - as above
        return found, error
    return found, tuple(None if g is None else (repr(g.dtype), numbers_of(g)) for g in second)


def run(call: Call, library: Any) -> Outcome:
    """What ``library`` makes of ``call``."""
    setup, statement = _compiled(tuple(call.lines()))
    names: dict[str, Any] = {
        "torch": library,
        "F": library.nn.functional,
        "np": np,
        "inf": math.inf,
        "nan": math.nan,
    }
    if call.door.base in RANDOM:
        getattr(library, "default_generator", library).manual_seed(0)
    try:
        exec(setup, names)  # the text that generate() made
    except Exception as error:  # noqa: BLE001 - as above
        return Outcome(error, False)
    made = {m.name: names[m.name] for m in call.made}
    bases = {m.name: names.get(f"{m.name}0", names[m.name]) for m in call.made}
    look = _Look(library, made)
    try:
        exec(statement, names)
        result, kind = look.at(names["out"])
    except Exception as error:  # noqa: BLE001 - as above
        return Outcome(error, True, after=tuple(numbers_of(t) for t in bases.values()))
    leaves = [bases[m.name] for m in call.made if m.wants]
    first = second = None
    if look.floats and leaves:
        first, second = _gradients(library, look.floats, leaves)
    after = tuple(numbers_of(t) for t in (*bases.values(), *made.values()))
    return Outcome(None, True, result, kind, after, first, second)
