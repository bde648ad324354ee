"""Arguments of functions about dtypes, sizes and places of tensors."""

from typing import Any

from ._draw import Code, uniform
from ._operands import Place, first_tensor
from ._parameters import dim, sections
from ._registry import form


@form("to", "type")
def _to(at: Place) -> dict[str, Any]:
    draw = at.draw
    x = draw.tensor()
    kind = Code(f"torch.{draw.dtype()}")
    if at.door.base == "type":
        return {
            "*": [
                x,
                draw.one(
                    (kind, "torch.FloatTensor", Code("torch.Tensor"), Code("torch.LongTensor"), Code("float"))
                ),
            ]
        }
    return {
        "*": draw.one(([x, kind], [x, "cpu"], [x, "cpu", kind], [x, draw.tensor()], [x, Code("float")])),
        **({"copy": True} if draw.chance(0.3) else {}),
    }


@form("result_type", "can_cast", "promote_types", "finfo", "iinfo")
def _types(at: Place) -> dict[str, Any]:
    if at.door.base == "result_type":
        return {
            "*": [
                at.draw.tensor() if at.draw.chance(0.7) else 1.5,
                at.draw.tensor() if at.draw.chance(0.7) else 2,
            ]
        }
    return {"*": [Code(f"torch.{at.draw.dtype()}") for _ in range(2)]}


@form("size", "stride")
def _size(at: Place) -> dict[str, Any]:
    x = first_tensor(at)
    return {"*": [x, dim(at)] if at.draw.chance(0.5) else [x]}


@form("new_like", "is_tensor", "is_storage", "typename")
def _anything(at: Place) -> dict[str, Any]:
    return {"*": [at.draw.one((1, "x", at.draw.tensor()))]}


@form("apply", "map", "map2")
def _apply(at: Place) -> dict[str, Any]:
    x = at.draw.tensor(wants=False)
    others = [at.draw.tensor(at.draw.beside(at.shape), at.dtype, wants=False) for _ in range(2)]
    function = {"apply": "lambda v: v + 1", "map": "lambda v, w: w - v", "map2": "lambda v, w, u: w - v * u"}
    count = list(function).index(at.door.base)
    return {"*": [x, *others[:count], Code(function[at.door.base])]}


@form("as_subclass")
def _as_subclass(at: Place) -> dict[str, Any]:
    return {"*": [at.draw.tensor(), Code(at.draw.one(("torch.Tensor", "torch.nn.Parameter", "int")))]}


@form("is_set_to")
def _is_set_to(at: Place) -> dict[str, Any]:
    x = at.draw.tensor()
    return {
        "*": [x, at.draw.one((x, Code(f"{x}[...]"), Code(f"{x}[:]"), at.draw.tensor(at.shape, at.dtype)))]
    }


@form("geometric")
def _geometric(at: Place) -> dict[str, Any]:
    return {"*": [first_tensor(at), at.draw.number(0.1, 0.9)]}


@form("binomial")
def _binomial(at: Place) -> dict[str, Any]:
    count = at.draw.tensor(
        None, "float32", lambda draw, n, _: [float(draw.whole(0, 5)) for _ in range(n)], wants=False
    )
    return {"count": count, "prob": at.draw.tensor(at.shape, "float32", uniform(0.1, 0.9), wants=False)}


@form("isin")
def _isin(at: Place) -> dict[str, Any]:
    draw = at.draw
    return {
        "*": [draw.tensor(), draw.tensor()]
        if draw.chance(0.7)
        else draw.one(([1, draw.tensor()], [draw.tensor(), 1]))
    }


@form("hsplit", "vsplit", "dsplit")
def _axis_split(at: Place) -> dict[str, Any]:
    return {
        "input": at.draw.tensor((2, 4, 6)),
        at.door.parameters[1].name: at.draw.one((1, 2, [1], [1, 2], sections(at))),
    }
