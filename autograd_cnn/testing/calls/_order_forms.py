"""Arguments of functions that order, search and count."""

from typing import Any

from ._draw import FLOATS, WHOLE, Code, distinct, uniform
from ._operands import Place
from ._parameters import dim, dims
from ._registry import Stop, form


@form(
    "topk",
    "kthvalue",
    "sort",
    "argsort",
    "msort",
    "median",
    "nanmedian",
    "mode",
    "cummax",
    "cummin",
    "argmax",
    "argmin",
    "quantile",
    "nanquantile",
    "unique",
    "unique_consecutive",
)
def _ordering(at: Place) -> dict[str, Any]:
    draw = at.draw
    floating = at.door.base.endswith("quantile")
    if floating or at.door.base in ("topk", "nanmedian", "kthvalue"):
        # which of equal ones it takes is anybody's choice; of expanded rows PyTorch's nanmedian is wrong
        draw.plain = True
    x = draw.tensor(
        draw.shape(0, 4),
        draw.dtype(FLOATS[:2]) if floating else draw.dtype(),
        distinct if draw.chance(0.75) or draw.plain else None,
    )
    given: dict[str, Any] = {"input": x}
    axis = draw.whole(0, max(len(at.shape) - 1, 0))
    n = at.shape[axis] if at.shape else 1
    if at.door.base in ("topk", "kthvalue"):
        given |= {"k": draw.whole(0 if at.door.base == "topk" else 1, max(n, 1)), "dim": axis}
        given |= {"sorted": Stop} if at.door.base == "topk" else {}  # else the order is anybody's
    if floating:
        given["q"] = draw.one((0.5, 0.25, 0, Code(f"torch.tensor([0.1, 0.6], dtype=torch.{at.dtype})"), 1.0))
    if at.door.base == "unique":
        given["sorted"] = True
    if at.door.base == "unique_consecutive":
        given["input"] = Code(f"torch.atleast_1d({x})")
    return given


@form("searchsorted", "bucketize")
def _searchsorted(at: Place) -> dict[str, Any]:
    draw = at.draw
    ordered = Code("torch.tensor([-1.0, 0.0, 0.5, 2.0])")
    x = draw.tensor(None, draw.one(("float32", "float32", "int64", "float64")), wants=False)
    if at.door.base == "bucketize":
        return {"input": x, "boundaries": ordered}
    return {at.door.parameters[0].name: ordered, at.door.parameters[1].name: x}


@form("diff")
def _diff(at: Place) -> dict[str, Any]:
    draw = at.draw
    x = draw.tensor(draw.shape(0 if draw.chance(0.1) else 1, 4))
    axis = draw.whole(0, max(len(at.shape) - 1, 0))
    given: dict[str, Any] = {"input": x, "n": draw.whole(0, 3), "dim": axis, "prepend": Stop, "append": Stop}
    for name in ("prepend", "append"):
        if draw.chance(0.3) and at.shape:
            shape = (*at.shape[:axis], draw.whole(0, 2), *at.shape[axis + 1 :])
            given[name] = draw.tensor(shape, at.dtype if draw.chance(0.9) else draw.dtype())
    return given


@form("gradient", "trapezoid", "trapz", "cumulative_trapezoid")
def _grid(at: Place) -> dict[str, Any]:
    draw = at.draw
    x = draw.tensor(draw.shape(1, 3), draw.floating())
    named = at.door.parameters[0].name
    given: dict[str, Any] = {named: x}
    if at.door.base == "gradient":
        return {**given, "spacing": draw.one((1, 0.5, 2, None)), "dim": draw.one((dim(at), dims(at), None))}
    return {
        **given,
        **draw.one(
            ({"x": Stop}, {"x": Stop, "dx": 0.5}, {"x": draw.tensor((at.shape[-1],), at.dtype), "dim": -1})
        ),
    }


@form("histc", "histogram")
def _hist(at: Place) -> dict[str, Any]:
    x = at.draw.tensor(None, at.draw.floating(), wants=False)
    return {
        "input": x,
        "bins": at.draw.whole(1, 5),
        **at.draw.one(({}, {"min": -1, "max": 2} if at.door.base == "histc" else {})),
    }


@form("bincount")
def _bincount(at: Place) -> dict[str, Any]:
    x = at.draw.tensor(at.draw.shape(1, 1), at.draw.dtype(WHOLE), uniform(0, 6), wants=False)
    return {"input": x, "weights": at.draw.tensor(at.shape, wants=False) if at.draw.chance(0.4) else Stop}


@form("cov", "corrcoef", "combinations", "vander", "diagflat", "diag", "diag_embed")
def _vectors(at: Place) -> dict[str, Any]:
    most = {"combinations": 1, "vander": 1, "diag": 2, "cov": 2, "corrcoef": 2}.get(at.door.base, 3)
    kind = at.draw.floating() if at.door.base in ("cov", "corrcoef") else at.draw.dtype()
    return {at.door.parameters[0].name: at.draw.tensor(at.draw.shape(1 if most == 1 else 0, most), kind)}


@form("renorm")
def _renorm(at: Place) -> dict[str, Any]:
    x = at.draw.tensor(at.draw.shape(2, 3), at.draw.floating())
    return {"input": x, "p": at.draw.one((2, 1, 3)), "dim": dim(at), "maxnorm": at.draw.one((1.0, 2))}
