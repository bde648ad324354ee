"""Four ways to set a formula: plain Unicode, Graphviz labels, LaTeX, MathML. What is to be set is decided in
``_formula``.

Every style escapes ``%`` as ``%%`` and leaves ``%(name)s`` where a name will stand, so that one template
serves all nodes.
"""

import html
import re
import unicodedata
from functools import lru_cache
from typing import ClassVar

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_SUPERSCRIPTS = str.maketrans("0123456789-+", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺")


@lru_cache(maxsize=4096)
def split_name(name: str) -> tuple[str, str]:
    """A name's stem and its index: ``conv1.weight`` is called weight, ``v12`` is v with index 12; a number is
    itself."""
    if name[0].isdigit() or name[0] == "-":
        return name, ""
    last = name.rsplit(".", 1)[-1] or name
    match = re.fullmatch(r"(.*[^\d_])_?(\d+)", last)
    return (match[1], match[2]) if match else (last, "")


class Unicode:
    """Plain text, for terminals, tool tips and screen readers."""

    times, dot, minus, plus = " ⊙ ", " · ", "−", " + "
    words: ClassVar[dict[str, str]] = {}

    def name(self, name: str) -> str:
        """A value's own name."""
        stem, index = split_name(name)
        return stem + index.translate(_SUBSCRIPTS)

    def bar(self, name: str) -> str:
        """The gradient of the value ``name``."""
        stem, index = split_name(name)
        over = stem + "\u0304" if len(stem) == 1 else "".join(letter + "\u0305" for letter in stem)
        return unicodedata.normalize("NFC", over) + index.translate(_SUBSCRIPTS)

    def text(self, text: str) -> str:
        """Literal text."""
        return text.replace("%", "%%")

    def function(self, name: str) -> str:
        """The name of a function."""
        return self.text(name)

    def operator(self, text: str) -> str:
        """An infix operator."""
        return text

    def group(self, inner: str) -> str:
        """Parentheses."""
        return f"({inner})"

    def bracket(self, inner: str) -> str:
        """Iverson's bracket: 1 where the condition holds, else 0."""
        return f"[{inner}]"

    def fraction(self, above: str, below: str) -> str | None:
        """A fraction with a bar, or None where the style writes a slash."""
        return None

    def power(self, base: str, exponent: str) -> str:
        """A superscript."""
        plain = exponent.replace("−", "-")
        return (
            base + plain.translate(_SUPERSCRIPTS)
            if re.fullmatch(r"-?\d+", plain)
            else f"{base}^{{{exponent}}}"
            if len(exponent) > 1
            else f"{base}^{exponent}"
        )

    def transposed(self, base: str) -> str:
        """The transpose of the last two axes."""
        return base + "ᵀ"

    def root(self, inner: str) -> str:
        """A square root."""
        return f"√({inner})"

    def absolute(self, inner: str) -> str:
        """An absolute value."""
        return f"|{inner}|"

    def below(self, base: str, index: str) -> str:
        """A subscript."""
        return f"{base}[{index}]"

    def cases(self, condition: str, yes: str, no: str) -> str:
        """One value where a condition holds, another elsewhere."""
        return f"({yes} where {condition}, else {no})"

    def equation(self, left: str, adds: bool, right: str) -> str:
        """The whole formula; ``adds`` where the right side is one term of several."""
        return f"{left} {'+=' if adds else '='} {right}"


class Label(Unicode):
    """Graphviz's HTML-like labels."""

    def name(self, name: str) -> str:
        """A value's own name."""
        stem, index = split_name(name)
        shown = html.escape(stem)
        return (shown if stem[0].isdigit() or stem[0] == "-" else f"<I>{shown}</I>") + (
            f"<SUB>{index}</SUB>" if index else ""
        )

    def bar(self, name: str) -> str:
        """The gradient of the value ``name``."""
        stem, index = split_name(name)
        return f"<O><I>{html.escape(stem)}</I></O>" + (f"<SUB>{index}</SUB>" if index else "")

    def text(self, text: str) -> str:
        """Literal text."""
        return html.escape(text).replace("%", "%%")

    def operator(self, text: str) -> str:
        """An infix operator."""
        return html.escape(text)

    def power(self, base: str, exponent: str) -> str:
        """A superscript."""
        return f"{base}<SUP>{exponent}</SUP>" if "<" not in exponent else f"{base}^({exponent})"

    def transposed(self, base: str) -> str:
        """The transpose of the last two axes."""
        return f"{base}<SUP>T</SUP>"

    def below(self, base: str, index: str) -> str:
        """A subscript."""
        return f"{base}<SUB>{index}</SUB>" if "<" not in index else f"{base}[{index}]"


class Latex(Unicode):
    """LaTeX, for papers and notebooks."""

    times, dot, minus, plus = r" \odot ", r" \, ", "-", " + "
    words: ClassVar[dict[str, str]] = {
        "≤": r"\le ",
        "≥": r"\ge ",
        "≠": r"\ne ",
        "∧": r"\land ",
        "∨": r"\lor ",
        "¬": r"\lnot ",
        "→": r"\to ",
        "−": "-",
        "·": r"\cdot ",
    }

    def name(self, name: str) -> str:
        """A value's own name."""
        stem, index = split_name(name)
        return (stem if len(stem) == 1 else self.function(stem)) + (f"_{{{index}}}" if index else "")

    def bar(self, name: str) -> str:
        """The gradient of the value ``name``."""
        stem, index = split_name(name)
        over = f"\\bar{{{stem}}}" if len(stem) == 1 else f"\\overline{{{self.function(stem)}}}"
        return over + (f"_{{{index}}}" if index else "")

    def text(self, text: str) -> str:
        """Literal text."""
        for symbol, word in self.words.items():
            text = text.replace(symbol, word)
        return (
            text.replace("_", r"\_")
            .replace("%", r"\%%")
            .replace("×", r"\times ")
            .replace("Σ", r"\sum ")
            .replace("∞", r"\infty ")
        )

    def function(self, name: str) -> str:
        """The name of a function."""
        return r"\sum" if name == "Σ" else f"\\mathrm{{{self.text(name)}}}"

    def operator(self, text: str) -> str:
        """An infix operator."""
        return self.text(text)

    def group(self, inner: str) -> str:
        """Parentheses."""
        return f"\\left({inner}\\right)"

    def bracket(self, inner: str) -> str:
        """Iverson's bracket."""
        return f"\\left[{inner}\\right]"

    def fraction(self, above: str, below: str) -> str | None:
        """A fraction with a bar."""
        return f"\\frac{{{above}}}{{{below}}}"

    def power(self, base: str, exponent: str) -> str:
        """A superscript."""
        return f"{{{base}}}^{{{exponent}}}"

    def transposed(self, base: str) -> str:
        """The transpose of the last two axes."""
        return f"{{{base}}}^{{\\mathsf T}}"

    def root(self, inner: str) -> str:
        """A square root."""
        return f"\\sqrt{{{inner}}}"

    def absolute(self, inner: str) -> str:
        """An absolute value."""
        return f"\\left|{inner}\\right|"

    def below(self, base: str, index: str) -> str:
        """A subscript."""
        return f"{base}_{{{index}}}"

    def cases(self, condition: str, yes: str, no: str) -> str:
        """One value where a condition holds, another elsewhere."""
        return f"\\begin{{cases}} {yes} & {condition} \\\\ {no} & \\text{{else}} \\end{{cases}}"


class MathML(Unicode):
    """MathML, which browsers set by themselves."""

    times, dot, minus, plus = "<mo>⊙</mo>", "<mo>·</mo>", "<mo>−</mo>", "<mo>+</mo>"

    def name(self, name: str) -> str:
        """A value's own name."""
        stem, index = split_name(name)
        tag = "mn" if stem[0].isdigit() or stem[0] == "-" else "mi"
        base = f"<{tag}>{html.escape(stem)}</{tag}>"
        return f"<msub>{base}<mn>{index}</mn></msub>" if index else base

    def bar(self, name: str) -> str:
        """The gradient of the value ``name``."""
        stem, index = split_name(name)
        letters = f"<mi>{html.escape(stem)}</mi>"
        over = (
            f'<mover accent="true">{letters}<mo>¯</mo></mover>'
            if len(stem) == 1
            else f'<mrow style="border-top: 0.06em solid">{letters}</mrow>'
        )
        return f"<msub>{over}<mn>{index}</mn></msub>" if index else over

    def text(self, text: str) -> str:
        """Literal text."""
        shown = html.escape(text).replace("%", "%%")
        return f"<mn>{shown}</mn>" if text[:1].isdigit() else f"<mtext>{shown}</mtext>"

    def function(self, name: str) -> str:
        """The name of a function."""
        return f"<mi>{html.escape(name)}</mi>"

    def operator(self, text: str) -> str:
        """An infix operator."""
        return text if text.startswith("<") else f"<mo>{html.escape(text.strip()) or ' '}</mo>"

    def group(self, inner: str) -> str:
        """Parentheses."""
        return f"<mrow><mo>(</mo>{inner}<mo>)</mo></mrow>"

    def bracket(self, inner: str) -> str:
        """Iverson's bracket."""
        return f"<mrow><mo>[</mo>{inner}<mo>]</mo></mrow>"

    def fraction(self, above: str, below: str) -> str | None:
        """A fraction with a bar."""
        return f"<mfrac><mrow>{above}</mrow><mrow>{below}</mrow></mfrac>"

    def power(self, base: str, exponent: str) -> str:
        """A superscript."""
        return f"<msup><mrow>{base}</mrow><mrow>{exponent}</mrow></msup>"

    def transposed(self, base: str) -> str:
        """The transpose of the last two axes."""
        return f"<msup><mrow>{base}</mrow><mi>T</mi></msup>"

    def root(self, inner: str) -> str:
        """A square root."""
        return f"<msqrt>{inner}</msqrt>"

    def absolute(self, inner: str) -> str:
        """An absolute value."""
        return f"<mrow><mo>|</mo>{inner}<mo>|</mo></mrow>"

    def below(self, base: str, index: str) -> str:
        """A subscript."""
        return f"<msub><mrow>{base}</mrow><mrow>{index}</mrow></msub>"

    def cases(self, condition: str, yes: str, no: str) -> str:
        """One value where a condition holds, another elsewhere."""
        first = f"<mtr><mtd>{yes}</mtd><mtd>{condition}</mtd></mtr>"
        second = f"<mtr><mtd>{no}</mtd><mtd><mtext>else</mtext></mtd></mtr>"
        return f"<mrow><mo>{{</mo><mtable>{first}{second}</mtable></mrow>"

    def equation(self, left: str, adds: bool, right: str) -> str:
        """The whole formula; ``adds`` where the right side is one term of several."""
        return f"{left}<mo>{'+=' if adds else '='}</mo><mrow>{right}</mrow>"


STYLES: dict[str, Unicode] = {"unicode": Unicode(), "label": Label(), "latex": Latex(), "mathml": MathML()}
