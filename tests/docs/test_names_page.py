"""PyTorch's surface and docs/names.md: every name is the same here, or it is said why not."""

import pytest

import autograd_cnn as ag
from scripts.surface import compare, facts, scope
from scripts.surface.page import PAGE, VERSION, conventions, page


@pytest.fixture(scope="module")
def known():
    return facts.read(facts.FILE.read_text("utf-8").splitlines())


@pytest.fixture(scope="module")
def rows(known):
    return compare.rows(known)


@pytest.mark.slow
def test_every_name_is_the_same_or_argued(rows):
    assert [(r.name, r.differences) for r in rows if r.status in ("absent", "differs")] == []


@pytest.mark.slow
def test_never_fewer_are_the_same(rows):
    same, total, _ = compare.summary(rows)
    assert same / total >= 0.985


@pytest.mark.slow
def test_the_page_is_up_to_date(rows):
    assert PAGE.read_text("utf-8") == page(rows)


@pytest.mark.slow
def test_the_facts_are_pytorchs(known):
    torch = pytest.importorskip("torch")
    if torch.__version__.partition("+")[0] != VERSION:
        pytest.skip("another PyTorch has other names")
    from scripts.surface.gather import Surface

    surface = Surface(torch)
    surface.add(torch)
    told = facts.read(surface.lines)
    here = {name: fact for name, fact in known.items() if not name.startswith("torchvision")}
    assert {n: f.forms for n, f in told.items() if "tensorboard" not in n} == {
        n: f.forms for n, f in here.items() if "tensorboard" not in n
    }


def test_names_are_out_of_scope_by_rule():
    for name in ["torch.view_as_complex", "torch.quantize_per_tensor", "torch.fft.rfft", "torch.jit.script"]:
        assert scope.rule(name) or scope.unread(name)
    for name in ["torch.abs", "torch.is_complex", "torch.Tensor.item", "torch.nn.LSTM", "torch.linalg.solve"]:
        assert scope.rule(name) is None


def different(signature, ours):
    """What is said of a function ``torch.abs`` that PyTorch has with this signature, were ``ours`` it."""
    fact = facts.Fact("function", "torch.abs", [facts.parsed(form) for form in signature.split(" | ")])
    return dict(compare._differences(fact.forms, ours, fact))


@pytest.mark.parametrize(("signature", "ours", "said"), [
    ("(a, b=1)", lambda a, b=1: 0, {}),
    ("(a, b=1)", lambda a, c=1: 0, {"b": "absent"}),
    ("(a, b=1)", lambda a, b=2: 0, {"b": "default 2 instead of 1"}),
    ("(a, b=1)", lambda a, *, b=1: 0, {"b": "by keyword only"}),
    ("(a, b)", lambda b, a: 0, {"": "another order: b, a"}),
    ("(a)", lambda a, b: 0, {"b": "asked for here only"}),
    ("(a, *, b=1)", lambda a, **options: 0, {"b": "not told (**)"}),
    ("(*args, **kwargs)", lambda a: 0, {}),
    ("(a) | (a, c)", lambda a, c=None: 0, {}),
    ("(a, b=...)", lambda a, b=7: 0, {}),
    ("(a, /)", lambda b, /: 0, {"a": "absent"}),
    ("(a, /)", lambda a, /: 0, {}),
    ("(a)", lambda a, /: 0, {"a": "by position only"}),
    ("(input, sections) | (input, indices)", ag.hsplit, {}),
    ("(a, b='mean')", lambda a, b="sum": 0, {"b": "default 'sum' instead of 'mean'"}),
])  # fmt: skip
def test_what_differs_is_seen(signature, ours, said):
    assert different(signature, ours) == said


REFUSED = {
    "torch.tensor": (lambda t: t.tensor, (1.0, "a dtype"), {}),
    "torch.Tensor.new_tensor": (lambda t: t.ones(1).new_tensor, (1.0, "a dtype"), {}),
    "torch.subtract": (lambda t: t.subtract, (1.0, 1.0, 2), {}),
    "torch.Tensor.subtract": (lambda t: t.ones(1).subtract, (1.0, 2), {}),
    "torch.Tensor.subtract_": (lambda t: t.ones(1).subtract_, (1.0, 2), {}),
    "torch.rsub": (lambda t: t.rsub, (1.0, 1.0, 2), {}),
    "torch.nn.functional.gelu": (lambda t: t.nn.functional.gelu, (1.0, "tanh"), {}),
    "torch.linalg.matrix_exp": (lambda t: t.linalg.matrix_exp, (1.0,), {"out": 1.0}),
    "torch.Tensor.requires_grad_": (lambda t: t.ones(1).requires_grad_, (), {"mode": True}),
    "torch.Tensor.to": (lambda t: t.ones(1).to, (), {"other": 1.0}),
    **{
        f"torch.Tensor.{name}": (lambda t, name=name: getattr(t.ones(1), name), (1.0,), {"out": 1.0})
        for name in ("add", "mul", "sub", "floor_divide", "true_divide")
    },
}
"""Calls as PyTorch's stubs have them. Numbers stand for tensors."""


@pytest.mark.parametrize("name", REFUSED)
def test_what_stubs_tell_and_pytorch_refuses(name):
    torch = pytest.importorskip("torch")
    function, arguments, options = REFUSED[name]
    for t in (torch, ag):
        given = [
            t.float32 if a == "a dtype" else t.ones(1, 1) if isinstance(a, float) else a for a in arguments
        ]
        named = {k: t.ones(1, 1) if isinstance(v, float) else v for k, v in options.items()}
        with pytest.raises(TypeError):
            function(t)(*given, **named)


def test_calls_that_are_refused_are_listed():
    listed = {argument.partition("(")[0] for argument in scope.REFUSED.split()}
    assert listed == {*REFUSED, "torch.Tensor.new"}  # of which the stubs name the class


def test_conventions_are_found_in_the_documentation():
    found = dict(conventions())
    assert "gradient" in found["relu"]
    assert "NaN" in found["maximum"]
    assert "exp" not in found
