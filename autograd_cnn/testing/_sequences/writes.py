"""Steps that write memory that is there, or change in place what a tensor is."""

from math import prod
from typing import Any

from .drawing import Draw, array_of, block, broadcasts_into, is_floating, largest, part_shape, share, writable
from .kinds import kind


def target(draw: Draw, fits: Any = None, floating: bool = True) -> str | None:
    """The name of a tensor that may be written: leaves are refused by both libraries, and are few."""
    return draw.tensor(
        lambda t: (
            not share(t, draw.names["v0"])
            and writable(t)
            and not draw.is_heard_elsewhere(t)
            and largest(t) < 20
            and (fits is None or fits(t))
        ),
        floating=floating,
    )


@kind("writes", 5, smooth=True, any_mode=True)
def arithmetic(draw: Draw) -> str | None:
    """A sum, difference, product or quotient into its first operand."""
    x = target(draw)
    if x is None:
        return None
    y = draw.operand(x)
    divisor = y if y.replace("-", "").replace(".", "").isdigit() else f"({y} * {y} + 1.0)"
    return draw.choice(
        (
            f"{x}.add_({y})",
            f"{x} += {y}",
            f"{x}.sub_({y})",
            f"{x} -= {y}",
            f"{x}.mul_({y})",
            f"{x} *= {y}",
            f"{x}.div_({divisor})",
            f"{x} /= {divisor}",
        )
    )


@kind("writes", 2, smooth=True, any_mode=True)
def through_a_view(draw: Draw) -> str | None:
    """A view that nobody names, written."""
    x = target(draw, lambda t: prod(t.shape) > 0)
    if x is None:
        return None
    view = draw.choice(
        (f"{x}[{draw.basic_index(draw.shape(x))}]", f"{x}[...].T", f"{x}.unsqueeze(0)", f"{x}.view(-1)")
    )
    return f"{view}.{draw.choice(('mul_', 'add_', 'fill_', 'sub_'))}({draw.number()})"


@kind("writes", 2, smooth=True, any_mode=True)
def scaled_sum(draw: Draw) -> str | None:
    """Sums with a factor, products of two, a way between two."""
    x = target(draw)
    if x is None:
        return None

    def apart() -> str:
        t = draw.names[x]
        return (
            draw.tensor(
                lambda y: y.dtype == t.dtype and broadcasts_into(y.shape, t.shape) and not share(t, y)
            )
            or f"torch.ones_like({x})"
        )

    y, z, c = apart(), apart(), draw.number()
    return draw.choice(
        (
            f"{x}.add_({y}, alpha={c})",
            f"{x}.sub_({y}, alpha={c})",
            f"{x}.addcmul_({y}, {z}, value={c})",
            f"{x}.addcdiv_({y}, {z} * {z} + 1.0, value={c})",
            f"{x}.lerp_({y}, 0.25)",
        )
    )


@kind("writes", 3, smooth=True, any_mode=True)
def function_of_itself(draw: Draw) -> str | None:
    """Functions of each element, written into it."""
    x = target(draw, lambda t: largest(t) < 4)
    if x is None:
        return None
    texts = ["sin_()", "cos_()", "tanh_()", "sigmoid_()", "neg_()", "square_()", "exp_()", "pow_(2)"]
    if not draw.smooth:
        texts += ["relu_()"] * draw.listens + [
            "abs_()",
            "clamp_(-0.5, 0.5)",
            "clamp_(min=0.1)",
            "clamp_max_(0.4)",
            "round_()",
        ]
    return f"{x}.{draw.choice(texts)}"


@kind("writes", 1, any_mode=True)
def module_in_place(draw: Draw) -> str | None:
    """Activations that are asked to write their input."""
    x = target(draw)
    name = draw.choice(("relu", "silu") if draw.listens else ("silu",))
    return None if x is None else f"torch.nn.functional.{name}({x}, inplace=True)"


@kind("writes", 3, smooth=True, any_mode=True)
def filled(draw: Draw) -> str | None:
    """Numbers, and the values of another tensor."""
    x = target(draw, floating=draw.smooth or draw.likely(0.8))
    if x is None:
        return None
    number, y = draw.number(), draw.operand(x)
    if is_floating(draw.names[x]) and not y[0].isdigit() and y[0] != "-":
        return draw.choice((f"{x}.copy_({y})", f"{x}.fill_({number})", f"{x}.zero_()"))
    return draw.choice((f"{x}.fill_(2)", f"{x}.zero_()", f"{x}.fill_(torch.tensor(1))"))


@kind("writes", 5, smooth=True, any_mode=True)
def assigned(draw: Draw) -> str | None:
    """By basic indices, with a number, a tensor, or an operator."""
    x = target(draw)
    if x is None:
        return None
    index = draw.basic_index(draw.shape(x))
    part = part_shape(draw.shape(x), index)
    operator = draw.choice(("=", "=", "=", "+=", "*="))
    if draw.likely(0.4):
        return f"{x}[{index}] {operator} {draw.number()}"
    y = draw.tensor(lambda t: broadcasts_into(t.shape, part) and not share(t, draw.names[x]))
    # Two writes, the first of a view without a name: PyTorch 2.13 then takes an x that is a view for a leaf.
    operator = operator if draw.is_root(x) else "="
    return None if y is None else f"{x}[{index}] {operator} {y}"


def scalar_beside(draw: Draw, x: str) -> str:
    """A tensor without axes or a number; of the dtype of ``x``, for PyTorch refuses others behind advanced
    indices."""
    t = draw.names[x]
    found = draw.tensor(lambda y: not len(y.shape) and y.dtype == t.dtype and block(t) != block(y))
    return found or draw.number()


@kind("writes", 2, smooth=True, any_mode=True)
def assigned_at_places(draw: Draw) -> str | None:
    """By lists and tensors of places. A place comes twice only where a number is written: which of two
    tensors stays is open in PyTorch."""
    x = target(draw)
    if x is None:
        return None
    repeats = draw.likely(0.4)
    index = draw.advanced_index(draw.shape(x), repeats)
    if index is None:
        return None
    if repeats:
        return f"{x}[{index}] = {draw.number()}"
    y = scalar_beside(draw, x)
    return f"{x}[{index}] {draw.choice(('=', '=', '+=', '*=') if draw.is_root(x) else ('=',))} {y}"


@kind("writes", 2, any_mode=True)
def masked(draw: Draw) -> str | None:
    """Where a condition holds, of its own values or another's."""
    x = target(draw)
    if x is None:
        return None
    mask = draw.tensor(lambda t: tuple(t.shape) == draw.shape(x))
    scalar = scalar_beside(draw, x)
    return draw.choice(
        (
            f"{x}[{mask} > 0.1] = {draw.number()}",
            f"{x}[{mask} > 0.1] *= {draw.number()}",
            f"{x}[{mask} < 0.2] = {scalar}",
            f"{x}.masked_fill_({mask} > 0.3, {draw.number()})",
            f"{x}.masked_fill_({mask} > 0.3, {scalar})",
        )
    )


@kind("writes", 2.5, smooth=True, any_mode=True)
def along_an_axis(draw: Draw) -> str | None:
    """Added, put or filled at places along an axis. What is put has each place once."""
    x = target(draw, lambda t: len(t.shape) > 0 and prod(t.shape) > 0)
    if x is None:
        return None
    shape = draw.shape(x)
    dim = draw.randrange(len(shape))
    add = draw.likely(0.5)
    places = draw.places(shape[dim], draw.randrange(1, 4), repeats=add)
    source = (
        f"torch.ones_like({x}.select({dim}, 0).unsqueeze({dim}).expand({_with(shape, dim, len(places))}))"
    )
    fitting = draw.tensor(
        lambda t: (
            t.dtype == draw.names[x].dtype
            and tuple(t.shape) == _with(shape, dim, len(places))
            and not share(t, draw.names[x])
        )
    )
    if fitting is not None:  # PyTorch saves it for its shape, and refuses the pass once it is written
        source = f"{fitting}.clone()"
    if add:
        return draw.choice(
            (
                f"{x}.index_add_({dim}, torch.tensor({places}), {source})",
                f"{x}.index_add_({dim}, torch.tensor({places}), {source}, alpha=0.5)",
                f"{x}.scatter_add_({dim}, torch.full_like({x}, {places[0]}, dtype=torch.int64), "
                f"torch.ones_like({x}))",
            )
        )
    return draw.choice(
        (
            f"{x}.index_copy_({dim}, torch.tensor({places}), {source})",
            f"{x}.index_fill_({dim}, torch.tensor({places}), {draw.number()})",
            f"{x}.scatter_({dim}, torch.zeros_like({x}, dtype=torch.int64), {draw.number()})",
        )
    )


def _with(shape: tuple[int, ...], dim: int, n: int) -> tuple[int, ...]:
    return (*shape[:dim], n, *shape[dim + 1 :])


@kind("writes", 0.7, smooth=True, any_mode=True)
def added_at_places(draw: Draw) -> str | None:
    """``index_put_`` that adds up what comes to one place."""
    x = target(draw, lambda t: len(t.shape) > 0 and t.shape[0] > 0)
    if x is None:
        return None
    places = draw.places(draw.shape(x)[0], 3, repeats=True)
    y = (
        draw.tensor(
            lambda t: not len(t.shape) and t.dtype == draw.names[x].dtype and not share(t, draw.names[x])
        )
        or f"torch.tensor(0.5, dtype={draw.names[x].dtype})"
    )
    return f"{x}.index_put_((torch.tensor({places}),), {y}, accumulate=True)"


@kind("writes", 1, smooth=True, any_mode=True)
def triangle(draw: Draw) -> str | None:
    """Half of a matrix, or its diagonal."""
    x = target(draw, lambda t: len(t.shape) == 2 and prod(t.shape) > 0)
    if x is None:
        return None
    return f"{x}.{draw.choice(('tril_()', 'triu_()', 'tril_(-1)', f'fill_diagonal_({draw.number()})'))}"


@kind("writes", 2, smooth=True)
def turned(draw: Draw) -> str | None:
    """The tensor itself becomes a view of what it was; only where no other view would have to follow."""
    x = draw.tensor()
    if x is None or not draw.is_alone(x) or x in draw.turned:
        return None
    ndim = len(draw.shape(x))
    draw.turned.add(x)
    if ndim == 2 and draw.likely(0.5):
        return f"{x}.t_()"
    return draw.choice(
        (
            f"{x}.unsqueeze_({draw.choice((0, -1))})" if ndim < 4 else f"{x}.squeeze_()",
            f"{x}.squeeze_()",
            f"{x}.transpose_({draw.axis(ndim)}, {draw.axis(ndim)})",
        )
    )


@kind("writes", 1, any_mode=True)
def integers(draw: Draw) -> str | None:
    """Integers and truth values, which want no gradient."""
    x = target(draw, lambda t: not is_floating(t), floating=False)
    if x is None:
        return None
    if array_of(draw.names[x]).dtype == bool:
        return draw.choice((f"{x}.logical_not_()", f"{x}.fill_(True)", f"{x} ^= True"))
    return draw.choice((f"{x}.add_(1)", f"{x} *= 2", f"{x}.clamp_(0, 2)", f"{x}.add_(0.5)"))


@kind("writes", 1, any_mode=True)
def behind_the_back(draw: Draw) -> str | None:
    """Writes through ``.data`` and ``detach()``."""
    x = target(draw)
    return (
        None
        if x is None or not draw.is_alone(x)
        else f"{x}.{draw.choice(('data', 'detach()'))}.mul_({draw.number()})"
    )
