"""``draw``: a picture of the backward pass, of the forward, or of both."""

import sys
from collections.abc import Iterable
from typing import Any

from ._dot import Drawing, picture
from ._names import given_names, variable_names
from ._picture import Picture
from ._signals import Signals, signals_of
from ._watch import read_watched, watched_or_rehearsed

DIRECTIONS = ("backward", "forward", "both")


def draw(
    loss: Any,
    params: Any = None,
    *,
    direction: str = "backward",
    depth: int | None = None,
    expand: "str | Iterable[str]" = (),
    fold: bool = True,
    focus: Any = None,
    signals: bool = True,
    formulas: bool = True,
    title: str | None = None,
    format: str = "svg",
) -> Picture:
    """Draw the graph that ``loss`` was computed by. The result shows itself in a notebook; ``.render(name,
    format="png")`` writes it.

    Each box tells operator, result, shape, dtype, device, bytes kept, and the formula of the local gradient.
    Arrows of a backward picture carry the upstream signal: the thicker, the larger its norm; dashed grey is
    zero, red is NaN. Where several meet they run into a sum.

    Args:
        loss: a Tensor that was recorded. Its graph is not changed, and no ``.grad`` is touched.
        params: a module, a mapping from names to tensors, or pairs; names the leaves. Without it the caller's
            variables do.
        direction: ``"backward"``, ``"forward"`` or ``"both"``.
        depth: how many levels of groups (modules, compositions, repetitions) are open. Default: as many as
            stay readable.
        expand: names or paths of groups that are open as well; ``"all"`` opens everything.
        fold: show repetitions as one box.
        focus: draw only the paths to this leaf (a Tensor or its name).
        signals: rehearse the backward pass to show its signals (needs one element in ``loss``, and what
            operators saved).
        formulas: write the local gradients into the boxes.

    Raises:
        ValueError: ``loss`` has no graph, or a name is not found.
    """
    if direction not in DIRECTIONS:
        raise ValueError(f"direction: expected one of {', '.join(DIRECTIONS)}, not {direction!r}")
    names = {**variable_names(sys._getframe(1)), **given_names(params)}
    reading = read_watched(loss, names, focus)
    record = watched_or_rehearsed(loss) if signals and direction != "forward" else None
    drawing = Drawing(
        reading,
        signals_of(reading, record) if record else Signals({}, {}),
        depth=depth,
        expand=expand,
        fold=fold,
        formulas=formulas,
    )
    return picture(drawing, direction, title, format)
