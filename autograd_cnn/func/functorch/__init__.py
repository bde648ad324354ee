"""The package functorch, which became torch.func: its names, with the warning that they have moved."""

import functools
import warnings
from collections.abc import Callable
from typing import Any, Final, TypeVar

from .. import _forward, _functorch, _reverse, _vmap
from . import experimental as experimental

F = TypeVar("F", bound=Callable[..., Any])


def _moved(function: F, to: str) -> F:
    """``function``, which says that it is called ``to`` now."""
    old = function.__name__

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        warnings.warn(
            "We've integrated functorch into PyTorch. As the final step of the integration, "
            f"`functorch.{old}` is deprecated as of PyTorch 2.0 and will be deleted in a future version of "
            f"PyTorch >= 2.3. Please use `{to}` instead; see the PyTorch 2.0 release notes and/or the "
            "`torch.func` migration guide for more details",
            FutureWarning,
            stacklevel=2,
        )
        return function(*args, **kwargs)

    moved: Any = wrapper
    same: F = moved
    return same


vmap: Final = _moved(_vmap.vmap, "torch.vmap")
grad: Final = _moved(_reverse.grad, "torch.func.grad")
grad_and_value: Final = _moved(_reverse.grad_and_value, "torch.func.grad_and_value")
vjp: Final = _moved(_reverse.vjp, "torch.func.vjp")
jvp: Final = _moved(_forward.jvp, "torch.func.jvp")
jacrev: Final = _moved(_reverse.jacrev, "torch.func.jacrev")
jacfwd: Final = _moved(_forward.jacfwd, "torch.func.jacfwd")
hessian: Final = _moved(_forward.hessian, "torch.func.hessian")
functionalize: Final = _moved(_functorch.functionalize, "torch.func.functionalize")
make_functional: Final = _moved(_functorch.make_functional, "torch.func.functional_call")
make_functional_with_buffers: Final = _moved(
    _functorch.make_functional_with_buffers, "torch.func.functional_call"
)
combine_state_for_ensemble: Final = _moved(
    _functorch.combine_state_for_ensemble, "torch.func.stack_module_state"
)
FunctionalModule = _functorch.FunctionalModule
FunctionalModuleWithBuffers = _functorch.FunctionalModuleWithBuffers
