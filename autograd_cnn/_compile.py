"""PyTorch's ``compile``, for scripts that call it."""

from collections.abc import Callable
from typing import Any, TypeVar, overload

_Model = TypeVar("_Model", bound=Callable[..., Any])


@overload
def compile(model: _Model, **options: Any) -> _Model: ...
@overload
def compile(model: None = None, **options: Any) -> Callable[[_Model], _Model]: ...
def compile(model: Callable[..., Any] | None = None, **options: Any) -> Any:
    """``model`` itself: there is no compiler here, and what a model computes does not depend on one. Also a
    decorator.

    PyTorch's options (``fullgraph``, ``dynamic``, ``backend``, ``mode``, ``options``, ``disable``) are taken;
    others are a TypeError.
    """
    unknown = options.keys() - {"fullgraph", "dynamic", "backend", "mode", "options", "disable"}
    if unknown:
        raise TypeError(f"compile() got an unexpected keyword argument {min(unknown)!r}")
    return compile if model is None else model
