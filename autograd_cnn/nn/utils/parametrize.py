"""A parameter that is computed from others whenever it is asked for: ``register_parametrization(module,
"weight", rule)``."""

import contextlib
import copy
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any, TypeVar

from ..._engine.modes import no_grad
from ..._tensor import Tensor
from ..modules import Module, ModuleDict, ModuleList
from ..parameter import Parameter

__all__ = [
    "ParametrizationList",
    "cached",
    "is_parametrized",
    "register_parametrization",
    "remove_parametrizations",
    "type_before_parametrizations",
]

M = TypeVar("M", bound=Module)

_cache: ContextVar[dict[tuple[int, str], Any] | None] = ContextVar("parametrized tensors", default=None)


@contextlib.contextmanager
def cached() -> Iterator[None]:
    """Compute each parametrized tensor once inside, at its first use."""
    token = _cache.set(_cache.get() or {})
    try:
        yield
    finally:
        _cache.reset(token)


class ParametrizationList(ModuleList):
    """The rules of one tensor, and what the first of them starts from: ``original``, or ``original0``,
    ``original1``, ...

    A rule is a module; its ``right_inverse``, where it has one, finds the originals of a given value.
    """

    def __init__(self, modules: list[Module], original: Tensor, unsafe: bool = False) -> None:
        super().__init__(modules)
        self.unsafe = unsafe
        with no_grad():
            found = self._inverse(original)
        self.is_tensor: bool = isinstance(found, Tensor)
        self.ntensors: int = 1 if self.is_tensor else len(found)
        wants = original.requires_grad
        if self.is_tensor and found.shape == original.shape and found.dtype == original.dtype:
            original.data = found  # the same object: optimizers that hold it go on
            self._keep("original", original)
        else:
            for i, value in enumerate([found] if self.is_tensor else found):
                name = "original" if self.is_tensor else f"original{i}"
                self._keep(
                    name, Parameter(value.detach(), wants) if isinstance(original, Parameter) else value
                )
        if not unsafe:
            self._check(self(), original)

    def _keep(self, name: str, value: Tensor) -> None:
        if isinstance(value, Parameter):
            self.register_parameter(name, value)
        else:
            self.register_buffer(name, value)

    @staticmethod
    def _check(value: Any, like: Tensor) -> None:
        if not isinstance(value, Tensor):
            raise ValueError(f"A parametrization must return a tensor. Got {type(value).__name__}.")
        for what in ("dtype", "shape"):
            if getattr(value, what) != getattr(like, what):
                raise ValueError(
                    f"Registering a parametrization may not change the {what} of the tensor, unless "
                    "`unsafe` flag is enabled: "
                    f"it was {getattr(like, what)} and became {getattr(value, what)}"
                )

    def _inverse(self, value: Any) -> Any:
        for rule in reversed(self):
            if hasattr(rule, "right_inverse"):
                try:
                    value = rule.right_inverse(value)
                except NotImplementedError:
                    continue
        return value

    def right_inverse(self, value: Tensor) -> None:
        """Set the originals so that the parametrized tensor is ``value``, as far as the rules can."""
        with no_grad():
            found = self._inverse(value)
            for name, part in (
                [("original", found)]
                if self.is_tensor
                else [(f"original{i}", part) for i, part in enumerate(found)]
            ):
                getattr(self, name).data = part.detach().clone()

    def forward(self) -> Tensor:
        """The tensor, computed from the originals by each rule in turn."""
        originals = (
            [self.original]
            if self.is_tensor
            else [getattr(self, f"original{i}") for i in range(self.ntensors)]
        )
        value = self[0](*originals)
        for rule in list(self)[1:]:
            value = rule(value)
        return value


def _computed(name: str) -> property:
    def read(self: Any) -> Any:
        kept = _cache.get()
        if kept is None:
            return self.parametrizations[name]()
        if (id(self), name) not in kept:
            kept[id(self), name] = self.parametrizations[name]()
        return kept[id(self), name]

    def write(self: Any, value: Tensor) -> None:
        self.parametrizations[name].right_inverse(value)

    return property(read, write)


def _class_with_properties(module: Module) -> None:
    """Give the module a class of its own, which properties can be added to."""
    own = type(module)

    def copied(self: Any, memo: dict[int, Any]) -> Any:
        found = self.__new__(type(self))
        memo[id(self)] = found
        found.__dict__.update(copy.deepcopy(self.__dict__, memo))
        return found

    module.__class__ = type(f"Parametrized{own.__name__}", (own,), {"__deepcopy__": copied})


def register_parametrization(
    module: M, tensor_name: str, parametrization: Module, *, unsafe: bool = False
) -> M:
    """From here on ``module.<tensor_name>`` is ``parametrization`` of the parameter that it was.

    Where there is one already, the new one is applied after it. Unless ``unsafe``, shape and dtype must stay.
    """
    parametrization.train(module.training)
    if is_parametrized(module, tensor_name):
        rules = module.parametrizations[tensor_name]
        if not unsafe:
            now = getattr(module, tensor_name)
            rules._check(parametrization(now), now)
        rules.append(parametrization)
        rules.unsafe = rules.unsafe or unsafe
        return module
    if tensor_name not in module._parameters and tensor_name not in module._buffers:
        raise ValueError(
            f"Module '{module}' does not have a parameter, a buffer, or a parametrized element with "
            f"name '{tensor_name}'"
        )
    rules = ParametrizationList([parametrization], getattr(module, tensor_name), unsafe)
    delattr(module, tensor_name)
    if not is_parametrized(module):
        _class_with_properties(module)
        module.parametrizations = ModuleDict()
    setattr(type(module), tensor_name, _computed(tensor_name))
    module.parametrizations[tensor_name] = rules
    return module


def is_parametrized(module: Module, tensor_name: str | None = None) -> bool:
    """Whether that tensor, or without a name any of the module's, is computed from others."""
    rules = module._modules.get("parametrizations")
    return isinstance(rules, ModuleDict) and (len(rules) > 0 if tensor_name is None else tensor_name in rules)


def remove_parametrizations(module: M, tensor_name: str, leave_parametrized: bool = True) -> M:
    """Make the tensor a parameter (or buffer) again: of the value it has now, or of its original one."""
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"Module {module} does not have a parametrization on {tensor_name}")
    rules = module.parametrizations[tensor_name]
    if not rules.is_tensor and not leave_parametrized:
        raise ValueError(
            "Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized "
            "in terms of a sequence of tensors."
        )
    value = getattr(module, tensor_name)
    if rules.is_tensor:
        original = rules.original
        if leave_parametrized:
            original.data = value.detach()
    else:
        original = Parameter(value.detach()) if value.requires_grad else value
    delattr(type(module), tensor_name)
    del module.parametrizations[tensor_name]
    if isinstance(original, Parameter):
        module.register_parameter(tensor_name, original)
    else:
        module.register_buffer(tensor_name, original)
    if not is_parametrized(module):
        del module.parametrizations
        module.__class__ = type(module).__bases__[0]
    return module


def type_before_parametrizations(module: Module) -> type:
    """The module's class as it was written."""
    return type(module).__bases__[0] if is_parametrized(module) else type(module)
