"""Arguments of elementwise functions of several tensors and numbers."""

from typing import Any

from ._draw import DTYPES, FLOATS, WHOLE, Code, uniform
from ._operands import Place, first_tensor
from ._parameters import number
from ._registry import Stop, form


@form("addcmul", "addcdiv", "lerp", "clamp", "clip", "heaviside", "hypot")
def _beside(at: Place) -> dict[str, Any]:
    draw, base = at.draw, at.door.base
    floating = base not in ("clamp", "clip", "addcmul", "ldexp")
    x = draw.tensor(draw.shape(), draw.floating() if floating else draw.dtype())
    named = at.door.parameters[0].name

    def other() -> Code:
        kinds = [kind for kind in DTYPES if kind != "uint8" or not base.startswith("addc")]
        return draw.tensor(draw.beside(at.shape), at.dtype if draw.chance(0.9) else draw.dtype(kinds))

    if base.startswith("addc"):  # PyTorch's slope counts in the dtype of tensor1, where -1 may be 255
        return {named: x, "tensor1": other(), "tensor2": other(), "value": draw.one((1, 2, 0.5, -1, Stop))}
    if base == "lerp":
        return {named: x, "end": other(), "weight": other() if draw.chance(0.5) else draw.number(-1, 2)}
    if base in ("clamp", "clip"):
        bounds: dict[str, Any] = draw.one(
            (
                {"min": draw.number(), "max": draw.number()},
                {"min": other()},
                {"max": draw.whole(-2, 2)},
                {"min": other(), "max": other()},
                {"min": draw.whole(-1, 0)},
                {"min": None, "max": 1.5},
            )
        )
        return {named: x} | bounds
    return {named: x, at.door.parameters[1].name: other()}


@form("zeta")
def _zeta(at: Place) -> dict[str, Any]:
    # below 1 is no sum, and so no slope; of a uint8 PyTorch's gradient overflows
    x = at.draw.tensor(None, at.draw.dtype(FLOATS), uniform(1.1, 3))
    return {"input": x, "other": at.draw.tensor(at.draw.beside(at.shape), None, uniform(0.2, 3))}


@form("atan2", "arctan2")
def _angle(at: Place) -> dict[str, Any]:
    x = at.draw.tensor(None, at.draw.dtype(FLOATS))  # of a uint8 PyTorch's gradient overflows
    other = at.draw.tensor(at.draw.beside(at.shape), at.draw.dtype(FLOATS), uniform(-2, 2))
    return {at.door.parameters[0].name: x, at.door.parameters[1].name: other}


@form("ldexp")
def _ldexp(at: Place) -> dict[str, Any]:
    x = at.draw.tensor(None, at.draw.floating())
    return {
        "input": x,
        "other": at.draw.tensor(at.draw.beside(at.shape), at.dtype),
    }  # of an integer PyTorch's gradient is 0


@form("clamp_min", "clamp_max")
def _clamped(at: Place) -> dict[str, Any]:
    x = first_tensor(at)
    return {
        at.door.parameters[0].name: x,
        at.door.parameters[1].name: number(at)
        if at.draw.chance(0.6)
        else at.draw.tensor(at.draw.beside(at.shape), at.dtype),
    }


@form("bitwise_left_shift", "bitwise_right_shift", "gcd", "lcm", "bitwise_and", "bitwise_or", "bitwise_xor")
def _bits(at: Place) -> dict[str, Any]:
    draw = at.draw
    dtype = (
        draw.dtype(WHOLE)
        if "shift" in at.door.base or at.door.base in ("gcd", "lcm")
        else draw.dtype((*WHOLE, "bool"))
    )
    x = draw.tensor(None, dtype)
    other = draw.tensor(
        draw.beside(at.shape),
        dtype if draw.chance(0.7) else draw.dtype(WHOLE),
        uniform(0, 6) if "shift" in at.door.base else None,
    )
    return dict(
        zip(
            (p.name for p in at.door.parameters),
            (x, other if draw.chance(0.8) else draw.whole(0, 4)),
            strict=False,
        )
    )


@form("polygamma", "multigammaln", "mvlgamma")
def _orders(at: Place) -> dict[str, Any]:
    draw = at.draw
    x = draw.tensor(None, draw.floating(), uniform(1.2, 4))
    order = draw.whole(0, 3) if at.door.base == "polygamma" else draw.whole(1, 3)
    if at.door.space == "Tensor":
        return {"*": [x, order]}
    return {"*": [order, x] if at.door.base == "polygamma" else [x, order]}


@form("gammainc", "gammaincc", "igamma", "igammac", "xlog1py", "xlogy")
def _positive_two(at: Place) -> dict[str, Any]:
    draw = at.draw
    x = draw.tensor(None, draw.floating(), uniform(0.2, 3))
    return dict(
        zip(
            (p.name for p in at.door.parameters),
            (x, draw.tensor(draw.beside(at.shape), at.dtype, uniform(0.2, 3))),
            strict=False,
        )
    )
