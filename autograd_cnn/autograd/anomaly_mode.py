"""Finding the first NaN of a backward pass, and the forward line that it belongs to; under torch.autograd's
names."""

import warnings
from collections.abc import Sequence
from typing import Any

from .._engine import source
from .._engine.modes import FromHereOn, Mode, State, state
from .._engine.node import GraphNode, Node, is_array
from .._engine.observers import Observer, beside, each, together
from .._engine.statistics import holds_nan, not_finite, statistics
from ..ops import Operator


class _Watchman(Observer):
    """Looks at every gradient of a backward pass, and remembers where the forward pass before it made the
    first NaN."""

    def __init__(self, check_nan: bool, check_inf: bool) -> None:
        self.check_nan, self._check_inf = check_nan, check_inf
        self._origin = self._of_forward = ""
        self._forward = True
        self._last: list[GraphNode] = []
        """The nodes of the last results that held NaN."""

    def recorded(
        self, prim: Operator, operands: Sequence[Any], params: dict[str, Any], results: tuple[Any, ...]
    ) -> None:
        """Values of the forward pass may be what they like; where the first NaN of it comes from is kept for
        the message."""
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
        if not set(last).isdisjoint(roots):
            raise RuntimeError(f"the value that the backward pass starts from is nan{self._origin}")

    def step(self, node: Node, upstream: Any, contributions: list[tuple[int, Any]]) -> None:
        """RuntimeError if one of ``contributions`` is not finite."""
        for position, g in contributions:
            what = not_finite(g) if self._check_inf else "nan" if holds_nan(g) else ""
            if what:
                raise RuntimeError(_message(node, position, what, g, upstream) + self._of_forward)


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
        self._watchman = _Watchman(check_nan, check_inf) if check_nan or check_inf else None
        warnings.warn(
            "Anomaly Detection has been enabled. This mode will increase the runtime and should only be "
            "enabled "
            "for debugging.",
            UserWarning,
            stacklevel=2,
        )

    def under(self, now: State) -> State:
        """As outside, with the watchman told."""
        if self._watchman is None:
            return now._replace(lines=True)
        return now._replace(lines=True, observer=beside(now.observer, self._watchman))


class set_detect_anomaly(FromHereOn):
    """Switch anomaly detection on or off from here on; as a context manager, until its end."""

    def __init__(self, mode: bool, check_nan: bool = True, *, check_inf: bool = False) -> None:
        self._mode = mode
        watched = mode and (check_nan or check_inf)
        self._watchman = _Watchman(check_nan, check_inf) if watched else None
        super().__init__()

    def under(self, now: State) -> State:
        """As outside, with this watchman in the place of others."""
        others = [observer for observer in each(now.observer) if not isinstance(observer, _Watchman)]
        own = [] if self._watchman is None else [self._watchman]
        lines = self._mode or (now.lines and not is_anomaly_enabled())
        return now._replace(lines=lines, observer=together([*others, *own]))


def is_anomaly_enabled() -> bool:
    """Whether anomaly detection is in force."""
    return any(isinstance(observer, _Watchman) for observer in each(state.get().observer))


def is_anomaly_check_nan_enabled() -> bool:
    """Whether a gradient that is NaN is an error while anomaly detection is in force: unless somebody chose
    otherwise."""
    return all(o.check_nan for o in each(state.get().observer) if isinstance(o, _Watchman))


def set_anomaly_enabled(enabled: bool, check_nan: bool = True) -> None:
    """Switch anomaly detection on or off from here on: see :class:`set_detect_anomaly`."""
    set_detect_anomaly(enabled, check_nan)
