"""TorchScript: functions and modules run as they are."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from ..nn import Module
from ._answers import decorator, refusing, unchanged

__all__ = [
    "Attribute",
    "CompilationUnit",
    "Error",
    "Final",
    "ScriptFunction",
    "ScriptModule",
    "annotate",
    "enable_onednn_fusion",
    "export",
    "fork",
    "freeze",
    "ignore",
    "interface",
    "is_scripting",
    "is_tracing",
    "isinstance",
    "load",
    "onednn_fusion_enabled",
    "optimize_for_inference",
    "optimized_execution",
    "save",
    "script",
    "script_if_tracing",
    "script_method",
    "set_fusion_strategy",
    "strict_fusion",
    "trace",
    "trace_module",
    "unused",
    "wait",
]

T = TypeVar("T")

script = trace = trace_module = freeze = optimize_for_inference = unchanged
export = interface = script_if_tracing = script_method = unused = unchanged
_script_if_tracing = _overload_method = _overload = unchanged
ignore = decorator

Error = RuntimeError
"""What a compiled function raises."""


class ScriptModule(Module):
    """A module that was compiled; none is."""


class RecursiveScriptModule(ScriptModule):
    """A module that was compiled with its parts; none is."""


class TopLevelTracedModule(ScriptModule):
    """A module that was traced; none is."""


class ScriptFunction:
    """A function that was compiled; none is."""


class CompilationUnit:
    """Compiled functions; there are none."""


class strict_fusion:
    """A context in which nothing changes."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, *error: object) -> None:
        return None


def optimized_execution(should_optimize: bool) -> strict_fusion:
    """A context in which nothing changes."""
    return strict_fusion()


def Attribute(value: T, type: Any) -> T:  # noqa: N802 - PyTorch's name
    """``value``."""
    return value


def annotate(the_type: Any, the_value: T) -> T:
    """``the_value``."""
    return the_value


def isinstance(obj: Any, target_type: Any) -> bool:
    """Whether ``obj`` is of the type; what is inside a container is not looked at."""
    import builtins
    from typing import get_origin

    kinds = target_type if builtins.isinstance(target_type, (tuple, list)) else (target_type,)
    found: list[Any] = [get_origin(kind) or kind for kind in kinds]
    return builtins.isinstance(obj, tuple(found))


def is_scripting() -> bool:
    """False."""
    return False


def is_tracing() -> bool:
    """False."""
    return False


def enable_onednn_fusion(enabled: bool) -> None:
    """Nothing to do."""


def onednn_fusion_enabled() -> bool:
    """False."""
    return False


def set_fusion_strategy(strategy: Any) -> Any:
    """Nothing to do; the former strategy, which is the same."""
    return strategy


def fork(func: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """Run ``func`` now; a future that is done."""
    from ..futures import Future

    done: Future[Any] = Future()
    done.set_result(func(*args, **options))
    return done


def wait(future: Any) -> Any:
    """The result of a future."""
    return future.wait()


_INSTEAD = "save the weights: torch.save(model.state_dict(), path)"
save = refusing("torch.jit.save", _INSTEAD)
load = refusing("torch.jit.load", _INSTEAD)
