"""Steps that make leaves, listen to gradients, run passes, and record in other ways than by operators."""

from typing import Any

from .definitions import FUNCTIONS
from .drawing import MOST, Draw, broadcast_size, largest, share, writable
from .kinds import kind

SHAPES = ((2, 3), (3,), (2, 2, 2), (4, 1), (3, 2), ())


def leaf(draw: Draw, wants_gradient: bool = True, dtype: str = "torch.float64") -> str:
    """A tensor of numbers."""

    def numbers(shape: tuple[int, ...]) -> str:
        if not shape:
            return str(round(draw.uniform(-2, 2), 2)) if "float" in dtype else str(draw.randrange(4))
        return "[" + ", ".join(numbers(shape[1:]) for _ in range(shape[0])) + "]"

    name = draw.fresh()
    if wants_gradient:
        draw.leaves.append(name)
    return (
        f"{name} = torch.tensor({numbers(draw.choice(SHAPES))}, dtype={dtype}"
        f"{', requires_grad=True' if wants_gradient else ''})"
    )


@kind("graph", 1)
def another_leaf(draw: Draw) -> str | None:
    """One more tensor: what is there without its history, or new numbers of any dtype."""
    if draw.likely(0.4):
        dtype = draw.choice(("torch.float64", "torch.float32", "torch.int64", "torch.int32"))
        return leaf(draw, "float" in dtype and draw.likely(0.7), dtype)
    x = draw.tensor()
    if x is None:
        return None
    name = draw.fresh()
    if draw.likely(0.2):
        return f"{name} = ({x} * {draw.number()}).detach_()"
    draw.leaves.append(name)
    way = draw.choice(("detach().clone()", "detach()", "clone().detach()", "data.clone()"))
    return f"{name} = {x}.{way}.requires_grad_()"


@kind("graph", 0.7)
def changed_flag(draw: Draw) -> str | None:
    """Wanting a gradient from now on, or no longer; only where nobody else sees the memory.

    A tensor that gets ``requires_grad_()`` when views of it are there: in PyTorch they then require gradients
    and have no history. Where gradients of gradients are asked for, what was recorded while it was a constant
    depends on it from then on: not here, so it is not turned on.
    """
    alone = [x for x in draw.known()[1:] if draw.is_alone(x) and x not in draw.turned]
    if not alone:
        return None
    x = draw.choice(alone)
    on = draw.choice((True, True, False)) and draw.listens
    return f"{x}.requires_grad_({'' if on else 'False'})"


@kind("graph", 2)
def listening(draw: Draw) -> str | None:
    """Hooks of tensors, one after another, and taken away again."""
    x = draw.tensor()
    if not draw.listens or x is None or x in draw.turned:
        return None
    if x in draw.disturbed and not draw.is_root(x):
        return None
    handles = draw.known("h")
    if handles and draw.likely(0.15):
        return f"{draw.choice(handles)}.remove()"
    hook = draw.choice(("hear", "hear", "twice", "shifted", "bounded"))
    draw.turned.add(x)  # it keeps its shape from now on
    return draw.looked_at(x) + draw.choice(
        (f"{draw.fresh('h')} = {x}.register_hook({hook})", f"{x}.retain_grad()")
    )


@kind("graph", 3)
def written_function(draw: Draw) -> str | None:
    """An ``autograd.Function``; the first operand of ``Doubled`` is written."""
    name = draw.choice(list(FUNCTIONS))

    def fits(t: Any) -> bool:
        """Whether it is small, and may be written where that is done: not where a leaf is beside, or hooks.
        That is refused when it has been written already, and what then becomes of either is open."""
        return largest(t) < 4 and (
            name != "Doubled"
            or (
                writable(t)
                and not share(t, draw.names["v0"])
                and not draw.is_beside(draw.turned.union(draw.leaves), t)
            )
        )

    x = draw.tensor(fits)
    if x is None:
        return None
    if name == "Product":
        return f"{draw.fresh()} = Product.apply({x}, {draw.beside(x)})"
    if name in ("Lazy", "Signed", "Turned"):
        pair = [draw.fresh(), draw.fresh()]
        draw.plural.update(pair)
        return f"{', '.join(pair)} = {name}.apply({x}{', ' + draw.number() if name == 'Turned' else ''})"
    made = draw.fresh()
    if name in ("Window", "Same"):
        if not draw.names[x].requires_grad:
            return None  # PyTorch then takes what comes out for a view that was taken under no_grad()
        draw.fragile.add(made)
    return f"{made} = {name}.apply({x})"


@kind("graph", 1)
def module(draw: Draw) -> str | None:
    """A module with a parameter, and hooks that see its backward pass. PyTorch refuses to write its result,
    where there are hooks: that of a sum may be written."""
    modules = draw.known("m")
    x = draw.tensor(lambda t: str(t.dtype) == "torch.float64")
    if not modules or draw.likely(0.1):
        return f"{draw.fresh('m')} = Layer()"
    m = draw.choice(modules)
    if draw.likely(0.25):
        return f"{m}.register_full_backward_hook(half_in)"
    if draw.likely(0.1):
        return f"{draw.fresh()} = {m}.weight"
    return None if x is None else f"{draw.fresh()} = {m}({x}) + 0.0"


@kind("graph", 1.5)
def checkpointed(draw: Draw) -> str | None:
    """A function that is run again in the backward pass. Only v0, which is never written, is used beside its
    input: what PyTorch computes with another value of it would be wrong without a word."""
    v0 = draw.names["v0"]
    x = draw.tensor(lambda t: t.dtype == v0.dtype and broadcast_size(t.shape, v0.shape) <= MOST)
    if x is None or not draw.is_alone(x):
        return None
    function = draw.choice(("wave", "offset", "lambda a: a * v0"))
    call = f"torch.utils.checkpoint.checkpoint({function}, {x}"
    if draw.likely(0.2) and not draw.known("h"):  # the reentrant kind: a pass within a pass, where a hook
        # would hear what arrives in parts; it knows backward() alone, and inputs that want gradients
        draw.accumulates()
        return f"{call} + v0.sum(), use_reentrant=True).sum().backward(retain_graph=True)"
    return f"{draw.fresh()} = {call}, use_reentrant=False)"


@kind("graph", 1)
def kept_elsewhere(draw: Draw) -> str | None:
    """What operators save, kept by hooks."""
    x = draw.tensor()
    if x is None:
        return None
    y = draw.beside(x)
    if broadcast_size(draw.shape(x), draw.shape(y)) > MOST:
        return None
    hooks = draw.choice(
        (
            "lambda t: t.clone(), lambda t: t",
            "lambda t: t.detach().clone().numpy(), torch.from_numpy",
            "lambda t: t.clone(), lambda t: t.clone()",
        )
    )
    text = draw.choice((f"{x}.sin()", f"{x} * {y}", f"{x}.exp().tanh()", f"{x}.softmax(0)"))
    return f"with torch.autograd.graph.saved_tensors_hooks({hooks}): {draw.fresh()} = {text}"


# passes


def scalar(draw: Draw) -> str | None:
    """The text of a number to differentiate."""
    x = draw.tensor()
    return None if x is None else draw.choice((f"{x}.sum()", f"({x} * 0.5).sum()", f"{x}.sin().sum()"))


@kind("graph", 2)
def backward(draw: Draw) -> str | None:
    """A pass that adds to ``.grad``. The graph is kept: which operators have nothing that a second pass would
    miss is a matter of how their rules are written."""
    x, top = draw.tensor(), scalar(draw)
    if x is None or top is None:
        return None
    others = draw.wanting()
    text = draw.choice(
        (
            f"{top}.backward(retain_graph=True)",
            f"{top}.backward(retain_graph=True)",
            f"{top}.backward({'retain_graph' if draw.listens else 'create_graph'}=True)",
            f"{x}.backward(torch.ones_like({x}), retain_graph=True)",
            f"torch.autograd.backward([{top}, {scalar(draw)}], retain_graph=True)",
            f"{top}.backward(inputs=[{draw.choice(others or [x])}], retain_graph=True)",
        )
    )
    draw.accumulates()
    return text


@kind("graph", 2)
def gradient(draw: Draw) -> str | None:
    """A gradient as a tensor, most often one that can be differentiated."""
    top, x = scalar(draw), draw.choice(draw.wanting() or ["v0"])
    if draw.likely(0.3):
        x = draw.tensor(lambda t: all(t is not draw.names.get(n) for n in draw.plural | draw.fragile)) or x
    if top is None or x not in draw.names or x in draw.turned:
        return None  # a gradient to what was turned in place does not know of views that were written since
    if x in draw.disturbed and not draw.is_root(x):
        return None  # in PyTorch such a view is made anew, and others no longer lead to it
    how = "retain_graph=True" if draw.listens or draw.likely(0.3) else "create_graph=True"
    # Whether a gradient that can be differentiated has a history, and whether there is one that is zero, are
    # matters of how the rule is written: what is added makes them equal.
    return (
        f"{draw.fresh()} = torch.autograd.grad({top}, {x}, {how}, materialize_grads=True)[0] + 0.0 * v0.sum()"
    )


@kind("graph", 1)
def accumulated(draw: Draw) -> str | None:
    """What stands in ``.grad``: taken, cleared, used for a step of gradient descent."""
    x = draw.choice(draw.wanting() or ["v0"])
    if x not in draw.names or getattr(draw.names[x], "grad", None) is None:
        return None
    draw.accumulates()
    draw.writes(x)
    # In PyTorch a view of what was written under no_grad() is another one then, without its hooks.
    may_step = x != "v0" and not draw.is_beside(draw.turned, draw.names[x])
    return draw.choice(
        (
            f"{draw.fresh()} = {x}.grad",
            f"{x}.grad = None",
            f"{x}.grad.zero_()",
            *([f"with torch.no_grad(): {x} -= 0.1 * {x}.grad"] if may_step else []),
            f"{x}.grad = {x}.grad.clone()",
        )
    )


@kind("graph", 1)
def copied(draw: Draw) -> str | None:
    """Deep copies: of leaves only, and leaves themselves."""
    x = draw.tensor()
    if x is None:
        return None
    made = draw.fresh()
    if x in draw.leaves:
        draw.leaves.append(made)
    return f"{made} = copy.deepcopy({x})"


@kind("graph", 1.5)
def looked_at(draw: Draw) -> str | None:
    """What autograd knows of a tensor, which may be a view whose base was written since."""
    x = draw.tensor(floating=False)
    return None if x is None else f"seen.append(({x}.requires_grad, {x}.is_leaf, {x}.grad_fn is None))"
