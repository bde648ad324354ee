"""The runs of a model at several sizes of its dynamic axes, and what is said where they don't fit
together."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from .._engine import source
from ._merge import Merged, VariedError

MORE = ((1, 2, 3, 4, 5, 6), (2, 5, 1, 3, 7, 4), (3, 1, 7, 5, 2, 9), (6, 4, 2, 9, 3, 1))
"""By how much each axis is longer than in the example, run by run: in no two runs by related numbers."""
SCALES = (1, 2, 4, 8, 16, 32)
"""What these are multiplied by, for models that take multiples only."""


class DynamicAxis(NamedTuple):
    """An axis of an input that may have any length, and what that length is called."""

    input: str
    axis: int
    symbol: str


def dynamic_axes(given: Mapping[str, Any], inputs: Mapping[str, Any]) -> list[DynamicAxis]:
    """The dynamic axes of the inputs, of PyTorch's ``dynamic_axes``.

    Raises IndexError for an axis that an input does not have.
    """
    found = []
    for name, tensor in inputs.items():
        for axis, symbol in named(given, name).items():
            if not -tensor.ndim <= axis < tensor.ndim:
                raise IndexError(
                    f"onnx.export: dynamic_axes names axis {axis} of {name}, which has {tensor.ndim} axes"
                )
            found.append(DynamicAxis(name, axis % tensor.ndim, symbol))
    return found


def named(given: Mapping[str, Any], name: str) -> dict[int, str]:
    """The dynamic axes of one input or output, and their names."""
    axes = given.get(name, {})
    if isinstance(axes, Mapping):
        return {int(axis): str(symbol) for axis, symbol in axes.items()}
    return {int(axis): f"{name}_{axis}" for axis in axes}


Run = Callable[[Mapping[str, int]], Any]
"""One run at other lengths, by symbol: its trace and its results."""


def lengths_of(axes: Sequence[DynamicAxis], inputs: Mapping[str, Any]) -> dict[str, int]:
    """The lengths that the example has.

    Raises ValueError where one name stands for two lengths.
    """
    lengths: dict[str, int] = {}
    for axis in axes:
        length = int(inputs[axis.input].shape[axis.axis])
        if lengths.setdefault(axis.symbol, length) != length:
            raise ValueError(
                f"onnx.export: the axes called {axis.symbol!r} have lengths {lengths[axis.symbol]} and "
                f"{length} in the example: give them two names, or an example in which they are equal"
            )
    return lengths


def several(run: Run, axes: Sequence[DynamicAxis], lengths: Mapping[str, int]) -> list[Any]:
    """The model at some other lengths: all axes by numbers of their own; where the model takes no such, those
    of several inputs that are equal in the example together; and in larger steps.

    Raises RuntimeError where it takes none.
    """
    failure: Exception | None = None
    for scale in SCALES:
        for groups in _groups(axes, lengths):
            try:
                return [
                    run({s: n + scale * by[groups[s] % len(by)] for s, n in lengths.items()}) for by in MORE
                ]
            except NotImplementedError:
                raise
            except (ArithmeticError, IndexError, RuntimeError, TypeError, ValueError) as error:
                failure = failure or error
    alone = [s for s in lengths if not _runs(run, {**lengths, s: lengths[s] + 1})]
    raise RuntimeError(
        f"onnx.export: the model does not run where {_listed(alone or list(lengths))} differ"
        f"{'s' if len(alone or lengths) == 1 else ''} from the example, so it can't be dynamic: {failure}"
    ) from failure


def _groups(axes: Sequence[DynamicAxis], lengths: Mapping[str, int]) -> list[dict[str, int]]:
    """Which symbols change by the same number: none, then those of equal axes of equal length."""
    apart = {symbol: i for i, symbol in enumerate(lengths)}
    first: dict[tuple[int, int], int] = {}
    tied = {a.symbol: first.setdefault((a.axis, lengths[a.symbol]), apart[a.symbol]) for a in axes}
    return [apart] if tied == apart else [apart, tied]


def _runs(run: Run, lengths: Mapping[str, int]) -> bool:
    try:
        run(lengths)
    except (ArithmeticError, IndexError, RuntimeError, TypeError, ValueError):
        return False
    return True


def refusal(
    error: VariedError, run: Run, example: Any, lengths: Mapping[str, int], inputs: Sequence[str]
) -> str:
    """What can't be dynamic, for which axis, and at which line: each axis is tried alone."""
    guilty = []
    for symbol, length in lengths.items():
        for scale in SCALES:
            other = {**lengths, symbol: length + 2 * scale}
            if not _runs(run, other):
                continue
            try:
                Merged([example[0], run(other)[0], run({**lengths, symbol: length + 3 * scale})[0]], inputs)
            except (VariedError, RuntimeError, ValueError):
                guilty.append(symbol)
            break
    where = "" if error.line is None else f"{source.describe(error.line)}: "
    return (
        f"onnx.export: {where}{_listed(guilty or list(lengths))} can't be dynamic: {error.what}; leave it out "
        "of dynamic_axes, or compute this from tensors"
    )


def _listed(symbols: Sequence[str]) -> str:
    return " and ".join(repr(s) for s in symbols)
