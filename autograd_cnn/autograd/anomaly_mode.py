"""Finding the first NaN of a backward pass, and the forward line that it belongs to; under torch.autograd's
names."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .._engine import source
from .._engine.graph import Node
from .._engine.handle import Handle
from .._engine.modes import Mode, Observers, state
from ..ops import Primitive


class _Watchman:
    """Looks at every gradient of a backward pass, and remembers where the forward pass before it made the
    first NaN."""

    def __init__(self, check_inf: bool) -> None:
        self._check_inf = check_inf
        self._origin = self._of_forward = ""
        self._forward = True
        self._last: Any = None
        """The node of the last result that held NaN."""

    def recorded(
        self, prim: Primitive, operands: Sequence[Any], params: dict[str, Any], results: tuple[Any, ...]
    ) -> None:
        """Values of the forward pass may be what they like; where the first NaN of it comes from is kept for
        the message."""
        if not self._forward:
            self._forward, self._origin = True, ""
        if any(map(_holds_nan, results)):
            self._last = results[0]._node
            if not self._origin:
                did = "received" if any(map(_holds_nan, operands)) else "made"
                self._origin = (
                    f"; in the forward pass, {prim.name} {did} the first nan at "
                    f"{source.describe(source.here())}"
                )

    def left(self, tensor: Any, how: str, result: Any) -> None:
        """Of no interest here."""

    def began(self, roots: list[Any]) -> None:
        """RuntimeError if the pass begins at a NaN. What is recorded after this belongs to the next forward
        pass."""
        self._forward, last, self._last = False, self._last, None
        self._of_forward = (
            self._origin
        )  # a recorded backward pass, and rules written in Python, add operators of their own
        if last is not None and any(root is last for root in roots):
            raise RuntimeError(f"the value that the backward pass starts from is nan{self._origin}")

    def step(self, node: Node, upstream: Any, contributions: list[tuple[int, Any]]) -> None:
        """RuntimeError if one of ``contributions`` is not finite."""
        for position, g in contributions:
            array = g.array if isinstance(g, Handle) else g
            if _holds_nan(g):
                raise RuntimeError(_message(node, position, "nan", array, upstream) + self._of_forward)
            if self._check_inf and bool(np.isinf(array).any()):
                raise RuntimeError(_message(node, position, "inf", array, upstream) + self._of_forward)


def _holds_nan(value: Any) -> bool:
    """Whether an operand, a result or a gradient holds NaN; the minimum is NaN then, and is found in one pass
    without a mask."""
    array = getattr(value, "array", value)
    if not hasattr(array, "dtype") or array.dtype.kind != "f" or not array.size:
        return False
    least = array.min()
    return bool(least != least)


def _message(node: Node, position: int, what: str, array: Any, upstream: Any) -> str:
    operand = node.prim.operands[min(position, len(node.prim.operands) - 1)]
    parts = [f"gradient of {operand}: {_statistics(array)}"]
    if not isinstance(upstream, list):
        parts.append(f"upstream: {_statistics(upstream.array if isinstance(upstream, Handle) else upstream)}")
    if type(node.saved) is tuple:
        parts += [
            f"{name}: {_statistics(v)}"
            for name, v in zip(node.plan.names, node.saved, strict=True)
            if hasattr(v, "dtype") and v.dtype.kind == "f"
        ]
    where = (
        f"recorded at {source.describe(node.line)}"
        if node.line is not None
        else "the forward pass ran outside detect_anomaly(): run it inside to know its line"
    )
    return (
        f"Function '{node.name()}' returned {what} values in its {position}th output ({where}; "
        f"{'; '.join(parts)})"
    )


def _statistics(array: Any) -> str:
    finite = array[np.isfinite(array)]
    told = [f"shape {list(array.shape)}"]
    if finite.size:
        told.append(f"min {float(finite.min()):.4g}, max {float(finite.max()):.4g}")
    counts = (("zeros", array == 0), ("nan", np.isnan(array)), ("inf", np.isinf(array)))
    return ", ".join([*told, *(f"{int(found.sum())} {word}" for word, found in counts if found.any())])


class detect_anomaly(Mode):
    """Raise a RuntimeError at the first local gradient that is NaN, naming the operator's line and its
    operands' ranges.

    The message also names the operator and the line where the forward pass before it made its first NaN; a
    backward pass that starts from a NaN is refused with that.

    Forward and backward pass belong inside: the forward pass then keeps its lines. ``check_inf`` also refuses
    infinities.
    """

    def __init__(self, check_nan: bool = True, *, check_inf: bool = False) -> None:
        super().__init__()
        self._watchman = _Watchman(check_inf) if check_nan or check_inf else None

    def __enter__(self) -> "detect_anomaly":
        now = state.get()
        observer: Any = (
            self._watchman
            if now.observer is None or self._watchman is None
            else Observers((now.observer, self._watchman))
        )
        self._tokens.append(
            state.set(
                now._replace(lines=True, observer=observer if self._watchman is not None else now.observer)
            )
        )
        return self


class set_detect_anomaly(detect_anomaly):
    """Switch anomaly detection on or off from here on; as a context manager, until its end."""

    def __init__(self, mode: bool, check_nan: bool = True, *, check_inf: bool = False) -> None:
        super().__init__(check_nan and mode, check_inf=check_inf and mode)
        now = state.get()
        kept = _without(now.observer)
        observer = (
            kept
            if self._watchman is None
            else self._watchman
            if kept is None
            else Observers((kept, self._watchman))
        )
        self._tokens.append(state.set(now._replace(lines=mode or now.lines, observer=observer)))

    def __enter__(self) -> "set_detect_anomaly":
        if not self._tokens:
            super().__enter__()
        return self


def _without(observer: Any) -> Any:
    """The observers that are no anomaly detection."""
    if not isinstance(observer, Observers):
        return None if isinstance(observer, _Watchman) else observer
    kept = [found for o in observer if (found := _without(o)) is not None]
    return Observers(kept) if len(kept) > 1 else kept[0] if kept else None


def is_anomaly_enabled() -> bool:
    """Whether anomaly detection is in force."""
    return _holds(state.get().observer)


def _holds(observer: Any) -> bool:
    return isinstance(observer, _Watchman) or (isinstance(observer, Observers) and any(map(_holds, observer)))
