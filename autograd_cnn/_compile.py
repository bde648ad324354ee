"""PyTorch's ``compile``, for scripts that call it."""

from collections.abc import Callable
from typing import Any, TypedDict, TypeVar, Unpack, overload

_Model = TypeVar("_Model", bound=Callable[..., Any])


class _Options(TypedDict, total=False):
    fullgraph: bool
    dynamic: bool | None
    backend: Any
    mode: str | None
    options: dict[str, Any] | None
    name: str | None
    disable: bool
    recompile_limit: int | None
    isolate_recompiles: bool
    shapes_spec: Any


@overload
def compile(model: _Model, **options: Unpack[_Options]) -> _Model: ...
@overload
def compile(model: None = None, **options: Unpack[_Options]) -> Callable[[_Model], _Model]: ...
def compile(
    model: Callable[..., Any] | None = None,
    *,
    fullgraph: bool = False,
    dynamic: bool | None = None,
    backend: Any = None,
    mode: str | None = None,
    options: dict[str, Any] | None = None,
    name: str | None = None,
    disable: bool = False,
    recompile_limit: int | None = None,
    isolate_recompiles: bool = False,
    shapes_spec: Any = None,
) -> Any:
    """``model`` itself: there is no compiler here, and what a model computes does not depend on one. Also a
    decorator. PyTorch's options are taken."""
    return compile if model is None else model
