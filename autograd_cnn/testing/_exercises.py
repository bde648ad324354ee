"""Exercises: the reader writes the local gradient of an operator, and the check explains the mistake.

::

    task = exercise("matmul")
    print(task)                                   # what is asked, with shapes
    task.check(x=lambda g, y: g @ y.T)            # right, or what is wrong with it
"""

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ..ops import registry, windows
from ._diagnosis import diagnose
from ._draw import Draw, samples_of
from ._evidence import Diagnosis, Evidence, agree, worst_element
from ._numeric import Array, read_only, slope

Rule = Callable[..., Any]


class Verdict:
    """What became of an answer: True where every gradient is right; printed, it says what is wrong."""

    def __init__(
        self, exercise: "Exercise", wrong: dict[str, str], right: list[str], missing: list[str]
    ) -> None:
        self.wrong = wrong
        self.right = right
        self.missing = missing
        self._name = exercise.name

    def __bool__(self) -> bool:
        return not self.wrong and not self.missing

    def __repr__(self) -> str:
        lines = [f"{self._name}, gradient for {name}: right" for name in self.right]
        lines += [f"{self._name}, gradient for {name}: {said}" for name, said in self.wrong.items()]
        lines += [f"{self._name}, gradient for {name}: not written yet" for name in self.missing]
        return "\n".join(lines)


class Exercise(NamedTuple):
    """An operator whose local gradients are to be written."""

    name: str
    text: str
    """What the operator computes, in a sentence."""
    forward: Callable[..., Array]
    make: Callable[[Draw], dict[str, Array]]
    """The operands by name; those that have no gradient are integers."""
    parameters: dict[str, Any] = {}  # noqa: RUF012 - a default of a NamedTuple, never written
    hint: str = ""

    @property
    def asked(self) -> list[str]:
        """The operands whose gradients are asked for."""
        return [name for name, x in self.make(Draw(0)).items() if x.dtype.kind == "f"]

    def __str__(self) -> str:
        operands = self.make(Draw(0))
        out = self._out(operands)
        shapes = ", ".join(f"{name} {list(x.shape)}" for name, x in operands.items())
        lines = [
            f"{self.name}: {self.text}",
            f"  operands: {shapes}; result: out {list(out.shape)}; upstream signal: g {list(out.shape)}",
            f"  to write: the gradient for {' and '.join(self.asked)}, each of its operand's shape",
            f"  a rule may ask for: {', '.join(self._known(operands, out))}",
        ]
        return "\n".join(lines + ([f"  hint: {self.hint}"] if self.hint else []))

    def check(self, **rules: Rule) -> Verdict:
        """Check the rules, given by the names of the operands: each is called with g and whatever else its
        parameters name."""
        unknown = [name for name in rules if name not in self.asked]
        if unknown:
            raise TypeError(
                f"{self.name} has no gradient for {', '.join(unknown)}: give {', '.join(self.asked)}"
            )
        wrong, right, missing = dict[str, str](), list[str](), list[str]()
        for name in self.asked:
            said = self._answer(name, rules[name]) if name in rules else ""
            if said is None:
                right.append(name)
            elif said:
                wrong[name] = said
            else:
                missing.append(name)
        return Verdict(self, wrong, right, missing)

    def _out(self, operands: dict[str, Array]) -> Array:
        return np.asarray(self.forward(*operands.values(), **self.parameters))

    def _known(self, operands: dict[str, Array], out: Array) -> dict[str, Any]:
        shapes = {f"{name}_shape": x.shape for name, x in operands.items()}
        return {
            "g": None,
            "out": read_only(out),
            **{name: read_only(x) for name, x in operands.items()},
            **shapes,
            **self.parameters,
        }

    def _answer(self, name: str, rule: Rule) -> str | None:
        """None where the rule is right, "" where it is not written, else what is wrong."""
        for seed in range(3):
            draw = Draw(seed)
            operands = self.make(draw)
            out = self._out(operands)
            known, g = self._known(operands, out), draw(*out.shape)
            asked = list(inspect.signature(rule).parameters)
            strange = [a for a in asked if a not in known]
            if strange:
                return (
                    f"a rule of {self.name} can't ask for {', '.join(strange)}; there are: {', '.join(known)}"
                )

            def gradient(u: Array, known: dict[str, Any] = known, asked: list[str] = asked) -> Any:
                return rule(**{a: read_only(np.asarray(u)) if a == "g" else known[a] for a in asked})

            try:
                found = gradient(g)
            except Exception as error:  # noqa: BLE001 - whatever a reader's rule raises is explained
                return _raised(error, {**operands, "g": g})
            if found is None or found is Ellipsis:
                return ""
            said = self._compare(name, operands, g, np.asarray(found), gradient)
            if said is not None:
                return said
        return None

    def _compare(
        self, name: str, operands: dict[str, Array], g: Array, found: Array, gradient: Callable[[Array], Any]
    ) -> str | None:
        expected = self._numerical(name, operands, g)
        if found.dtype.kind != "f" and found.shape == expected.shape:
            found = found.astype(np.float64)
        if agree(found, expected, 1e-6) or (
            found.shape == expected.shape and not found.any() and bool(abs(expected).max(initial=0) < 1e-9)
        ):
            return None
        known = {**{n: x for n, x in operands.items() if x.dtype.kind == "f"}, "out": self._out(operands)}
        said = diagnose(Evidence(found, expected, g, known, lambda u: np.asarray(gradient(u), np.float64)))
        where = (
            f"\n    {worst_element(found.astype(np.float64), expected, np.float64)}"
            if found.shape == expected.shape
            else ""
        )
        return f"not yet: {said.text}{where}"

    def _numerical(self, name: str, operands: dict[str, Array], g: Array) -> Array:
        x = operands[name]
        found = np.zeros(x.shape)
        for place in np.ndindex(x.shape):
            unit = np.zeros(x.shape)
            unit[place] = 1.0

            def along(t: float, unit: Array = unit) -> float:
                return float((self._out({**operands, name: x + t * unit}) * g).sum())

            found[place] = slope(along, 1.0).value
        return found


def _raised(error: Exception, arrays: dict[str, Array]) -> str:
    shapes = ", ".join(f"{name} {list(x.shape)}" for name, x in arrays.items())
    likely = Diagnosis("exception", f"the shapes are {shapes}: balance them, as in a product of matrices")
    if "read-only" in str(error):
        likely = Diagnosis(
            "in place", "it writes into g or an operand, which others still need: compute a new array"
        )
    return f"it raised {type(error).__name__}: {error}\n    {likely.text}"


def exercise(name: str) -> Exercise:
    """The exercise ``name``: one of ``EXERCISES``, or any registered operator with one result, on its first
    sample."""
    if name in EXERCISES:
        return EXERCISES[name]
    primitive = registry.get(name)
    if primitive is None:
        raise LookupError(
            f"there is no exercise {name!r} and no operator of that name; there are: {', '.join(EXERCISES)}"
        )
    if primitive.several or primitive.variadic or not primitive.differentiable:
        raise LookupError(
            f"{name} has several results, any number of operands, or no gradient: choose another operator"
        )
    first = samples_of(primitive, Draw(0))[0]

    def make(draw: Draw) -> dict[str, Array]:
        return dict(zip(primitive.operands, samples_of(primitive, draw)[0].operands, strict=True))

    summary = (primitive.__doc__ or "").strip().split("\n")[0] or f"the operator {name}"
    return Exercise(name, summary, primitive.forward, make, {**primitive.defaults, **first.parameters})


# the operators of the exercises, on NumPy arrays


def _sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def _softmax(x: Array) -> Array:
    e = np.exp(x - x.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def _cross_entropy(x: Array, label: Array) -> Array:
    shifted = x - x.max(1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
    return np.asarray(-log_p[np.arange(len(label)), label].mean())


def _max_pool(x: Array) -> Array:
    n, c, h, w = x.shape
    return np.asarray(x.reshape(n, c, h // 2, 2, w // 2, 2).max((3, 5)))


def _im2col(x: Array, kernel: int, stride: int) -> Array:
    patches = windows(x, kernel=(kernel, kernel), stride=(stride, stride), dilation=(1, 1))
    n, c = x.shape[:2]
    return np.array(patches).reshape(n, c * kernel * kernel, -1)


def _batch_norm(x: Array, weight: Array, bias: Array, epsilon: float) -> Array:
    x_hat = (x - x.mean(0)) / np.sqrt(x.var(0) + epsilon)
    return np.asarray(weight * x_hat + bias)


EXERCISES: dict[str, Exercise] = {
    entry.name: entry
    for entry in (
        Exercise(
            "add",
            "out = x + b, the vector b added to every row of x",
            lambda x, b: x + b,
            lambda draw: {"x": draw(4, 3), "b": draw(3)},
            hint="b is used once for each row, and what comes back over each use adds up",
        ),
        Exercise(
            "multiply",
            "out = x * y, element by element",
            lambda x, y: x * y,
            lambda draw: {"x": draw(2, 3), "y": draw(2, 3)},
        ),
        Exercise(
            "sigmoid",
            "out = 1 / (1 + exp(-x))",
            _sigmoid,
            lambda draw: {"x": draw(2, 3)},
            hint="it can be written with out alone",
        ),
        Exercise(
            "relu",
            "out = max(x, 0)",
            lambda x: np.maximum(x, 0),
            lambda draw: {"x": draw.away_from_zero(3, 4)},
        ),
        Exercise(
            "sum",
            "out = x.sum(axis=1), the sum of each row",
            lambda x: x.sum(axis=1),
            lambda draw: {"x": draw(3, 4)},
            hint="every element of a row takes part with factor 1: spread g over the row again",
        ),
        Exercise(
            "matmul",
            "out = x @ y, the product of two matrices",
            lambda x, y: x @ y,
            lambda draw: {"x": draw(2, 3), "y": draw(3, 4)},
            hint="write the gradient as a product of g and the other operand; only one order and one "
            "transpose have fitting shapes",
        ),
        Exercise(
            "linear",
            "out = x @ w + b, a fully connected layer on a batch of rows",
            lambda x, w, b: x @ w + b,
            lambda draw: {"x": draw(5, 3), "w": draw(3, 2), "b": draw(2)},
        ),
        Exercise(
            "softmax",
            "out = exp(x) / exp(x).sum(), for each row",
            _softmax,
            lambda draw: {"x": draw(3, 4)},
            hint="each out depends on every x of its row: out * (g - the sum of g * out over the row)",
        ),
        Exercise(
            "cross_entropy",
            "out = the mean over the rows of -log(softmax(x)[label])",
            _cross_entropy,
            lambda draw: {"x": draw(4, 3), "label": draw.index(3, (4,))},
            hint="p - 1 at the label, p elsewhere; and the mean",
        ),
        Exercise(
            "max_pool",
            "out = the largest of each 2 x 2 block of an image x (N, C, H, W)",
            _max_pool,
            lambda draw: {"x": draw.distinct(2, 1, 4, 6)},
            hint="g goes to the largest element of its block, nothing to the others; x == the block's "
            "maximum is the mask",
        ),
        Exercise(
            "im2col",
            "out = every 3 x 3 patch of an image x (N, C, H, W) as a column: (N, C * 9, patches)",
            _im2col,
            lambda draw: {"x": draw(2, 2, 5, 4)},
            {"kernel": 3, "stride": 1},
            hint="each entry goes back to the pixel it came from, and adds up there (col2im): loop over "
            "the 9 offsets of the kernel",
        ),
        Exercise(
            "batch_norm",
            "out = weight * (x - mean) / sqrt(var + epsilon) + bias, mean and var of each column of x (N, C)",
            _batch_norm,
            lambda draw: {"x": draw(6, 2), "weight": draw(2), "bias": draw(2)},
            {"epsilon": 1e-5},
            hint="mean and variance depend on every x of the column: with x_hat, take from g its mean and "
            "x_hat times the mean of g * x_hat",
        ),
    )
}
"""The twelve exercises of the notebook, from the easiest on."""
