"""Module: the base of all layers and models. It holds parameters, runs ``forward`` under a scope name, and
calls hooks."""

import itertools
import warnings
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, Protocol, Self, TypeVar

from ..._creation.creation import empty_like
from ..._devices.device import DeviceLike
from ..._engine.hook_tables import Hooks, RemovableHandle
from ..._engine.modes import no_grad, state
from ..._tensor import Tensor
from .._hooks import Everywhere
from ..parameter import is_lazy
from ._hooked import Hooked, empty_tables
from ._members import Members
from ._registration import (
    register_module_buffer_registration_hook,
    register_module_module_registration_hook,
    register_module_parameter_registration_hook,
)
from ._sharing import in_shared_memory
from ._state import IncompatibleKeys, read_state, write_state
from ._where_to import where_to

__all__ = [
    "Module",
    "register_module_backward_hook",
    "register_module_buffer_registration_hook",
    "register_module_forward_hook",
    "register_module_forward_pre_hook",
    "register_module_full_backward_hook",
    "register_module_full_backward_pre_hook",
    "register_module_module_registration_hook",
    "register_module_parameter_registration_hook",
]

P = ParamSpec("P")
R_co = TypeVar("R_co", covariant=True)


class Forward(Protocol[P, R_co]):
    """What a call of a module takes and returns: what the ``forward`` of its class does."""

    def forward(self, *args: P.args, **kwargs: P.kwargs) -> R_co: ...

    def _call_with_hooks(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], everywhere: Everywhere
    ) -> Any: ...


class Module(Hooked, Members["Module"]):
    """Base class: set parameters and modules as attributes after ``super().__init__()``, and write
    ``forward``."""

    training: bool
    dump_patches: bool = False
    _version: int = 1
    """Which form the state of the class has; ``state_dict()._metadata`` says it of each module."""
    call_super_init: bool = False
    """Whether ``__init__`` hands its arguments on to the class that comes after Module in a subclass."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        name = type(self).__name__
        if not self.call_super_init and kwargs:
            raise TypeError(f"{name}.__init__() got an unexpected keyword argument '{next(iter(kwargs))}'")
        if not self.call_super_init and args:
            raise TypeError(f"{name}.__init__() takes 1 positional argument but {len(args) + 1} were given")
        Members.__init__(self)
        self.__dict__.update(empty_tables(), training=True)
        if self.call_super_init:
            super(Members, self).__init__(*args, **kwargs)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take over what was pickled, which may be of a version that had fewer tables."""
        self.__dict__.update(
            {**empty_tables(), "_non_persistent_buffers_set": set(), "_scope_name": None, **state}
        )

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the module computes; each subclass writes its own."""
        raise NotImplementedError(
            f'Module [{type(self).__name__}] is missing the required "forward" function'
        )

    # calling

    def __call__(self: Forward[P, R_co], *args: P.args, **kwargs: P.kwargs) -> R_co:
        own = self.__dict__
        if "_modules" not in own:
            raise AttributeError(
                f"{type(self).__name__} is called before Module.__init__(): call super().__init__() first"
            )
        token = state.set(state.get().inside(own["_scope_name"] or type(self).__name__, "module"))
        try:
            if (
                own["_forward_pre_hooks"]
                or own["_forward_hooks"]
                or own["_backward_pre_hooks"]
                or own["_backward_hooks"]
                or _global_forward_pre_hooks
                or _global_forward_hooks
                or _global_backward_pre_hooks
                or _global_backward_hooks
            ):
                return self._call_with_hooks(args, kwargs, _everywhere())
            return self.forward(*args, **kwargs)
        finally:
            state.reset(token)

    # state

    def state_dict(
        self,
        *args: Any,
        destination: OrderedDict[str, Any] | None = None,
        prefix: str = "",
        keep_vars: bool = False,
    ) -> OrderedDict[str, Any]:
        """Parameters and persistent buffers by dotted name, detached; they share the module's memory."""
        if args:
            warnings.warn(
                "Positional args are being deprecated, use kwargs instead: state_dict(destination=, prefix=, "
                "keep_vars=).",
                FutureWarning,
                stacklevel=2,
            )
            given: list[Any] = [*args, *(destination, prefix, keep_vars)[len(args) :]]
            destination, prefix, keep_vars = given
        return read_state(self, destination, prefix, keep_vars)

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> IncompatibleKeys:
        """Copy ``state_dict`` into parameters and buffers. All of it or, with one RuntimeError that lists
        every fault, none.

        Args:
            state_dict: tensors (or NumPy arrays) by dotted name.
            strict: also refuse names that are missing or unexpected; shapes must always fit.
            assign: hold the given tensors instead of copying their values.
        """
        return write_state(self, state_dict, strict, assign)

    # modes, dtypes and devices

    def train(self, mode: bool = True) -> Self:
        """Set training mode here and in all modules inside (dropout acts in it only)."""
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """Set evaluation mode: ``train(False)``."""
        return self.train(False)

    def apply(self, fn: "Callable[[Module], Any]") -> Self:
        """Call ``fn`` with every module inside, and then with this one."""
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Self:
        """Replace the values of all parameters, their gradients and the buffers by ``fn`` of them; the
        objects stay. Without ``recurse`` only this module's own."""
        for parameter in self.parameters(recurse):
            gradient, parameter.grad = parameter.grad, None
            for tensor in (parameter, gradient):
                if tensor is not None:
                    with no_grad():
                        tensor.data = fn(tensor)
            parameter.grad = gradient
        converted: dict[int, Tensor] = {}
        for module in self.modules() if recurse else [self]:
            for name, buffer in module._buffers.items():
                if is_lazy(buffer):
                    buffer.data = fn(buffer.data)
                elif buffer is not None:
                    module._buffers[name] = converted.setdefault(id(buffer), fn(buffer))
        return self

    def to_empty(self, *, device: DeviceLike | None, recurse: bool = True) -> Self:
        """Bring parameters and buffers to a device without their values."""

        def emptied(t: Tensor) -> Tensor:
            return empty_like(t, device=device)

        return self._apply(emptied, recurse)

    def share_memory(self) -> Self:
        """Bring parameters and buffers into memory that processes forked from here on share."""
        for tensor in itertools.chain(self.parameters(), self.buffers()):
            if is_lazy(tensor):
                tensor.share_memory_()
        return self._apply(in_shared_memory)

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """Bring parameters and buffers to a device, a floating-point dtype or both: ``to(device, dtype)``,
        ``to(dtype)``, ``to(tensor)``, each with ``non_blocking``; or ``to(memory_format=)`` those of 4 and 5
        dimensions."""
        device, dtype, memory_format = where_to(*args, **kwargs)
        if dtype is not None and not dtype.is_floating_point:
            raise TypeError(
                f"nn.Module.to only accepts floating point or complex dtypes, but got desired dtype={dtype!r}"
            )

        def convert(t: Tensor) -> Tensor:
            moved = t.to(dtype=dtype if t.is_floating_point() else None, device=device)
            if memory_format is None or t.ndim not in (4, 5):
                return moved
            return moved.contiguous(memory_format=memory_format)

        return self._apply(convert)

    def cpu(self) -> Self:
        """Bring everything into the host's memory."""
        return self.to(device="cpu")

    def cuda(self, device: DeviceLike | None = None) -> Self:
        """Bring everything into a GPU's memory."""
        return self.to(device="cuda" if device is None else device)

    def float(self) -> Self:
        """Make floating-point parameters and buffers float32."""
        return self.to(dtype="float32")

    def double(self) -> Self:
        """Make floating-point parameters and buffers float64."""
        return self.to(dtype="float64")

    def compile(self, *args: Any, **kwargs: Any) -> None:
        """Nothing is done in place: ``autograd_cnn.compile`` makes another module of this one."""

    def _replicate_for_data_parallel(self) -> Self:
        """Another one of the same class and members, without parameters."""
        replica = type(self).__new__(type(self))
        replica.__dict__.update(self.__dict__, _parameters=OrderedDict(), _is_replica=True)
        replica.__dict__.update(_buffers=self._buffers.copy(), _modules=self._modules.copy())
        return replica

    def half(self) -> Self:
        """Make floating-point parameters and buffers float16."""
        return self.to(dtype="float16")

    def type(self, dst_type: Any) -> Self:
        """Make floating-point parameters and buffers ``dst_type``."""
        return self.to(dtype=dst_type)

    # printing

    def extra_repr(self) -> str:
        """What stands between the parentheses; layers say their sizes."""
        return ""

    def _get_name(self) -> str:
        return type(self).__name__

    def __repr__(self) -> str:
        extra = self.extra_repr()
        lines = [f"({name}): {indented(repr(module))}" for name, module in self._modules.items()]
        return _assembled(self._get_name(), extra.split("\n") if extra else [], lines)


# Hooks of all modules, in tables under PyTorch's names, which tests of others set anew.

_global_forward_pre_hooks: Hooks = OrderedDict()
_global_forward_hooks: Hooks = OrderedDict()
_global_forward_hooks_with_kwargs: Hooks = OrderedDict()
_global_forward_hooks_always_called: Hooks = OrderedDict()
_global_backward_pre_hooks: Hooks = OrderedDict()
_global_backward_hooks: Hooks = OrderedDict()
_global_is_full_backward_hook: bool | None = None


def _everywhere() -> Everywhere:
    return Everywhere(
        _global_forward_pre_hooks,
        _global_forward_hooks,
        _global_forward_hooks_with_kwargs,
        _global_forward_hooks_always_called,
        _global_backward_pre_hooks,
        _global_backward_hooks,
        _global_is_full_backward_hook,
    )


def register_module_forward_pre_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call ``hook(module, args)`` before the forward of any module; what it returns replaces the
    arguments."""
    return RemovableHandle(_global_forward_pre_hooks, hook)


def register_module_forward_hook(
    hook: Callable[..., Any], *, with_kwargs: bool = False, always_call: bool = False
) -> RemovableHandle:
    """Call ``hook(module, args, output)`` after the forward of any module; what it returns replaces the
    output."""
    flags: tuple[Hooks, ...] = (_global_forward_hooks_with_kwargs,) if with_kwargs else ()
    flags += (_global_forward_hooks_always_called,) if always_call else ()
    return RemovableHandle(_global_forward_hooks, hook, extra_dict=flags)


def register_module_full_backward_pre_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call ``hook(module, grad_output)`` before the backward of any module; what it returns replaces the
    gradients."""
    return RemovableHandle(_global_backward_pre_hooks, hook)


def register_module_full_backward_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call ``hook(module, grad_input, grad_output)`` after the backward of any module; what it returns
    replaces the gradients."""
    _choose_kind(full=True)
    return RemovableHandle(_global_backward_hooks, hook)


def register_module_backward_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """The old form: call ``hook(module, grad_input, grad_output)`` when the gradients of the last operator of
    any module's forward are known."""
    _choose_kind(full=False)
    return RemovableHandle(_global_backward_hooks, hook)


def _choose_kind(full: bool) -> None:
    global _global_is_full_backward_hook  # PyTorch's name
    if _global_is_full_backward_hook not in (None, full):
        raise RuntimeError(
            "Cannot use both regular backward hooks and full backward hooks as a global Module hook. Please "
            "use only one of them."
        )
    _global_is_full_backward_hook = full


def indented(text: str) -> str:
    """``text`` with all lines but the first two columns to the right."""
    return text.replace("\n", "\n  ")


def _assembled(name: str, extra: list[str], lines: list[str]) -> str:
    if len(extra) == 1 and not lines:
        return f"{name}({extra[0]})"
    both = extra + lines
    return f"{name}(" + ("\n  " + "\n  ".join(both) + "\n" if both else "") + ")"
