"""The one builder of nodes: what holds for a primitive's node holds for that of an ``autograd.Function``, and
of a primitive with several operands under one name."""

import ast
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import explain, nn, ops
from autograd_cnn.autograd import Function, grad
from autograd_cnn.autograd.graph import save_on_cpu, saved_tensors_hooks
from autograd_cnn.utils.checkpoint import checkpoint

PACKAGE = Path(ag.__file__).parent


class Square(Function):
    """x * x, which keeps its operand."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * 2 * x


class Exp(Function):
    """exp, which keeps its result."""

    @staticmethod
    def forward(ctx, x):
        y = x.exp()
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, g):
        return g * ctx.saved_tensors[0]


class PairOfSquares(Function):
    """Two results."""

    @staticmethod
    def forward(ctx, x, y):
        ctx.save_for_backward(x, y)
        return x * x, y * y

    @staticmethod
    def backward(ctx, g, h):
        x, y = ctx.saved_tensors
        return g * 2 * x, h * 2 * y


@cache
def weighted():
    """A primitive of any number of operands, which keeps them all; made when it is needed, so that tests of
    every primitive do not find it."""

    @ops.primitive(promotes="common")
    def weighted(*xs):
        return sum(i * x * x for i, x in enumerate(xs, 1))

    weighted.vjp("xs")(lambda g, xs: tuple(2 * i * g * x for i, x in enumerate(xs, 1)))
    return weighted


KINDS = {
    "a primitive": lambda x: x * x,
    "a primitive of many operands": lambda x: weighted()(x),
    "a function": Square.apply,
    "a function of two results": lambda x: PairOfSquares.apply(x, x * 1.0)[0],
}
"""Ways to square, each of which keeps its operand."""

every_kind = pytest.mark.parametrize("square", KINDS.values(), ids=KINDS)


def test_nodes_are_made_in_one_place() -> None:
    """A second builder would forget what the first one learns."""
    makers = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and "Node" in [name.id for name in (call.func, *call.args) if isinstance(name, ast.Name)]
        and not (isinstance(call.func, ast.Name) and call.func.id in ("isinstance", "type"))
    }
    assert makers - {"explain/_notebook.py"} == {"_engine/recording.py"}  # which tells IPython of the class


@every_kind
def test_what_is_saved_goes_through_the_hooks(square) -> None:
    shelf = []

    def pack(t):
        assert isinstance(t, ag.Tensor)
        assert not t.requires_grad
        shelf.append(t.numpy().copy())
        return len(shelf) - 1

    x = ag.tensor([1.0, 2.0], requires_grad=True)
    with saved_tensors_hooks(pack, lambda place: ag.tensor(shelf[place])):
        y = square(x)
    assert shelf
    shelf[:] = [10 * a for a in shelf]
    y.sum().backward()
    assert x.grad.tolist() == [20.0, 40.0]


@every_kind
def test_saved_on_the_cpu_or_computed_again_the_gradient_is_the_same(square) -> None:
    for keep in (save_on_cpu(), None):
        x = ag.tensor([1.0, 2.0], requires_grad=True)
        if keep is None:
            y = checkpoint(square, x, use_reentrant=False)
        else:
            with keep:
                y = square(x)
        (g,) = grad(y.sum(), x, create_graph=True)
        assert g.tolist() == [2.0, 4.0]
        assert grad(g.sum(), x)[0].tolist() == [2.0, 2.0]


def test_a_function_that_saves_nothing_is_not_packed() -> None:
    doubled = type(
        "Doubled",
        (Function,),
        {"forward": staticmethod(lambda ctx, x: x * 2), "backward": staticmethod(lambda ctx, g: g * 2)},
    )
    packed = []
    with saved_tensors_hooks(packed.append, lambda _: None):
        doubled.apply(ag.ones(2, requires_grad=True)).sum().backward()
    assert packed == []


@every_kind
@pytest.mark.parametrize("lend", ["numpy", "from_numpy"])
def test_a_write_through_numpys_memory_is_noticed(square, lend) -> None:
    array = np.ones(3, np.float32)
    if lend == "numpy":
        x = ag.ones(3)
        array = x.numpy()
    else:
        x = ag.from_numpy(array)
    x.requires_grad_()
    y = square(x)
    array[0] = 5
    with pytest.raises(RuntimeError, match=r"modified by an inplace operation.*overwritten from outside"):
        y.sum().backward()
    assert x.grad is None


def test_a_result_that_numpy_writes_is_noticed_too() -> None:
    for exp in (ag.exp, Exp.apply):
        x = ag.ones(3, requires_grad=True)
        y = exp(x)
        loss = y.sum()
        y.detach().numpy()[...] = 0  # lent after it was saved
        with pytest.raises(RuntimeError, match=r"overwritten from outside"):
            loss.backward()


@every_kind
def test_an_operand_written_in_place_keeps_its_old_value_for_the_node(square) -> None:
    """An in-place form writes the result over what the node saved: the node gets a copy."""
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    y = x * 1.0
    y._overwrite(square(y))
    assert y.tolist() == [1.0, 4.0]
    y.sum().backward()
    assert x.grad.tolist() == [2.0, 4.0]


class Listener:
    """Who is told of everything."""

    def __init__(self) -> None:
        self.told = []

    def recorded(self, prim, operands, params, results):
        self.told.append((prim.name, len(operands), [r.array.tolist() for r in results]))

    def left(self, tensor, how, result): ...

    def began(self, roots): ...

    def step(self, node, upstream, contributions):
        self.told.append((node.name(), [(i, g.tolist()) for i, g in contributions]))


def test_who_watches_is_told_of_a_function_and_of_what_it_runs() -> None:
    from autograd_cnn._engine import modes

    listener = Listener()
    x, y = ag.tensor([3.0], requires_grad=True), ag.tensor([2.0])
    token = modes.state.set(modes.state.get()._replace(observer=listener))
    try:
        first, _ = PairOfSquares.apply(x, y)
        first.backward()
        with ag.no_grad():
            Square.apply(x)
    finally:
        modes.state.reset(token)
    assert listener.told == [
        ("multiply", 2, [[9.0]]),
        ("multiply", 2, [[4.0]]),
        ("PairOfSquares", 2, [[9.0], [4.0]]),
        ("multiply", 2, [[2.0]]),
        ("multiply", 2, [[6.0]]),
        ("multiply", 2, [[0.0]]),
        ("multiply", 2, [[0.0]]),
        ("PairOfSquaresBackward", [(0, [6.0])]),
        ("multiply", 2, [[9.0]]),
        ("Square", 1, [[9.0]]),
    ]


@pytest.mark.parametrize("name", ["Square", "PairOfSquares"])
def test_pictures_pages_and_tables_show_a_function(name, tmp_path) -> None:
    def compute(x):
        return Square.apply(x) if name == "Square" else PairOfSquares.apply(x, x * 2.0)[0]

    x = ag.tensor([1.0, 2.0], requires_grad=True)
    for watched in (False, True):
        if watched:
            with explain.watch():
                loss = compute(x).sum()
        else:
            loss = compute(x).sum()
        assert name in explain.draw(loss).source
        assert name in str(explain.ledger(loss))
        explain.page(loss, tmp_path / "page.html")
        assert name in (tmp_path / "page.html").read_text(encoding="utf-8")
        assert "all right: shape [2], min 2" in explain.why(x, loss)
        explain.derive(loss, x)


def test_a_summary_counts_what_a_function_runs_once_and_what_it_keeps() -> None:
    class Layer(nn.Module):
        def __init__(self, square):
            super().__init__()
            self.square = square

        def forward(self, x):
            return self.square(x)

    x = ag.ones(3, requires_grad=True)
    plain, function = (explain.summary(Layer(square), x) for square in (lambda x: x * x, Square.apply))
    assert function.flops == plain.flops == 3
    assert function.saved_bytes == plain.saved_bytes == 12
    assert explain.summary(Layer(lambda x: ag.linalg.eigh(x @ x.t()).eigenvalues), ag.eye(3)).saved_bytes == 0


def test_why_names_the_function_that_made_a_nan_or_lost_the_gradient() -> None:
    class Root(Function):
        @staticmethod
        def forward(ctx, x):
            return x.sqrt()

        @staticmethod
        def backward(ctx, g):
            return g * float("nan")

    class Lost(Root):
        @staticmethod
        def backward(ctx, g):
            return g * 0.0

    x = ag.tensor([1.0, 4.0], requires_grad=True)
    assert "the local gradient of Root for its operand 'input0' is NaN" in explain.why(x, Root.apply(x).sum())
    assert "the backward of Lost returned zeros" in explain.why(x, Lost.apply(x).sum())
    with explain.watch():
        y = Lost.apply(x).sum()
    assert "the backward of Lost returned zeros" in explain.why(x, y)
    assert "test_recording.py" in explain.why(x, y)
    with explain.watch(), ag.no_grad():
        y = Square.apply(x)
        z = y.sum()
    assert "Square ran under no_grad()" in explain.why(x, z)


def test_detect_anomaly_names_a_function_and_its_line() -> None:
    class Root(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.sqrt()

        @staticmethod
        def backward(ctx, g):
            return g * float("nan")

    with ag.autograd.detect_anomaly():
        x = ag.tensor([1.0, 4.0], requires_grad=True)
        y = Root.apply(x).sum()
        with pytest.raises(
            RuntimeError,
            match=r"'RootBackward' returned nan .*recorded at .*test_recording.py.*of input0.*saved0",
        ):
            y.backward()
    with ag.autograd.detect_anomaly():
        bad = Root.apply(ag.tensor([-1.0], requires_grad=True))
        with pytest.raises(RuntimeError, match=r"pass starts from is nan.*sqrt made the first nan"):
            bad.backward()
        _, second = PairOfSquares.apply(x, x * float("nan"))
        with pytest.raises(RuntimeError, match="pass starts from is nan"):
            second.backward(ag.ones(2))


def test_a_function_is_named_as_in_pytorch() -> None:
    torch = pytest.importorskip("torch")

    def named(module, base):
        members = {
            "forward": staticmethod(lambda ctx, x: x.exp()),
            "backward": staticmethod(lambda ctx, g: g),
        }
        function = type("ScaledExp", (base,), members)
        return function.apply(module.ones(2, requires_grad=True)).grad_fn.name()

    assert named(ag, Function) == named(torch, torch.autograd.Function) == "ScaledExpBackward"


def test_what_a_write_leaves_is_recorded_without_parameters_too() -> None:
    """``forward=`` stands in for the primitive's own, whether or not there are parameters."""
    from autograd_cnn._tensor import record

    x = ag.tensor([1.0, 2.0], requires_grad=True)
    made = record(ops.exp, (x,), None, lambda a: a * 100)
    assert made.tolist() == [100.0, 200.0]
    made.sum().backward()
    assert x.grad.tolist() == [100.0, 200.0]
