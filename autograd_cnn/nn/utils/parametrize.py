"""A parameter that is computed from others whenever it is asked for: ``register_parametrization(module,
"weight", rule)``."""

import contextlib
import copy
from collections.abc import Iterator, Sequence
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
    "transfer_parametrizations_and_params",
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

    def __init__(self, modules: Sequence[Module], original: Tensor, unsafe: bool = False) -> None:
        if not modules:
            raise ValueError("ParametrizationList requires one or more modules.")
        super().__init__(modules)
        self.unsafe = unsafe
        shape, kind = original.shape, original.dtype
        with no_grad():
            found = self._inverse(original)
        if not isinstance(found, (Tensor, Sequence)):
            raise ValueError(
                "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). Got "
                f"{type(found).__name__}"
            )
        self.is_tensor: bool = isinstance(found, Tensor)
        self.ntensors: int = 1 if self.is_tensor else len(found)
        if isinstance(found, Tensor):
            self._start_from_one(original, found)
        else:
            self._start_from_several(original, found)
        if not unsafe:
            _check_unchanged(self(), kind, shape)

    def _start_from_one(self, original: Tensor, found: Tensor) -> None:
        for what in ("dtype", "device"):
            before, after = getattr(original, what), getattr(found, what)
            if before != after:
                raise ValueError(
                    f"When `right_inverse` outputs one tensor, it may not change the "
                    f"{what}.\noriginal.{what}: {before}\nright_inverse(original).{what}: {after}"
                )
        original.data = found.detach()  # the same object: optimizers that hold it go on
        self._keep("original", original)

    def _start_from_several(self, original: Tensor, found: Sequence[Any]) -> None:
        for i, value in enumerate(found):
            if not isinstance(value, Tensor):
                raise ValueError(
                    "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). Got "
                    f"element {i} of the sequence with type {type(value).__name__}."
                )
            wants = original.requires_grad
            kept = Parameter(value.detach(), wants) if isinstance(original, Parameter) else value
            self._keep(f"original{i}", kept.requires_grad_(wants))

    def _keep(self, name: str, value: Tensor) -> None:
        _register(self, name, value)

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
        found: Any = value
        with no_grad():
            for rule in reversed(self):
                if not hasattr(rule, "right_inverse"):
                    raise RuntimeError(
                        f"parametrization {type(rule).__name__} does not implement right_inverse."
                    )
                found = rule.right_inverse(found)
            if self.is_tensor:
                self._set_one(found)
            else:
                self._set_several(found)

    def _set_one(self, found: Any) -> None:
        if not isinstance(found, Tensor):
            raise ValueError(f"`right_inverse` should return a tensor. Got {type(found).__name__}")
        if found.dtype != self.original.dtype:
            raise ValueError(
                f"The tensor returned by `right_inverse` has dtype {found.dtype} while `original` has dtype "
                f"{self.original.dtype}"
            )
        self.original.data = found.detach().clone()

    def _set_several(self, found: Any) -> None:
        wanted = "'right_inverse' must return a sequence of tensors"
        if not isinstance(found, Sequence) or isinstance(found, Tensor):
            raise ValueError(f"{wanted}. Got {type(found).__name__}.")
        if len(found) != self.ntensors:
            raise ValueError(f"{wanted} of length {self.ntensors}. Got a sequence of length {len(found)}.")
        for i, part in enumerate(found):
            original = getattr(self, f"original{i}")
            if not isinstance(part, Tensor):
                raise ValueError(f"{wanted}. Got element {i} of type {type(part).__name__}.")
            if part.dtype != original.dtype:
                raise ValueError(
                    f"Tensor {i} returned by `right_inverse` has dtype {part.dtype} while `original{i}` has "
                    f"dtype {original.dtype}"
                )
            original.data = part.detach().clone()

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


def _register(module: Module, name: str, value: Tensor) -> None:
    if isinstance(value, Parameter):
        module.register_parameter(name, value)
    else:
        module.register_buffer(name, value)


def _check_unchanged(value: Any, dtype: Any, shape: Any) -> None:
    """ValueError where a parametrization returns no tensor, or one of another dtype or shape."""
    if not isinstance(value, Tensor):
        raise ValueError(f"A parametrization must return a tensor. Got {type(value).__name__}.")
    for what, before, after in (("dtype", dtype, value.dtype), ("shape", shape, value.shape)):
        if before != after:
            raise ValueError(
                f"Registering a parametrization may not change the {what} of the tensor, unless `unsafe` "
                f"flag is enabled.\nunparametrized {what}: {before}\nparametrized {what}: {after}"
            )


def _check_further(rule: Any, name: str, now: Tensor) -> None:
    """ValueError where a rule that is to be applied after others changes dtype or shape, in either
    direction."""
    value = rule(now)
    _check_unchanged(value, now.dtype, now.shape)
    if not hasattr(rule, "right_inverse"):
        return
    try:
        back = rule.right_inverse(value)
    except NotImplementedError:
        return
    if not isinstance(back, Tensor):
        raise ValueError(f"parametrization.right_inverse must return a tensor. Got: {type(back).__name__}")
    for what in ("dtype", "shape"):
        before, after = getattr(now, what), getattr(back, what)
        if before != after:
            raise ValueError(
                f"The tensor returned by parametrization.right_inverse must have the same {what} as "
                f"module.{name}, unless the `unsafe` flag is enabled.\nmodule.{name}.{what}: {before}\n"
                f"returned {what}: {after}"
            )


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

    def no_state(self: Any) -> Any:
        raise RuntimeError(
            "Serialization of parametrized modules is only supported through state_dict(): save that, and "
            "load it into a module parametrized in the same way."
        )

    names: dict[str, Any] = {"__getstate__": no_state}
    if not hasattr(own, "__deepcopy__"):
        names["__deepcopy__"] = copied
    module.__class__ = type(f"Parametrized{own.__name__}", (own,), names)


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
            _check_further(parametrization, tensor_name, getattr(module, tensor_name))
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
    rules = getattr(module, "parametrizations", None)
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
    _register(module, tensor_name, original)
    if not is_parametrized(module):
        del module.parametrizations
        module.__class__ = type(module).__bases__[0]
    return module


def type_before_parametrizations(module: Module) -> type:
    """The module's class as it was written."""
    return type(module).__bases__[0] if is_parametrized(module) else type(module)


def transfer_parametrizations_and_params(
    from_module: Module, to_module: M, tensor_name: str | None = None
) -> M:
    """Give ``to_module`` the rules of ``from_module``, and what they start from: those of one tensor, or of
    all.

    Tensors that ``to_module`` lacks are made.
    """
    if not is_parametrized(from_module):
        return to_module
    rules: Any = from_module.parametrizations
    for name in rules if tensor_name is None else [tensor_name]:
        if not hasattr(to_module, name):
            setattr(to_module, name, Parameter(getattr(from_module, name)))
        for rule in rules[name]:
            register_parametrization(to_module, name, rule)
        mine, theirs = to_module.parametrizations[name], rules[name]
        for original in ("original", *(f"original{i}" for i in range(theirs.ntensors))):
            if hasattr(theirs, original):
                setattr(mine, original, getattr(theirs, original))
    return to_module
