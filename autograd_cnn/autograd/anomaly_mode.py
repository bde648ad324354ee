"""Finding the first NaN of a backward pass, and the forward line that it belongs to; under torch.autograd's
names."""

import sys
import warnings
from collections.abc import Sequence
from typing import Any

from .._engine import source
from .._engine.modes import FromHereOn, Mode, State, state
from .._engine.node import GraphNode, Node, is_array
from .._engine.observers import Observer, each, together
from .._engine.statistics import holds_nan, not_finite, statistics
from ..ops import Operator


class _Watchman(Observer):
    """Looks at every gradient of a backward pass, and remembers where the forward pass before it made the
    first NaN; where it checks neither, it only stands for the mode, which keeps lines."""

    def __init__(self, check_nan: bool, check_inf: bool) -> None:
        self.check_nan, self._check_inf = check_nan, check_inf
        self.lines = False
        """Whether lines were kept before it came."""
        self._origin = self._of_forward = ""
        self._forward = True
        self._last: list[GraphNode] = []
        """The nodes of the last results that held NaN."""

    def recorded(
        self, prim: Operator, operands: Sequence[Any], params: dict[str, Any], results: tuple[Any, ...]
    ) -> None:
        """Values of the forward pass may be what they like; where the first NaN of it comes from is kept for
        the message."""
        if not (self.check_nan or self._check_inf):
            return
        if not self._forward:
            self._forward, self._origin = True, ""
        bad = [t for t in results if holds_nan(t)]
        if bad:
            self._last = [t._node for t in bad if t._node is not None]
            if not self._origin:
                did = "received" if any(map(holds_nan, operands)) else "made"
                self._origin = (
                    f"; in the forward pass, {prim.name} {did} the first nan at "
                    f"{source.describe(source.here())}"
                )

    def began(self, roots: list[GraphNode]) -> None:
        """RuntimeError if the pass begins at a NaN. What is recorded after this belongs to the next forward
        pass."""
        self._forward, last, self._last = False, self._last, []
        # a recorded backward pass, and rules written in Python, add operators of their own
        self._of_forward = self._origin
        if self.check_nan and not set(last).isdisjoint(roots):
            raise RuntimeError(f"the value that the backward pass starts from is nan{self._origin}")

    def step(self, node: Node, upstream: Any, contributions: list[tuple[int, Any]]) -> None:
        """RuntimeError if one of ``contributions`` is not finite."""
        for position, g in contributions:
            what = self._found(g)
            if what:
                raise RuntimeError(_message(node, position, what, g, upstream) + self._of_forward)

    def failed(self, node: Any, error: Exception) -> None:
        """Warn of the operator that was at work, and of the line that recorded it."""
        if not isinstance(node, Node):
            return
        known = (
            "No forward pass information available. Enable detect anomaly during forward pass for more "
            "information."
            if node.line is None
            else "Traceback of forward call that caused the error:\n" + source.quoted(node.line)
        )
        told = f"Error detected in {node.name()}. {known}"
        try:
            warnings.warn(told, UserWarning, stacklevel=source.stacklevel())
        except UserWarning:  # the filters make errors of warnings, but the error that is raised matters more
            print(f"UserWarning: {told}", file=sys.stderr)

    def _found(self, g: Any) -> str:
        """What it minds in ``g``, ``"nan"`` or ``"inf"``; nothing where it may be what it likes."""
        if self.check_nan:
            return not_finite(g) if self._check_inf else "nan" * holds_nan(g)
        return "inf" if self._check_inf and statistics(g).inf else ""


def _in_force(now: State) -> _Watchman | None:
    return next((observer for observer in each(now.observer) if isinstance(observer, _Watchman)), None)


def _under(now: State, watchman: _Watchman | None) -> State:
    """The modes with ``watchman`` in the place of the one in force; None: without any."""
    before = _in_force(now)
    lines = now.lines if before is None else before.lines
    others = [observer for observer in each(now.observer) if observer is not before]
    if watchman is None:
        return now._replace(lines=lines, observer=together(others))
    if watchman is not before:
        watchman.lines = lines
    return now._replace(lines=True, observer=together([*others, watchman]))


def _message(node: Node, position: int, what: str, array: Any, upstream: Any) -> str:
    parts = [f"gradient of {node.operand_name(position)}: {_statistics(array)}"]
    if not isinstance(upstream, list):
        parts.append(f"upstream: {_statistics(upstream)}")
    parts += [
        f"{item.name}: {_statistics(item.value)}"
        for item in node.saved_items()
        if is_array(item.value) and item.value.dtype.kind == "f"
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


def _statistics(value: Any) -> str:
    told = statistics(value)
    parts = [f"shape {told.shape}"]
    if told.range is not None:
        parts.append(f"min {told.range[0]:.4g}, max {told.range[2]:.4g}")
    counts = ((told.zeros, "zeros"), (told.nan, "nan"), (told.inf, "inf"))
    return ", ".join([*parts, *(f"{count} {word}" for count, word in counts if count)])


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
        self._watchman = _Watchman(check_nan, check_inf)
        warnings.warn(
            "Anomaly Detection has been enabled. This mode will increase the runtime and should only be "
            "enabled "
            "for debugging.",
            UserWarning,
            stacklevel=2,
        )

    def under(self, now: State) -> State:
        """As outside, with this watchman in the place of others."""
        return _under(now, self._watchman)


class set_detect_anomaly(FromHereOn):
    """Switch anomaly detection on or off from here on; as a context manager, until its end."""

    def __init__(self, mode: bool, check_nan: bool = True, *, check_inf: bool = False) -> None:
        self._watchman = _Watchman(check_nan, check_inf) if mode else None
        super().__init__()

    def under(self, now: State) -> State:
        """As outside, with this watchman in the place of others."""
        return _under(now, self._watchman)


def is_anomaly_enabled() -> bool:
    """Whether anomaly detection is in force."""
    return _in_force(state.get()) is not None


def is_anomaly_check_nan_enabled() -> bool:
    """Whether a gradient that is NaN is an error while anomaly detection is in force: unless somebody chose
    otherwise."""
    watchman = _in_force(state.get())
    return watchman is None or watchman.check_nan


def set_anomaly_enabled(enabled: bool, check_nan: bool = True) -> None:
    """Switch anomaly detection on or off from here on: see :class:`set_detect_anomaly`."""
    set_detect_anomaly(enabled, check_nan)
