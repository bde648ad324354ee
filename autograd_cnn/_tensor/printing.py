"""How a tensor prints: character for character as in PyTorch."""

import contextlib
import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from .._devices.device import device_of
from .._engine.dtypes import from_numpy_dtype, get_default_dtype
from .._engine.modes import state

__all__ = ["get_printoptions", "set_printoptions"]

Array = np.ndarray[Any, Any]


class PrintOptions(NamedTuple):
    """What :func:`set_printoptions` sets."""

    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


_PROFILES = {
    "default": PrintOptions(),
    "short": PrintOptions(precision=2, edgeitems=2),
    "full": PrintOptions(threshold=math.inf),
}
_options = PrintOptions()


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Choose how tensors print; what is None stays, but for ``sci_mode``.

    ``precision``: digits after the point. ``threshold``: tensors of more elements are summarised, by
    ``edgeitems`` at each end. ``linewidth``: characters in a line. ``profile``: "default", "short" or "full".
    ``sci_mode``: scientific notation, or None to choose it by the numbers.
    """
    global _options
    chosen: dict[str, Any] = {
        "precision": precision,
        "threshold": threshold,
        "edgeitems": edgeitems,
        "linewidth": linewidth,
    }
    base = _PROFILES.get(profile or "", _options)
    _options = base._replace(
        sci_mode=sci_mode, **{name: value for name, value in chosen.items() if value is not None}
    )


def get_printoptions() -> dict[str, Any]:
    """The options in force, as keyword arguments of :func:`set_printoptions`."""
    return _options._asdict()


@contextlib.contextmanager
def printoptions(**options: Any) -> Iterator[None]:
    """Other options, for a while: ``with printoptions(precision=2):``."""
    before = get_printoptions()
    set_printoptions(**options)
    try:
        yield
    finally:
        set_printoptions(**before)


class _Format:
    """How the numbers of one tensor are written: all in one notation and of one width."""

    def __init__(self, numbers: Array) -> None:
        self.floating = numbers.dtype.kind == "f"
        self.integral, self.scientific, self.width = True, False, 1
        values: list[Any] = numbers.reshape(-1).tolist()
        if self.floating:
            values = [v for v in values if v != 0 and math.isfinite(v)]
            if values:
                self._choose_notation(values)
            extra = int(self.integral and not self.scientific)
            widths = (len(self._digits(v)) + extra for v in values)
        else:
            widths = (len(str(v)) for v in values)
        self.width = max(widths, default=1)

    def _choose_notation(self, values: list[float]) -> None:
        self.integral = all(v == math.ceil(v) for v in values)
        smallest, largest = min(map(abs, values)), max(map(abs, values))
        chosen = _options.sci_mode
        self.scientific = (
            (largest / smallest > 1000.0 or largest > 1.0e8 or smallest < 1.0e-4)
            if chosen is None
            else chosen
        )

    def _digits(self, value: float) -> str:
        if self.scientific:
            return f"{value:.{_options.precision}e}"
        return f"{value:.0f}" if self.integral else f"{value:.{_options.precision}f}"

    def __call__(self, value: Any) -> str:
        text = self._digits(value) if self.floating else str(value)
        if self.floating and self.integral and not self.scientific and math.isfinite(value):
            text += "."
        return text.rjust(self.width)


def _edges(array: Array) -> Array:
    """The elements that a summary shows."""
    edge = _options.edgeitems
    for axis, size in enumerate(array.shape):
        if size > 2 * edge:
            array = np.take(array, [*range(edge), *range(size - edge, size)], axis)
    return array


def _vector_text(array: Array, indent: int, summarize: bool, form: _Format) -> str:
    edge = _options.edgeitems
    if summarize and not edge:
        texts = ["..."]
    elif summarize and len(array) > 2 * edge:
        texts = [*map(form, array[:edge].tolist()), " ...", *map(form, array[-edge:].tolist())]
    else:
        texts = [*map(form, array.tolist())]
    per_line = max(1, (_options.linewidth - indent) // (form.width + 2))
    lines = [", ".join(texts[i : i + per_line]) for i in range(0, len(texts), per_line)]
    return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"


def _array_text(array: Array, indent: int, summarize: bool, form: _Format) -> str:
    if array.ndim == 0:
        return form(array.item())
    if array.ndim == 1:
        return _vector_text(array, indent, summarize, form)
    edge = _options.edgeitems
    if summarize and len(array) > 2 * edge:
        first, last = array[:edge], array[len(array) - edge :]
        texts = [_array_text(part, indent + 1, summarize, form) for part in first]
        texts += ["...", *(_array_text(part, indent + 1, summarize, form) for part in last)]
    else:
        texts = [_array_text(part, indent + 1, summarize, form) for part in array]
    return "[" + ("," + "\n" * (array.ndim - 1) + " " * (indent + 1)).join(texts) + "]"


def _with_suffixes(text: str, suffixes: list[str], indent: int) -> str:
    length = len(text) - text.rfind("\n") + 1
    for suffix in suffixes:
        if length + len(suffix) + 2 > _options.linewidth:
            text += ",\n" + " " * indent + suffix
            length = indent + len(suffix)
        else:
            text += ", " + suffix
            length += len(suffix) + 2
    return text + ")"


def _history(tensor: Any) -> list[str]:
    """What is said of where a tensor comes from, and of its tangent in forward mode."""
    duals = state.get().duals
    if duals is None:
        return _made_by(tensor)
    primal, tangent = duals(tensor)
    return _made_by(tensor) if tangent is None else [*_made_by(primal), f"tangent={tangent}"]


def _made_by(tensor: Any) -> list[str]:
    try:
        made_by = tensor.grad_fn
    except RuntimeError:  # a view whose base was written where the graph can't follow
        return ["grad_fn=<Invalid>"]
    if made_by is not None:
        return [f"grad_fn=<{made_by.name()}>"]
    return ["requires_grad=True"] if tensor.requires_grad else []


def tensor_text(tensor: Any) -> str:
    """The text of ``repr(tensor)``."""
    array, suffixes = tensor.array, []
    prefix = "tensor(" if type(tensor).__name__ in ("Tensor", "Parameter") else f"{type(tensor).__name__}("
    indent = len(prefix)
    where = device_of(array)
    if where.type != "cpu":
        suffixes.append(f"device='{where}'")
        array = array.get()
    kind = from_numpy_dtype(array.dtype)
    if array.size == 0:
        text = "[]"
        if array.ndim != 1:
            suffixes.append(f"size={tuple(array.shape)}")
        plain = kind == get_default_dtype()
    else:
        if not _options.edgeitems:
            suffixes.append(f"size={tuple(array.shape)}")
        plain = kind == get_default_dtype() or kind.name in ("int64", "bool")
        summarize = array.size > _options.threshold
        text = _array_text(array, indent, summarize, _Format(_edges(array) if summarize else array))
    if not plain:
        suffixes.append(f"dtype={kind!r}")
    suffixes += _history(tensor)
    return _with_suffixes(prefix + text, suffixes, indent)
