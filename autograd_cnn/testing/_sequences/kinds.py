"""The table of the kinds of steps: each makes one line of Python from what there is."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

from .drawing import MOST, Draw, broadcast_size

Maker: TypeAlias = Callable[[Draw], str | None]
"""Makes the text of a step; None where nothing fits."""


class Kind(NamedTuple):
    """A kind of step."""

    make: Maker
    weight: float
    """How often it is drawn, beside the others of its family."""
    smooth: bool
    """Whether differences of the whole sequence show its gradient: it has no kink, and hides nothing from the
    graph."""
    any_mode: bool
    """Whether it is also drawn where nothing is recorded."""


_FIRST = re.compile(r"\bv\d+\b(?! =)")
"""The first tensor that a step uses: the one that it writes, where it writes."""

FAMILIES: dict[str, list[Kind]] = {}

SHARES = {"views": 0.28, "writes": 0.26, "operators": 0.2, "graph": 0.26}
"""How often a family is drawn."""

MODES = (
    "torch.no_grad()",
    "torch.no_grad()",
    "torch.enable_grad()",
    "torch.no_grad(), torch.enable_grad()",
    "torch.set_grad_enabled(False)",
)


def kind(
    family: str, weight: float = 1.0, *, smooth: bool = False, any_mode: bool = False
) -> Callable[[Maker], Maker]:
    """Enter a maker in the table."""

    def enter(make: Maker) -> Maker:
        FAMILIES.setdefault(family, []).append(Kind(make, weight, smooth, any_mode))
        return make

    return enter


def templates(
    family: str,
    *texts: str,
    weight: float = 1.0,
    smooth: bool = False,
    any_mode: bool = False,
    fits: Callable[[Any], bool] | None = None,
) -> None:
    """Enter one kind that draws one of ``texts``, whose value gets a name. In them ``{x}`` is a floating
    tensor that ``fits``, ``{y}`` one that broadcasts with it, ``{c}`` a number, ``{dim}`` an axis of x."""

    def make(draw: Draw) -> str | None:
        text = draw.choice(texts)
        x = draw.tensor(fits)
        if x is None:
            return None
        y, ndim = draw.beside(x) if "{y}" in text else x, len(draw.shape(x))
        if broadcast_size(draw.shape(x), draw.shape(y)) > MOST:
            return None
        said = text.format(x=x, y=y, c=draw.number(), dim=draw.axis(ndim), dim2=draw.axis(ndim))
        return f"{draw.fresh()} = {said}"

    FAMILIES.setdefault(family, []).append(Kind(make, weight, smooth, any_mode))


def drawn(draw: Draw) -> str:
    """One step, drawn from the table; some of them under another mode."""
    while True:
        family = draw.choices(list(SHARES), list(SHARES.values()))[0]
        fit = [k for k in FAMILIES[family] if k.smooth or not draw.smooth]
        if not fit:
            continue
        found = draw.choices(fit, [k.weight for k in fit])[0]
        text = found.make(draw)
        if text is not None:
            return _under_a_mode(draw, text, family, found)


def _under_a_mode(draw: Draw, text: str, family: str, found: Kind) -> str:
    """The step, some of the time where nothing is recorded; what it writes is noted."""
    x = _FIRST.search(text)
    written = x.group() if x is not None and (family == "writes" or "Doubled" in text) else None
    # In PyTorch a view gets a new node when its memory was written, also where that is not recorded; here
    # not. What is retained, or heard by hooks, is of the node: so what is written then has no other views.
    fits = found.any_mode and (written is None or draw.is_alone(written))
    other = not draw.smooth and fits and draw.likely(0.15)
    if written is not None:
        text = draw.looked_at(written) + text
        draw.writes(written, again=family != "writes")  # a Function that is refused has written all the same
    return f"with {draw.choice(MODES)}: {text}" if other else text
