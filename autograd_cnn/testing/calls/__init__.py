"""Random calls of every public function, method and operator, to be run by any library with PyTorch's names.

``generate(seed)`` draws one call: a function, its arguments in random dtypes, shapes, strides and aliasing,
and the text that makes them. The text is the call: it is what both libraries run, and a script to look at::

    call = generate(7)
    print(call.script())
    for difference in compare(call, autograd_cnn, torch):
        print(difference)

``autograd_cnn`` gives the signatures that arguments are drawn for, by the names of the parameters
(``_parameters``) and, where these do not say enough, by the function (``_forms``). ``python -m
autograd_cnn.testing.calls 0 1000`` makes many, in processes of their own.
"""

from ._call import Call, generate
from ._compare import compare
from ._outcomes import SERIOUS, Difference
from ._report import report
from ._shrink import shrunk
from ._surface import Door, doors

__all__ = [
    "SERIOUS",
    "Call",
    "Difference",
    "Door",
    "compare",
    "doors",
    "generate",
    "report",
    "shrunk",
]
