"""Module: the base of all layers and models. It holds parameters, runs ``forward`` under a scope name, and
calls hooks."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, Protocol, Self, TypeVar

from ..._creation.creation import empty_like
from ..._devices.device import DeviceLike
from ..._engine.dtypes import DType, as_dtype
from ..._engine.hook_tables import Hooks, RemovableHandle
from ..._engine.modes import state
from ..._tensor import Tensor
from .._hooks import EVERYWHERE, BackwardHooks, HookTables, after_pre_hook
from ._members import Members
from ._sharing import in_shared_memory
from ._state import IncompatibleKeys, read_state, write_state

__all__ = [
    "Module",
    "register_module_backward_hook",
    "register_module_forward_hook",
    "register_module_forward_pre_hook",
    "register_module_full_backward_hook",
    "register_module_full_backward_pre_hook",
]

P = ParamSpec("P")
R_co = TypeVar("R_co", covariant=True)


class Forward(Protocol[P, R_co]):
    """What a call of a module takes and returns: what the ``forward`` of its class does."""

    def forward(self, *args: P.args, **kwargs: P.kwargs) -> R_co: ...

    def _call_with_hooks(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any: ...


class Module(Members["Module"]):
    """Base class: set parameters and modules as attributes after ``super().__init__()``, and write
    ``forward``."""

    training: bool
    _version: int = 1
    """Which form the state of the class has; ``state_dict()._metadata`` says it of each module."""
    _forward_pre_hooks: Hooks
    _forward_hooks: Hooks
    _backward_pre_hooks: Hooks
    _backward_hooks: Hooks

    def __init__(self) -> None:
        super().__init__()
        tables: dict[str, Hooks] = {f"_{moment}_hooks": OrderedDict() for moment in HookTables._fields}
        self.__dict__.update(tables, training=True)

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
                or any(EVERYWHERE)
            ):
                return self._call_with_hooks(args, kwargs)
            return self.forward(*args, **kwargs)
        finally:
            state.reset(token)

    def _call_with_hooks(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        result: Any = None
        called: set[int] = set()
        try:
            for hook, with_kwargs, _ in (
                *EVERYWHERE.forward_pre.values(),
                *self._forward_pre_hooks.values(),
            ):
                args, kwargs = after_pre_hook(
                    hook(self, args, kwargs) if with_kwargs else hook(self, args), args, kwargs, with_kwargs
                )
            everywhere = EVERYWHERE.backward_pre or EVERYWHERE.backward
            watching = everywhere or self._backward_pre_hooks or self._backward_hooks
            gradients_in = BackwardHooks(self) if watching else None
            if gradients_in is not None:
                args = gradients_in.enter(args)
            result = self.forward(*args, **kwargs)
            for key, (hook, with_kwargs, _) in (*EVERYWHERE.forward.items(), *self._forward_hooks.items()):
                called.add(key)
                changed = hook(self, args, kwargs, result) if with_kwargs else hook(self, args, result)
                result = result if changed is None else changed
            return result if gradients_in is None else gradients_in.leave(result)
        except BaseException:
            for key, (hook, with_kwargs, always) in (
                *EVERYWHERE.forward.items(),
                *self._forward_hooks.items(),
            ):
                if always and key not in called:
                    hook(self, args, kwargs, result) if with_kwargs else hook(self, args, result)
            raise

    # hooks

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call ``hook(module, args)`` before forward; what it returns replaces the arguments (with
        ``with_kwargs`` both kinds)."""
        return RemovableHandle(self._forward_pre_hooks, (hook, with_kwargs, False), prepend)

    def register_forward_hook(
        self,
        hook: Callable[..., Any],
        *,
        prepend: bool = False,
        with_kwargs: bool = False,
        always_call: bool = False,
    ) -> RemovableHandle:
        """Call ``hook(module, args, output)`` after forward; what it returns replaces the output."""
        return RemovableHandle(self._forward_hooks, (hook, with_kwargs, always_call), prepend)

    def register_full_backward_pre_hook(
        self, hook: Callable[..., Any], prepend: bool = False
    ) -> RemovableHandle:
        """Call ``hook(module, grad_output)`` before the module's backward; what it returns replaces the
        gradients."""
        return RemovableHandle(self._backward_pre_hooks, hook, prepend)

    def register_full_backward_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call ``hook(module, grad_input, grad_output)`` when the gradients of the positional inputs are
        known.

        What it returns replaces them. An input that wants no gradient counts as None.
        """
        return RemovableHandle(self._backward_hooks, hook, prepend)

    register_backward_hook = register_full_backward_hook

    # state

    def register_state_dict_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(module, prefix, keep_vars)`` before the state is read."""
        return self._state_hook("before reading", hook)

    def register_state_dict_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(module, state_dict, prefix, local_metadata)`` when the state of this module is in the
        dictionary."""
        return self._state_hook("after reading", hook)

    def register_load_state_dict_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(module, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys,
        error_msgs)`` before loading.

        It may rename entries of ``state_dict``, which is a copy of the whole, and append to ``error_msgs``.
        """
        return self._state_hook("before loading", (hook, True))

    def _register_load_state_dict_pre_hook(
        self, hook: Callable[..., Any], with_module: bool = False
    ) -> RemovableHandle:
        """As :meth:`register_load_state_dict_pre_hook`, by default without the module; layers of users call
        it."""
        return self._state_hook("before loading", (hook, with_module))

    def register_load_state_dict_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(module, incompatible_keys)`` after loading; names that it removes from the lists are
        forgiven."""
        return self._state_hook("after loading", hook)

    def _state_hook(self, when: str, hook: Any) -> RemovableHandle:
        return RemovableHandle(
            self.__dict__.setdefault("_state_hooks", {}).setdefault(when, OrderedDict()), hook
        )

    def state_dict(
        self,
        *,
        destination: OrderedDict[str, Any] | None = None,
        prefix: str = "",
        keep_vars: bool = False,
    ) -> OrderedDict[str, Any]:
        """Parameters and persistent buffers by dotted name, detached; they share the module's memory."""
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

    def _open_names(self) -> set[str]:
        """The parameters and buffers that take the shape of what is loaded into them."""
        return set()

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
            gradient = parameter.grad
            parameter.grad = None
            parameter.data = fn(parameter.detach())
            if gradient is not None:
                parameter.grad = fn(gradient.detach())
        converted: dict[int, Tensor] = {}
        for module in self.modules() if recurse else [self]:
            for name, buffer in module._buffers.items():
                if buffer is not None:
                    module._buffers[name] = converted.setdefault(id(buffer), fn(buffer))
        return self

    def to_empty(self, *, device: DeviceLike | None, recurse: bool = True) -> Self:
        """Bring parameters and buffers to a device without their values."""

        def emptied(t: Tensor) -> Tensor:
            return empty_like(t, device=device)

        return self._apply(emptied, recurse)

    def share_memory(self) -> Self:
        """Bring parameters and buffers into memory that processes forked from here on share."""
        return self._apply(in_shared_memory)

    def to(
        self,
        *args: Any,
        dtype: DType | None = None,
        device: DeviceLike | None = None,
        non_blocking: bool = False,
        **_: Any,
    ) -> Self:
        """Bring parameters and buffers to a device, a floating-point dtype or both: ``to(device)``,
        ``to(dtype)``, ``to(tensor)``."""
        for arg in args:
            if isinstance(arg, Tensor):
                dtype, device = arg.dtype, arg.device
            elif isinstance(arg, (str, int)) or type(arg).__name__ == "device":
                device = arg
            elif not isinstance(arg, bool) and arg is not None:
                dtype = arg
        if dtype is not None and not as_dtype(dtype).is_floating_point:
            raise TypeError(
                "nn.Module.to only accepts floating point or complex dtypes, but got desired "
                f"dtype={as_dtype(dtype)!r}"
            )

        def convert(t: Tensor) -> Tensor:
            return t.to(dtype=dtype if t.is_floating_point() else None, device=device)

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
        """Nothing to do: there is no compiler here."""

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


def register_module_forward_pre_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call ``hook(module, args)`` before the forward of any module; what it returns replaces the
    arguments."""
    return RemovableHandle(EVERYWHERE.forward_pre, (hook, False, False))


def register_module_forward_hook(
    hook: Callable[..., Any], *, with_kwargs: bool = False, always_call: bool = False
) -> RemovableHandle:
    """Call ``hook(module, args, output)`` after the forward of any module; what it returns replaces the
    output."""
    return RemovableHandle(EVERYWHERE.forward, (hook, with_kwargs, always_call))


def register_module_full_backward_pre_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call ``hook(module, grad_output)`` before the backward of any module; what it returns replaces the
    gradients."""
    return RemovableHandle(EVERYWHERE.backward_pre, hook)


def register_module_full_backward_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call ``hook(module, grad_input, grad_output)`` after the backward of any module; what it returns
    replaces the gradients."""
    return RemovableHandle(EVERYWHERE.backward, hook)


register_module_backward_hook = register_module_full_backward_hook


def indented(text: str) -> str:
    """``text`` with all lines but the first two columns to the right."""
    return text.replace("\n", "\n  ")


def _assembled(name: str, extra: list[str], lines: list[str]) -> str:
    if len(extra) == 1 and not lines:
        return f"{name}({extra[0]})"
    both = extra + lines
    return f"{name}(" + ("\n  " + "\n  ".join(both) + "\n" if both else "") + ")"
