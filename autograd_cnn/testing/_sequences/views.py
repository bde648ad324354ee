"""Steps that look into memory that is there: views, and what may be one or a copy (``reshape``)."""

from math import prod

from .drawing import MOST, Draw
from .kinds import kind, templates


@kind("views", 4, smooth=True)
def indexed(draw: Draw) -> str | None:
    """Basic indices: views."""
    x = draw.tensor(floating=draw.smooth or draw.likely(0.9))
    return None if x is None else f"{draw.fresh()} = {x}[{draw.basic_index(draw.shape(x))}]"


@kind("views", 1, smooth=True)
def picked(draw: Draw) -> str | None:
    """Advanced indices: copies, with repeats."""
    x = draw.tensor()
    index = None if x is None else draw.advanced_index(draw.shape(x), repeats=True)
    return None if index is None else f"{draw.fresh()} = {x}[{index}]"


templates(
    "views",
    "{x}.transpose({dim}, {dim2})",
    "{x}.movedim({dim}, {dim2})",
    "{x}.swapaxes({dim}, {dim2})",
    "{x}.squeeze({dim})",
    weight=2,
    smooth=True,
)
templates(
    "views",
    "{x}.unsqueeze(0)",
    "{x}.unsqueeze(-1)",
    "{x}.squeeze()",
    "{x}.view_as({x})",
    "{x}.expand_as({x})",
    "{x}.broadcast_to({x}.shape)",
    "torch.atleast_2d({x})",
    "{x}[..., None]",
    "{x}[True]",
    "{x}[...]",
    "{x}.real",
    weight=3,
    smooth=True,
)
templates("views", "{x}.detach()", weight=1.5)
templates(
    "views",
    "{x}.T",
    "{x}.mT",
    "{x}.t()",
    "{x}.H",
    "{x}.adjoint()",
    weight=2,
    smooth=True,
    fits=lambda t: len(t.shape) == 2,
)


@kind("views", 1, smooth=True)
def permuted(draw: Draw) -> str | None:
    """All axes in another order."""
    x = draw.tensor(lambda t: len(t.shape) > 1)
    if x is None:
        return None
    order = draw.sample(range(len(draw.shape(x))), len(draw.shape(x)))
    return f"{draw.fresh()} = {x}.permute({', '.join(map(str, order))})"


@kind("views", 1.5, smooth=True)
def expanded(draw: Draw) -> str | None:
    """New axes in front, and axes of one element repeated: places that share memory."""
    x = draw.tensor(lambda t: 0 < prod(t.shape) <= MOST // 3 and len(t.shape) < 4)
    if x is None:
        return None
    shape = draw.shape(x)
    sizes = [draw.choice((-1, n)) if n != 1 else draw.choice((1, 3)) for n in shape]
    if draw.likely(0.4):
        sizes.insert(0, draw.choice((1, 2)))
    return f"{draw.fresh()} = {x}.expand({', '.join(map(str, sizes))})" if sizes else None


@kind("views", 3, smooth=True)
def reshaped(draw: Draw) -> str | None:
    """Another shape of the same elements: ``view`` refuses where that is no view, ``reshape`` copies."""
    x = draw.tensor(draw.lies_alike)
    if x is None:
        return None
    size = draw.size(prod(draw.shape(x)))
    text = draw.choice((f"view{size}", f"reshape{size}", "flatten()", "ravel()", "contiguous()"))
    return f"{draw.fresh()} = {x}.{text}"


@kind("views", 1, smooth=True)
def unfolded(draw: Draw) -> str | None:
    """Pieces of an axis, which overlap where they are longer than their distance."""
    x = draw.tensor(lambda t: 0 < len(t.shape) < 4 and 1 < prod(t.shape) <= MOST // 2)
    if x is None:
        return None
    dim = draw.axis(len(draw.shape(x)))
    size = draw.randrange(1, max(draw.shape(x)[dim], 1) + 1)
    return f"{draw.fresh()} = {x}.unfold({dim}, {size}, {draw.randrange(1, 3)})"


@kind("views", 1.5, smooth=True)
def diagonal(draw: Draw) -> str | None:
    """A diagonal of two axes."""
    x = draw.tensor(lambda t: len(t.shape) > 1)
    if x is None:
        return None
    a, b = draw.sample(range(len(draw.shape(x))), 2)
    return f"{draw.fresh()} = {x}.diagonal({draw.randrange(-1, 2)}, {a}, {b})"


@kind("views", 2, smooth=True)
def narrowed(draw: Draw) -> str | None:
    """A part of an axis, or one place on it."""
    x = draw.tensor(lambda t: len(t.shape) > 0 and prod(t.shape) > 0)
    if x is None:
        return None
    dim = draw.axis(len(draw.shape(x)))
    n = draw.shape(x)[dim]
    start = draw.randrange(n)
    if draw.likely(0.4):
        return f"{draw.fresh()} = {x}.select({dim}, {start})"
    return f"{draw.fresh()} = {x}.narrow({dim}, {start}, {draw.randrange(1, n - start + 1)})"


@kind("views", 2, smooth=True)
def divided(draw: Draw) -> str | None:
    """One or two of several views: PyTorch refuses to write the results of some of these functions."""
    x = draw.tensor(lambda t: len(t.shape) > 0 and max(t.shape) > 1)
    if x is None:
        return None
    shape = draw.shape(x)
    dim = draw.choice([d for d, n in enumerate(shape) if n > 1])
    half = (shape[dim] + 1) // 2
    text = draw.choice(
        (f"chunk(2, {dim})", f"split({half}, {dim})", f"unbind({dim})", f"tensor_split(2, {dim})")
    )
    if ("unbind" in text and shape[dim] != 2) or draw.likely(0.5):
        made, which = [draw.fresh()], f"[{draw.randrange(2)}]"
    else:
        made, which = [draw.fresh(), draw.fresh()], ""
    draw.fragile.update(made)
    return f"{', '.join(made)} = {x}.{text}{which}"


@kind("views", 1, smooth=True)
def strided(draw: Draw) -> str | None:
    """A view with strides of one's own, of memory that lies in rows."""
    x = draw.tensor(lambda t: prod(t.shape) > 1 and t.is_contiguous() and draw.lies_alike(t))
    if x is None:
        return None
    n = prod(draw.shape(x))
    rows = draw.randrange(1, min(n, 4) + 1)
    columns = draw.randrange(1, n // rows + 1)
    size, stride = draw.choice(
        (((rows, columns), (columns, 1)), ((rows, columns), (1, rows)), ((columns,), (1,)))
    )
    return f"{draw.fresh()} = {x}.as_strided({size}, {stride})"
