"""Where the arguments of functions are declared whose parameters' names do not say enough."""

from collections.abc import Callable
from typing import Any, Final

from ._operands import Place

Form = Callable[[Place], dict[str, Any]]
"""Gives arguments by the names of parameters; under ``"*"`` those that go by position."""

Stop: Final = object()
"""Stands for an optional parameter that is to be left out."""

FORMS: dict[str, Form] = {}


def form(*names: str) -> Callable[[Form], Form]:
    """Declare the arguments of these functions."""

    def declared(function: Form) -> Form:
        FORMS.update(dict.fromkeys(names, function))
        return function

    return declared
