"""The protocol by which other classes take part in PyTorch's functions. Here they do by Python's operators
and by NumPy's protocols."""

from collections.abc import Callable, Iterable
from typing import Any

from .._functions._arguments import answering, asked
from .._tensor import Tensor

__all__ = [
    "BaseTorchFunctionMode",
    "TorchFunctionMode",
    "get_default_nowrap_functions",
    "get_ignored_functions",
    "handle_torch_function",
    "has_torch_function",
    "has_torch_function_unary",
    "has_torch_function_variadic",
    "is_tensor_like",
    "is_tensor_method_or_property",
    "resolve_name",
    "wrap_torch_function",
]


def has_torch_function(relevant_args: Iterable[Any]) -> bool:
    """Whether an argument, other than a Tensor, answers for itself."""
    return bool(answering(relevant_args))


def has_torch_function_unary(tensor: Any) -> bool:
    """The same of one argument."""
    return has_torch_function((tensor,))


def has_torch_function_variadic(*tensors: Any) -> bool:
    """The same of several."""
    return has_torch_function(tensors)


def handle_torch_function(
    public_api: Callable[..., Any], relevant_args: Iterable[Any], *args: Any, **kwargs: Any
) -> Any:
    """What the first argument that answers for itself makes of the call; TypeError where none does."""
    said = asked(public_api, relevant_args, args, kwargs)
    if said is not NotImplemented:
        return said
    raise TypeError(f"no implementation found for {public_api!r} on types that implement __torch_function__")


def wrap_torch_function(dispatcher: Callable[..., Iterable[Any]]) -> Callable[[Any], Any]:
    """A decorator that asks the arguments which ``dispatcher`` names first."""

    def decorate(function: Any) -> Any:
        def called(*args: Any, **kwargs: Any) -> Any:
            relevant = tuple(dispatcher(*args, **kwargs))
            if has_torch_function(relevant):
                return handle_torch_function(called, relevant, *args, **kwargs)
            return function(*args, **kwargs)

        return called

    return decorate


def is_tensor_like(inp: Any) -> bool:
    """Whether it is a Tensor, or answers for itself."""
    return isinstance(inp, Tensor) or hasattr(inp, "__torch_function__")


def is_tensor_method_or_property(func: Callable[..., Any]) -> bool:
    """Whether it is the Tensor's."""
    return getattr(Tensor, getattr(func, "__name__", ""), None) is func


def resolve_name(f: Callable[..., Any]) -> str | None:
    """The name of a function, as a script writes it."""
    name = getattr(f, "__name__", None)
    return None if name is None else f"torch.{'Tensor.' if is_tensor_method_or_property(f) else ''}{name}"


def get_default_nowrap_functions() -> set[Callable[..., Any]]:
    """None."""
    return set()


def get_ignored_functions() -> set[Callable[..., Any]]:
    """None."""
    return set()


class TorchFunctionMode:
    """A context that in PyTorch sees every call; calls do not come here (``explain.watch`` sees them)."""

    def __enter__(self) -> "TorchFunctionMode":
        return self

    def __exit__(self, *error: object) -> None:
        return None


class BaseTorchFunctionMode(TorchFunctionMode):
    """The mode that changes nothing."""
