"""``derive``: the chain rule along the paths of the reader's own graph, term by term, with shapes."""

import sys
from itertools import pairwise
from typing import Any, NamedTuple

from ._labels import formulas, shape_text
from ._names import given_names, variable_names
from ._reading import Reading, Vertex
from ._styles import STYLES
from ._watch import read_watched

PATHS_WRITTEN = 6


class Term(NamedTuple):
    """One step of the chain rule in the styles it is needed in."""

    unicode: str
    latex: str
    mathml: str
    shape: str
    op: str


class Derivation:
    """What :func:`derive` returns: prints as text, and sets itself in a notebook."""

    def __init__(self, terms: list[Term], paths: list[list[str]], count: int, loss: str, wrt: str) -> None:
        self.terms = terms
        """The steps, from the loss to the leaf."""
        self.paths = paths
        """The values on each path, from the loss to the leaf (the first few paths)."""
        self.count = count
        """How many paths there are."""
        self._loss, self._wrt = loss, wrt

    def __str__(self) -> str:
        width = max(len(term.unicode) for term in self.terms)
        lines = [f"{term.unicode:<{width}}   {term.shape:>12}   {term.op}".rstrip() for term in self.terms]
        return "\n".join([self._chain("unicode"), *lines])

    __repr__ = __str__

    @property
    def latex(self) -> str:
        """LaTeX: an ``aligned`` block."""
        rows = [_aligned(term.latex) + " && " + _latex_shape(term.shape) for term in self.terms]
        return (
            "\\begin{aligned}\n"
            + " \\\\\n".join([_aligned(self._chain("latex")), *rows])
            + "\n\\end{aligned}"
        )

    @property
    def mathml(self) -> str:
        """MathML: a table with one row per step."""
        rows = "".join(
            f'<mtr><mtd columnalign="left">{t.mathml}</mtd>'
            f"<mtd><mtext>{t.shape}</mtext></mtd><mtd><mtext>{t.op}</mtext></mtd></mtr>"
            for t in self.terms
        )
        return (
            '<math display="block"><mtable columnalign="left left left">'
            f"<mtr><mtd>{self._chain('mathml')}</mtd></mtr>{rows}</mtable></math>"
        )

    def _repr_latex_(self) -> str:
        return f"$$\n{self.latex}\n$$"

    def _repr_html_(self) -> str:
        return self.mathml

    def _chain(self, style: str) -> str:
        """∂loss/∂w as the sum over paths of products of local gradients."""
        pen = STYLES[style]

        def partial(above: str, below: str) -> str:
            over, under = pen.text("∂") + pen.name(above), pen.text("∂") + pen.name(below)
            if style == "latex":
                over, under = f"\\partial {pen.name(above)}", f"\\partial {pen.name(below)}"
            return pen.fraction(over, under) or f"{over}/{under}"

        products = [pen.dot.join(partial(a, b) for a, b in pairwise(path)) for path in self.paths]
        text = pen.plus.join(products) if style != "mathml" else "<mo>+</mo>".join(products)
        if self.count > len(self.paths):
            more = f" + … ({self.count} paths)"
            text += f"\\quad\\text{{{more}}}" if style == "latex" else pen.text(more)
        return pen.equation(partial(self._loss, self._wrt), False, text)


def _aligned(equation: str) -> str:
    return (
        equation.replace(" = ", " &= ", 1)
        if " = " in equation
        else equation.replace(" += ", " &\\mathrel{+}= ", 1)
    )


def _latex_shape(shape: str) -> str:
    return "\\text{scalar}" if shape == "scalar" else "\\mathbb{R}^{" + shape.replace("×", " \\times ") + "}"


def derive(loss: Any, wrt: Any, params: Any = None) -> Derivation:
    """Write out the derivative of ``loss`` for the leaf ``wrt`` (a Tensor or its name) along the paths of
    this graph.

    The first line is the sum over paths of products; then each step from the loss to the leaf with the
    formula of its local gradient and the shape of what it gives. Shows itself in notebooks; ``.latex`` and
    ``.mathml`` are the source.

    Raises:
        ValueError: ``wrt`` is no leaf of the graph of ``loss``.
    """
    names = {**variable_names(sys._getframe(1)), **given_names(params)}
    reading = read_watched(loss, names, focus=wrt)
    leaf = next(v for v in reading.vertices if v.is_leaf)
    terms = [_seed(reading.root)]
    for vertex in reversed(reading.vertices):
        styles = [formulas(vertex, reading, style) for style in ("unicode", "latex", "mathml")]
        targets = [reading.vertices[e.producer] for e in vertex.inputs]
        terms += [
            Term(text, latex, mathml, shape_text(target.shape), vertex.op)
            for text, latex, mathml, target in zip(*styles, targets, strict=False)
        ]
    return Derivation(terms, _paths(reading, leaf), _count(reading), reading.root.name, leaf.name)


def _seed(root: Vertex) -> Term:
    texts = [
        STYLES[style].equation(STYLES[style].bar(root.name), False, STYLES[style].text("1"))
        for style in ("unicode", "latex", "mathml")
    ]
    return Term(texts[0], texts[1], texts[2], shape_text(root.shape), "")


def _count(reading: Reading) -> int:
    """The number of paths from the root to the leaf."""
    ways = [0] * len(reading.vertices)
    ways[reading.root.index] = 1
    for vertex in reversed(reading.vertices):
        for edge in vertex.inputs:
            ways[edge.producer] += ways[vertex.index]
    return sum(ways[v.index] for v in reading.vertices if v.is_leaf)


def _paths(reading: Reading, leaf: Vertex) -> list[list[str]]:
    """The first few paths, as names of values from the root to the leaf."""
    found: list[list[str]] = []
    stack: list[tuple[int, Any]] = [(reading.root.index, None)]
    while stack and len(found) < PATHS_WRITTEN:
        index, before = stack.pop()
        cell = (reading.vertices[index].name, before)
        if index == leaf.index:
            names = []
            while cell is not None:
                names.append(cell[0])
                cell = cell[1]
            found.append(names[::-1])
            continue
        stack += [(edge.producer, cell) for edge in reversed(reading.vertices[index].inputs)]
    return found
