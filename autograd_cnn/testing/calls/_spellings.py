"""Other spellings of an argument, and tensors that a result is written into."""

import math
from typing import Any

from ._draw import Code, Draw
from ._operands import Place
from ._surface import doors


def respelled(draw: Draw, value: Any) -> Any:
    """``value`` as somebody else would write it: numbers of NumPy's, tensors, other sequences."""
    if isinstance(value, bool):
        return draw.one((Code(f"np.bool_({value})"), int(value), Code(f"torch.tensor({value})")))
    if isinstance(value, int):
        kinds = "np.int64", "np.int32", "np.uint8" if value >= 0 else "np.int8", "torch.tensor", "np.array"
        return Code(f"{draw.one(kinds)}({value})") if draw.chance(0.9) else float(value)
    if isinstance(value, float) and math.isfinite(value):
        return Code(f"{draw.one(('np.float64', 'np.float32', 'torch.tensor', 'np.array'))}({value})")
    if isinstance(value, (tuple, list)) and all(type(part) is int for part in value):
        return draw.one(
            (
                tuple(value),
                list(value),
                Code(f"torch.Size({list(value)})"),
                Code(f"np.array({list(value)}, dtype=np.int64)"),
                Code(f"torch.tensor({list(value)}, dtype=torch.int64)"),
                tuple(Code(f"np.int64({part})") for part in value),
                [Code(f"torch.tensor({part})") for part in value],
                value[0] if len(value) == 1 else value,
            )
        )
    if isinstance(value, (tuple, list)) and value:  # of tensors, say
        return tuple(value) if isinstance(value, list) else list(value)
    return value


def outputs(at: Place) -> Any:
    """A tensor for the result, or two for two; of an elementwise function perhaps an operand."""
    draw = at.draw
    products = ("addmm", "addmv", "addr", "addbmm", "baddbmm")  # what is resized is read
    if f"Tensor.{at.door.base}_" in doors() and at.door.base not in products and draw.chance(0.2):
        return Code(at.first) if at.first else None
    draw.plain = draw.plain or draw.chance(0.7)

    def one() -> Code:
        dtype = at.dtype if draw.chance(0.6) else draw.dtype()
        return draw.tensor(draw.one(((0,), (0,), at.shape)), dtype, wants=False)

    return (one(), one()) if draw.chance(0.2) else one()
