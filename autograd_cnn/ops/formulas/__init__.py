"""The compiler of formulas: a function written with primitives becomes one operator, its derivative another.

``expression.py`` calls the text with symbols; ``derivative.py`` applies the primitives' own local gradients
to them; ``schedule.py`` and ``layout.py`` decide how that runs over arrays; ``emitter.py`` writes it in
vectors, with the functions of ``elements.py``; ``machine.py`` compiles and launches it. ``formula.py`` ties
all this to a primitive, ``looped.py`` to one that is written already.
"""

from .formula import Formula
from .looped import run_in_loops

__all__ = ["Formula", "run_in_loops"]
