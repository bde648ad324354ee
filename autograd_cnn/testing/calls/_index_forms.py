"""Arguments of functions that read and write by index."""

import math
from typing import Any

from ._draw import Code, Once, OnceAlong, below
from ._operands import Place, first_tensor
from ._parameters import number
from ._registry import FORMS, form


def along(at: Place, x_shape: tuple[int, ...], axis: int, dtype: str = "int64", smaller: bool = True) -> Code:
    """An index tensor that ``gather`` and ``scatter`` take along ``axis``."""
    draw = at.draw
    shape = [draw.whole(0, n) if smaller and n and draw.chance(0.4) else n for n in x_shape]
    if shape:
        shape[axis] = draw.size()
    kind = dtype if draw.chance(0.93) else draw.one(("int32", "uint8", "int16"))
    return draw.tensor(tuple(shape), kind, below(x_shape[axis] if x_shape else 1), wants=False)


def once_along(at: Place, x_shape: tuple[int, ...], axis: int) -> Code:
    """The same for ``scatter``: no place along ``axis`` comes twice."""
    draw = at.draw
    shape = tuple(draw.whole(0, n) if n and draw.chance(0.4) else n for n in x_shape)
    values = OnceAlong(shape, axis, x_shape[axis] if x_shape else 1)
    return draw.tensor(shape, draw.one(("int64", "int64", "int32")), values, wants=False)


@form("gather", "take_along_dim")
def _gather(at: Place) -> dict[str, Any]:
    x = first_tensor(at)
    axis = at.draw.whole(0, max(len(at.shape) - 1, 0))
    taking = at.door.base == "take_along_dim"
    name = "indices" if taking else "index"
    index = along(at, at.shape, axis, smaller=not taking)
    return (
        {"input": x, "dim": axis, name: index}
        if not taking or at.draw.chance(0.8)
        else {"input": x, name: index}
    )


@form("scatter", "scatter_add", "scatter_reduce")
def _scatter(at: Place) -> dict[str, Any]:
    draw = at.draw
    x = draw.tensor(draw.shape(0, 3))
    axis = draw.whole(0, max(len(at.shape) - 1, 0))
    dtype = at.dtype
    given = {"input": x, "dim": axis}
    reduces = (
        at.door.base != "scatter"
    )  # else which of several numbers for one place stays is anybody's choice
    index = along(at, at.shape, axis) if reduces else once_along(at, at.shape, axis)
    given["index"] = index
    if at.door.base == "scatter" and draw.chance(0.3):
        return {**given, "value": draw.number() if draw.chance(0.6) else draw.whole(-2, 3)}
    shape, wants = tuple(n + draw.whole(0, 1) for n in draw.shapes[index]), None
    if at.door.base == "scatter" and draw.chance(0.2):
        given["reduce"], wants = draw.one(("add", "multiply")), False  # has no derivative in PyTorch
    if at.door.base == "scatter_reduce":
        given["reduce"] = draw.one(("sum", "prod", "mean", "amax", "amin"))
        given["include_self"] = draw.chance(0.6)
        if given["reduce"] != "sum":  # PyTorch's gradient goes to numbers too that are not taken
            shape = draw.shapes[index]
        if given["reduce"] in ("amax", "amin") and not given["include_self"]:
            wants = False  # PyTorch counts one that is left out as one of equals
    given["src"] = draw.tensor(shape, dtype if draw.chance(0.96) else draw.dtype(), wants=wants)
    return given


@form("index_add", "index_copy", "index_reduce", "index_fill", "index_select")
def _index_slices(at: Place) -> dict[str, Any]:
    draw = at.draw
    x = draw.tensor(draw.shape(0, 3))
    shape, dtype = at.shape, at.dtype
    axis = draw.whole(0, max(len(shape) - 1, 0))
    copies = at.door.base == "index_copy"
    count = (draw.whole(0, shape[axis]) if copies else draw.size()) if shape else 1
    index = draw.tensor(
        (count,) if draw.chance(0.95) or count != 1 else (),
        draw.one(("int64", "int64", "int32")),
        Once(shape[axis] if shape else 1) if copies else below(shape[axis] if shape else 1),
        wants=False,
    )
    given: dict[str, Any] = {
        "input": x,
        "dim": axis - (len(shape) if draw.chance(0.2) else 0),
        "index": index,
    }
    if at.door.base == "index_fill":
        return {**given, "value": draw.one((draw.number(), 2, draw.tensor((), dtype)))}
    wants = None
    if at.door.base == "index_reduce":
        given["reduce"], given["include_self"] = draw.one(("prod", "mean", "amax", "amin")), draw.chance(0.6)
        if given["reduce"] in ("amax", "amin") and not given["include_self"]:
            wants = False  # PyTorch counts one that is left out as one of equals
    if at.door.base != "index_select":
        slices = (*shape[:axis], count, *shape[axis + 1 :]) if shape else ()
        given["source"] = draw.tensor(slices, dtype, wants=wants)
    return given


@form("index_put")
def _index_put(at: Place) -> dict[str, Any]:
    draw = at.draw
    x = draw.tensor(draw.shape(1, 3))
    shape, dtype = at.shape, at.dtype
    if draw.chance(0.2):
        return {
            "input": x,
            "indices": (draw.tensor(shape, "bool", wants=False),),
            "values": draw.tensor((), dtype),
        }
    used = draw.whole(1, len(shape))
    places = draw.one(((), (1,), (shape[0],), (shape[0], 1)))
    index = tuple(
        draw.tensor(places, "int64", below(n) if i else Once(n), wants=False)
        for i, n in enumerate(shape[:used])
    )
    return {"input": x, "indices": index, "values": draw.tensor(draw.beside((*places, *shape[used:])), dtype)}


@form("take", "put")
def _take(at: Place) -> dict[str, Any]:
    draw = at.draw
    x = first_tensor(at)
    dtype = at.dtype
    size, writes = math.prod(at.shape), at.door.base == "put"
    shape = (draw.whole(0, size),) if writes else draw.shape(0, 2)
    index = draw.tensor(shape, "int64", Once(size) if writes else below(size), wants=False)
    given = {"input": x, "index": index}
    return given if at.door.base == "take" else {**given, "source": draw.tensor(draw.shapes[index], dtype)}


@form("masked_scatter", "masked_fill", "masked_select")
def _masked(at: Place) -> dict[str, Any]:
    draw = at.draw
    x = first_tensor(at)
    given: dict[str, Any] = {"input": x, "mask": draw.tensor(draw.beside(at.shape), "bool", wants=False)}
    if at.door.base == "masked_scatter":
        given["source"] = draw.tensor((math.prod(at.shape) + draw.whole(0, 2),), at.dtype)
    if at.door.base == "masked_fill":
        given["value"] = number(at)
    return given


@form("select_scatter", "select", "narrow", "narrow_copy", "slice_scatter", "diagonal_scatter", "unfold_copy")
def _slices(at: Place) -> dict[str, Any]:
    draw = at.draw
    x = draw.tensor(draw.shape(1, 4))
    shape, dtype = at.shape, at.dtype
    axis = draw.whole(0, len(shape) - 1)
    n = shape[axis]
    if at.door.base.startswith("narrow"):
        start = draw.whole(0, n)
        if at.door.base == "narrow_copy":  # of a negative start PyTorch's slope is zero
            return {"input": x, "dim": axis, "start": start, "length": draw.whole(0, n - start)}
        first = start if draw.chance(0.8) else draw.one((start - n, Code(f"torch.tensor({start})")))
        return {"input": x, "dim": axis, "start": first, "length": draw.whole(0, n - start)}
    if at.door.base.startswith("select"):
        given = {"input": x, "dim": axis, "index": draw.whole(-n, max(n - 1, 0))}
        if at.door.base == "select":
            return given
        return {**given, "src": draw.tensor((*shape[:axis], *shape[axis + 1 :]), dtype)}
    if at.door.base == "diagonal_scatter":
        return {"input": x, "src": draw.tensor((min((*shape, 0, 0)[:2]),), dtype)}
    start, end, step = draw.whole(0, n), draw.whole(0, n), draw.whole(1, 2)
    count = len(range(n)[start:end:step])
    return {
        "input": x,
        "src": draw.tensor((*shape[:axis], count, *shape[axis + 1 :]), dtype),
        "dim": axis,
        "start": start,
        "end": end,
        "step": step,
    }


@form("unfold")
def _unfold(at: Place) -> dict[str, Any]:
    draw = at.draw
    if at.door.space == "F":
        return FORMS["F.unfold"](at)
    x = first_tensor(at)
    axis = draw.whole(0, max(len(at.shape) - 1, 0))
    n = at.shape[axis] if at.shape else 1
    names = [p.name for p in at.door.parameters]
    return dict(zip(names, (x, axis, draw.whole(0, n), draw.whole(1, 3)), strict=False))


@form("unravel_index")
def _unravel(at: Place) -> dict[str, Any]:
    shape = at.draw.shape(1, 3)
    kind = "int64" if at.draw.chance(0.9) else at.draw.dtype()
    return {"indices": at.draw.tensor(at.draw.shape(0, 2), kind, below(math.prod(shape))), "shape": shape}


@form("tril_indices", "triu_indices")
def _triangle(at: Place) -> dict[str, Any]:
    return {"row": at.draw.whole(0, 4), "col": at.draw.whole(0, 4)}
