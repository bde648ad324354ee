"""Formulas written in the documentation, in a vocabulary that can be run: read, checked, and set as MathML.

A block is Python, made of operators and primitives (:mod:`autograd_cnn.ops`; ``F`` is ``nn.functional``,
``caffe`` its layers in Caffe's form)::

    M, K, N = 4, 3, 5             sizes
    X: draw(M, K)                 an operand, drawn as the samples of primitives are
    W: draw(K, N)
    Y = X @ W                     what is computed
    g_X = g_Y @ W.T               a claim: the gradient of any value named above
    g_W = X.T @ g_Y
    F.linear(X, W.T) == Y         another claim: both sides are equal

Every claim is evaluated, in float64, and compared with what the engine's backward pass gives, from a random
upstream signal of the last value computed; the gradients of the operands are compared with differences too. A
formula that is wrong fails the test of the documentation, and its build.
"""

import ast
import zlib
from typing import Any, NamedTuple

import numpy as np

import autograd_cnn as ag
from autograd_cnn import ops
from autograd_cnn.explain._formula import _Setter
from autograd_cnn.explain._styles import STYLES, MathML
from autograd_cnn.nn import functional
from autograd_cnn.nn.functional import caffe
from autograd_cnn.testing import Draw
from autograd_cnn.testing._numeric import slope

TOLERANCE, TOLERANCE_OF_DIFFERENCES = 1e-10, 1e-7


class WrongFormulaError(AssertionError):
    """A written formula that is not what the engine computes."""


class Block(NamedTuple):
    """The statements of a block, by their role."""

    sizes: list[ast.Assign]
    operands: list[ast.AnnAssign]
    values: list[ast.Assign]
    claims: list[ast.Assign]
    equalities: list[ast.Compare]


def read(text: str) -> Block:
    """Sort the statements of a block by their role; ValueError where one has none."""
    block = Block([], [], [], [], [])
    for statement in ast.parse(text).body:
        match statement:
            case ast.Assign(targets=[ast.Tuple()]):
                block.sizes.append(statement)
            case ast.AnnAssign(target=ast.Name(), value=None):
                block.operands.append(statement)
            case ast.Assign(targets=[ast.Name(id=name)]):
                (block.claims if name.startswith("g_") else block.values).append(statement)
            case ast.Expr(value=ast.Compare(ops=[ast.Eq()]) as compare):
                block.equalities.append(compare)
            case _:
                raise ValueError(
                    f"{ast.unparse(statement)!r} is neither sizes, nor an operand, a value, a claim "
                    "or an equality"
                )
    return block


def check(text: str) -> float:
    """Evaluate every claim of a block; the largest relative error. Raises :class:`WrongFormulaError`."""
    block = read(text)
    draw = Draw(zlib.crc32(text.encode()))
    names: dict[str, Any] = {**vars(ops), "F": functional, "caffe": caffe, "ag": ag, "np": np, "draw": draw}
    for statement in block.sizes:
        exec(compile(ast.Module([statement], []), "<sizes>", "exec"), names)
    given = {_target(s): np.asarray(_value(s.annotation, names)) for s in block.operands}
    upstream: dict[str, Any] = {}

    def forward(arrays: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        leaves = {name: ag.tensor(a, requires_grad=a.dtype.kind == "f") for name, a in arrays.items()}
        known = {**names, **leaves}
        values: dict[str, Any] = {}
        for statement in block.values:
            values[_target(statement)] = known[_target(statement)] = _value(statement.value, known)
        return known, {**leaves, **values}

    known, tensors = forward(given)
    worst = _check_gradients(block, known, tensors, given, forward, draw, upstream) if block.claims else 0.0
    for equality in block.equalities:
        left, right = _value(equality.left, known), _value(equality.comparators[0], known)
        worst = max(worst, _compare(ast.unparse(equality), left, right))
    return worst


def _check_gradients(
    block: Block,
    known: dict[str, Any],
    tensors: dict[str, Any],
    given: dict[str, Any],
    forward: Any,
    draw: Draw,
    upstream: dict[str, Any],
) -> float:
    """The claims about gradients, against the engine's; the engine's for the operands, against
    differences."""
    last = _target(block.values[-1])
    signal = draw(*tensors[last].shape)
    live = {name: t for name, t in tensors.items() if isinstance(t, ag.Tensor) and t.requires_grad}
    found = ag.autograd.grad(live[last], list(live.values()), ag.tensor(signal), allow_unused=True)
    known.update({f"g_{name}": g.detach() for name, g in zip(live, found, strict=True) if g is not None})
    worst = 0.0
    for name, array in given.items():
        if f"g_{name}" not in known:
            continue
        v = draw.direction(*array.shape)

        def along(t: float, name: str = name, v: Any = v, array: Any = array) -> float:
            return float((forward({**given, name: array + t * v})[1][last].detach().numpy() * signal).sum())

        _compare(
            f"the engine's g_{name}",
            (known[f"g_{name}"].numpy() * v).sum(),
            slope(along, 1.0).value,
            TOLERANCE_OF_DIFFERENCES,
        )
    for claim in block.claims:
        if _target(claim) not in known:
            raise WrongFormulaError(f"{ast.unparse(claim)}: nothing with a gradient has this name")
        expected = known[_target(claim)]
        worst = max(worst, _compare(ast.unparse(claim), _value(claim.value, known), expected))
    return worst


def _target(statement: Any) -> str:
    target = statement.target if isinstance(statement, ast.AnnAssign) else statement.targets[0]
    return str(target.id)


def _value(expression: ast.expr, names: dict[str, Any]) -> Any:
    return eval(compile(ast.Expression(expression), "<formula>", "eval"), names)


def _compare(what: str, found: Any, expected: Any, tolerance: float = TOLERANCE) -> float:
    a, b = (np.asarray(x.detach().numpy() if isinstance(x, ag.Tensor) else x) for x in (found, expected))
    if a.shape != b.shape:
        raise WrongFormulaError(f"{what}: the shapes are {a.shape} and {b.shape}")
    error = float(np.max(abs(a - b), initial=0.0)) / (1 + float(np.max(abs(b), initial=0.0)))
    if not error <= tolerance:
        raise WrongFormulaError(
            f"{what}: the written formula gives {a.ravel()[:4]}, the engine {b.ravel()[:4]} (relative "
            f"error {error:.1e})"
        )
    return error


SYMBOLS = {"mu": "μ", "eps": "ε", "xhat": "x̂", "ones": "𝟏"}
"""Names that mathematics has a letter for."""


class _Written(_Setter):
    """Sets expressions as the pictures do; axes are shown, other keywords are not."""

    pen: MathML

    def _plain_call(self, name: str, e: ast.Call) -> tuple[str, int]:
        name = name.removeprefix("F.").removeprefix("ag.").removeprefix("caffe.")
        said = {k.arg: k.value for k in e.keywords}
        if name != "sum":
            said.pop("axis", None)
        words = [
            _worded(key, v.value)
            for key, v in said.items()
            if isinstance(v, ast.Constant) and type(v.value) in (str, int)
        ]
        inner = self.pen.group(self.pen.operator(", ").join(self.set(a)[0] for a in e.args))
        if name == "sum" and "axis" in said:
            return f"<munder><mo>Σ</mo><mtext>axis {ast.unparse(said['axis'])}</mtext></munder>{inner}", 5
        if words:  # the letters of an einsum, a stride, the kind of a normalizer
            return self.pen.below(self.pen.function(name), self.pen.text(", ".join(words))) + inner, 5
        return super()._plain_call(name, e)

    def _subscript(self, e: ast.Subscript) -> tuple[str, int]:
        if isinstance(e.value, ast.Attribute) and e.value.attr == "shape":
            return self.set(e.value)
        return super()._subscript(e)

    def _attribute(self, e: ast.Attribute) -> tuple[str, int]:
        if e.attr == "T":
            return self.pen.transposed(self.inside(e.value, 5)), 4
        return super()._attribute(e)


def _worded(key: str | None, value: str | int) -> str:
    """A keyword argument in a subscript: the value of a string, else name and value."""
    return value.replace("->", " → ") if isinstance(value, str) else f"{key} {value}"


def mathml(text: str, error: float) -> str:
    """The block as a table of formulas, with the error to which it was checked below."""
    block = read(text)
    bound = [*map(_target, block.operands), *map(_target, block.values)]
    pen = STYLES["mathml"]
    symbols = {name: SYMBOLS.get(name, name) for name in (*bound, *SYMBOLS)}
    fields = {
        **{name: pen.name(s) for name, s in symbols.items()},
        **{f"bar {name}": pen.bar(s) for name, s in symbols.items()},
    }
    setter = _Written(pen, {}, frozenset(fields))

    def shown(expression: ast.expr) -> str:
        return setter.set(expression)[0] % fields

    groups = [
        [(fields[_target(s)], shown(s.value)) for s in block.values],
        [(shown(ast.Name(_target(s))), shown(s.value)) for s in block.claims],
        [(shown(e.left), shown(e.comparators[0])) for e in block.equalities],
    ]
    given = "".join(f"<li><math>{_set_of(s, pen)}</math></li>" for s in block.operands)
    rows = "".join(
        f'<mtr class="{"first" if i == 0 else "next"}"><mtd '
        f'class="left">{left}</mtd><mtd><mo>=</mo></mtd><mtd class="right">{right}</mtd></mtr>'
        for group in groups
        for i, (left, right) in enumerate(group)
    )
    sizes = ", ".join(
        ast.unparse(s.targets[0]).strip("()") + " = " + ast.unparse(s.value).strip("()") for s in block.sizes
    )
    checked = f"checked{' with ' + sizes if sizes else ''}: " + (
        f"largest error {error:.0e}" if error else "equal to the last bit"
    )
    return (
        f'<div class="formulas"><ul>{given}</ul><math display="block"><mtable '
        f'displaystyle="true">{rows}</mtable></math>'
        f"<details><summary>{checked}</summary><pre>{_escaped(text)}</pre></details></div>"
    )


def _set_of(statement: ast.AnnAssign, pen: Any) -> str:
    """``X ∈ ℝ^(M×K)`` for ``X: draw(M, K)``."""
    call = statement.annotation
    assert isinstance(call, ast.Call)
    kind = call.func.attr if isinstance(call.func, ast.Attribute) else "draw"
    sizes = [ast.unparse(a) for a in call.args]
    base = "<mi>ℝ</mi>"
    if kind == "index":
        last = f"<mi>{sizes[0]}</mi><mo>−</mo><mn>1</mn>"
        base = f"<mrow><mo>{{</mo><mn>0</mn><mo>…</mo>{last}<mo>}}</mo></mrow>"
        sizes = sizes[1].strip("(,)").split(", ") if len(sizes) > 1 else []
    power = "<mo>×</mo>".join(
        f"<mi>{_escaped(n.replace('*', '·'))}</mi>" for n in sizes if n not in ("", "()")
    )
    return f"{pen.name(_target(statement))}<mo>∈</mo>" + (
        f"<msup>{base}<mrow>{power}</mrow></msup>" if power else base
    )


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
