"""What all optimizers share: parameter groups, per-parameter state, and the step that visits every
parameter."""

import copy
import itertools
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias, TypeVar, overload

import numpy as np

from .._engine import memory
from .._engine.hook_tables import Hooks, RemovableHandle
from .._engine.modes import enable_grad
from .._tensor import Tensor
from ..ops._half import HALF, single
from ._checks import check_loading, check_step, wrong_entries
from ._hooks import NONE, changed, hooked, make_room
from ._updates import Group, count, plain, state_dtype

__all__ = ["Optimizer"]

Loss = TypeVar("Loss")
Closure = Callable[[], Any]


class _Required:
    """The value of an option that every group must give."""

    def __repr__(self) -> str:
        return "<required parameter>"


required: Any = _Required()

Parameters = Iterable[Tensor] | Iterable[Group] | Iterable[tuple[str, Tensor]]


class Optimizer:
    """Base class. A subclass passes the options of a group as ``defaults`` and writes ``_update``, or a
    ``step`` of its own."""

    _opt_called = False
    """Whether a step was taken; schedulers ask."""

    _step_seen_by_schedule: Any = None
    """The ``step`` that was there when a scheduler began; another one may take no steps that it sees."""

    _optimizer_step_pre_hooks: Hooks = NONE
    _optimizer_step_post_hooks: Hooks = NONE
    _optimizer_state_dict_pre_hooks: Hooks = NONE
    _optimizer_state_dict_post_hooks: Hooks = NONE
    _optimizer_load_state_dict_pre_hooks: Hooks = NONE
    _optimizer_load_state_dict_post_hooks: Hooks = NONE

    _numbers: tuple[str, ...] = ("step",)
    """The entries of a state that are single numbers on the host; loading leaves them there."""

    def __init__(self, params: Parameters, defaults: Group) -> None:
        if isinstance(params, Tensor):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or dicts, "
                "but got torch.FloatTensor: put it in a list"
            )
        self.defaults = defaults
        self.state: defaultdict[Any, Any] = defaultdict(dict)
        """What each parameter's updates remember, such as momentum; other keys are a program's own."""
        self.param_groups: list[Group] = []
        groups = list(params)
        if not groups:
            raise ValueError("optimizer got an empty parameter list")
        for group in groups if isinstance(groups[0], dict) else [{"params": groups}]:
            self.add_param_group(group)  # type: ignore[arg-type]  # it says so where it is no dict

    def __init_subclass__(cls) -> None:
        """A ``step`` that a subclass writes runs the hooks too."""
        super().__init_subclass__()
        if "step" in cls.__dict__:
            cls.step = hooked(cls.step)  # type: ignore[method-assign]  # its own step, in its own class

    def _update(self, parameter: Any, gradient: Any, state: dict[str, Any], group: Group) -> None:
        """Write one step into the array ``parameter``, once; ``gradient`` must not be written."""
        raise NotImplementedError

    def _entries(self, group: Group) -> tuple[str, ...]:
        """What the state of a parameter holds after a step; those in ``_numbers`` are numbers, the others
        have its shape."""
        return ()

    def _wrong_state(self, who: Any, state: Mapping[str, Any], parameter: Tensor, group: Group) -> list[str]:
        """What is missing from a parameter's state, or wrong in it, that would make an update fail
        half-way."""
        return wrong_entries(who, state, parameter, self._entries(group), self._numbers)

    def _update_together(self, parameters: list[Tensor], group: Group) -> list[Tensor]:
        """Write one step into as many of ``parameters``, which are on a GPU, as few launches serve; those
        left over."""
        return parameters

    @overload
    def step(self, closure: None = None) -> None: ...
    @overload
    def step(self, closure: Callable[[], Loss]) -> Loss: ...
    @hooked
    def step(self, closure: Closure | None = None) -> Any:
        """Update every parameter that has a gradient. ``closure`` recomputes the loss first, with gradients;
        it is returned."""
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        check_step(self)
        if self.defaults.get("differentiable"):
            self._record_step()
            return loss
        with np.errstate(all="ignore"):
            for group in map(plain, self.param_groups):
                ready = [parameter for parameter in group["params"] if parameter._grad is not None]
                if ready and type(ready[0].array) is not np.ndarray:
                    halves = [parameter for parameter in ready if parameter.array.dtype == HALF]
                    whole = [parameter for parameter in ready if parameter.array.dtype != HALF]
                    ready = halves + (self._update_together(whole, group) if whole else [])
                for parameter in ready:
                    self._write_step(parameter, parameter._grad, self.state[parameter], group)
        return loss

    def _write_step(self, parameter: Any, gradient: Any, state: dict[str, Any], group: Group) -> None:
        """Write one step into ``parameter``; of halves in float32, as their states are: a half's square often
        is 0."""
        array = parameter.array
        memory.settle(array)
        if array.dtype == HALF:
            wide = single(array)
            self._update(wide, single(gradient.array), state, group)
            array[...] = wide
        else:
            self._update(array, gradient.array, state, group)
        memory.wrote(array)

    def _record_step(self) -> None:
        """A step that is part of the graph: parameters, gradients, states and options that are tensors get
        gradients through it."""
        with enable_grad():
            for group in self.param_groups:
                if group.get("foreach"):
                    raise AssertionError("_foreach ops don't support autograd: leave foreach= away")
                for parameter in group["params"]:
                    if parameter.grad is not None:
                        self._update(parameter, parameter.grad, self.state[parameter], group)

    profile_hook_step = staticmethod(hooked)
    OptimizerPreHook: TypeAlias = Callable[[Any, tuple[Any, ...], dict[str, Any]], Any]
    OptimizerPostHook: TypeAlias = Callable[[Any, tuple[Any, ...], dict[str, Any]], None]

    def _patch_step_function(self) -> None:
        """Nothing to do: ``step`` needs no wrapper. Optimizers that wrap another one call it."""

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters, or overwrite them with zeros."""
        for parameter in self._parameters():
            gradient = parameter.grad
            if gradient is None or set_to_none:
                parameter.grad = None
                continue
            parameter.grad = gradient = gradient.detach() if gradient.requires_grad else gradient
            memory.settle(gradient.array)
            gradient.array[...] = 0
            memory.wrote(gradient.array)

    def _parameters(self) -> list[Tensor]:
        return [parameter for group in self.param_groups for parameter in group["params"]]

    def add_param_group(self, param_group: Group) -> None:
        """Also update ``param_group["params"]``, with its own options; the defaults stand in for those it
        lacks."""
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
        if "params" not in param_group:
            raise KeyError(
                "a parameter group needs 'params', the Tensors to optimize, but this one has only "
                f"{sorted(param_group)}"
            )
        given = param_group["params"]
        if isinstance(given, set):
            raise TypeError(
                "optimizer parameters need to be organized in ordered collections, but the ordering "
                "of tensors in sets "
                "will change between runs. Please use a list instead."
            )
        params = [given] if isinstance(given, Tensor) else list(given)
        names = [p[0] for p in params if isinstance(p, tuple)]
        if names and len(names) < len(params):
            raise ValueError(
                "all optimizer params should be with/without names. Some param names are missing: give "
                "(name, tensor) for each, or tensors alone"
            )
        params = [p[1] if isinstance(p, tuple) else p for p in params]
        recorded = self.defaults.get("differentiable")
        for p in params:
            if not isinstance(p, Tensor):
                raise TypeError(
                    f"optimizer can only optimize Tensors, but one of the params is {type(p).__name__}"
                )
            if not (recorded or p.is_leaf or p.retains_grad):
                raise ValueError("can't optimize a non-leaf Tensor")
        for name, value in self.defaults.items():
            if value is required and name not in param_group:
                raise ValueError(
                    f"parameter group didn't specify a value of required optimization parameter {name}"
                )
        if len({id(p) for p in params}) != len(params):
            warnings.warn(
                "optimizer contains a parameter group with duplicate parameters; in future, this will "
                "cause an error",
                UserWarning,
                stacklevel=3,
            )
        if not {id(p) for p in params}.isdisjoint(map(id, self._parameters())):
            raise ValueError("some parameters appear in more than one parameter group")
        named = bool(names) or "param_names" in param_group
        if any(named != ("param_names" in group) for group in self.param_groups):
            raise ValueError(
                "all optimizer param groups should be with/without names. cannot add param group "
                f"{'with' if named else 'without'} names to the optimizer"
            )
        param_group.update(params=params, **({"param_names": names} if names else {}))
        for name, value in self.defaults.items():
            param_group.setdefault(name, value)
        self.param_groups.append(param_group)

    # hooks

    def register_step_pre_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(optimizer, args, kwargs)`` before each step; a pair that it returns replaces the
        arguments."""
        return RemovableHandle(make_room(self, "_optimizer_step_pre_hooks"), hook)

    def register_step_post_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(optimizer, args, kwargs)`` after each step."""
        return RemovableHandle(make_room(self, "_optimizer_step_post_hooks"), hook)

    def register_state_dict_pre_hook(
        self, hook: Callable[..., Any], prepend: bool = False
    ) -> RemovableHandle:
        """Call ``hook(optimizer)`` before ``state_dict`` reads the state."""
        return RemovableHandle(make_room(self, "_optimizer_state_dict_pre_hooks"), hook, prepend)

    def register_state_dict_post_hook(
        self, hook: Callable[..., Any], prepend: bool = False
    ) -> RemovableHandle:
        """Call ``hook(optimizer, state_dict)`` with what ``state_dict`` is going to return; what it returns
        replaces it."""
        return RemovableHandle(make_room(self, "_optimizer_state_dict_post_hooks"), hook, prepend)

    def register_load_state_dict_pre_hook(
        self, hook: Callable[..., Any], prepend: bool = False
    ) -> RemovableHandle:
        """Call ``hook(optimizer, state_dict)`` with a shallow copy of what is to be loaded; what it returns
        replaces it."""
        return RemovableHandle(make_room(self, "_optimizer_load_state_dict_pre_hooks"), hook, prepend)

    def register_load_state_dict_post_hook(
        self, hook: Callable[..., Any], prepend: bool = False
    ) -> RemovableHandle:
        """Call ``hook(optimizer)`` after ``load_state_dict``."""
        return RemovableHandle(make_room(self, "_optimizer_load_state_dict_post_hooks"), hook, prepend)

    # state

    def state_dict(self) -> dict[str, Any]:
        """State and options, with parameters replaced by their positions; the tensors are the optimizer's
        own."""
        for hook in self._optimizer_state_dict_pre_hooks.values():
            hook(self)
        numbers: dict[int, int] = {}
        for parameter in self._parameters():
            numbers.setdefault(id(parameter), len(numbers))
        found = {
            "state": {
                numbers.get(id(key), key): dict(state) if isinstance(key, Tensor) else state
                for key, state in self.state.items()
                if not isinstance(key, Tensor) or (id(key) in numbers and state)
            },
            "param_groups": [
                {
                    **{k: v for k, v in group.items() if k != "params"},
                    "params": [numbers[id(p)] for p in group["params"]],
                }
                for group in self.param_groups
            ],
        }
        return changed(found, self._optimizer_state_dict_post_hooks, self)

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Continue from a ``state_dict()``, which is copied. ValueError that lists all that does not fit;
        then nothing has changed."""
        state_dict = changed(
            dict(state_dict) if isinstance(state_dict, Mapping) else state_dict,
            self._optimizer_load_state_dict_pre_hooks,
            self,
        )
        check_loading(self, state_dict)
        groups, state = state_dict["param_groups"], state_dict["state"]
        by_number = dict(
            zip(
                itertools.chain.from_iterable(group["params"] for group in groups),
                self._parameters(),
                strict=True,
            )
        )
        loaded: dict[Any, Any] = {}
        for key, values in state.items():
            parameter = by_number.get(key)
            if parameter is None:  # a program's own
                loaded[key] = copy.deepcopy(values)
            else:
                loaded[parameter] = {
                    name: self._loaded(parameter, name, value) for name, value in values.items()
                }
        new_groups = [
            {
                **self.defaults,
                **{k: mine[k] for k in ("param_names",) if k in mine},
                **{k: copy.deepcopy(v) for k, v in theirs.items() if k != "params"},
                "params": mine["params"],
            }
            for mine, theirs in zip(self.param_groups, groups, strict=True)
        ]
        self.__setstate__({"state": defaultdict(dict, loaded), "param_groups": new_groups})
        for hook in self._optimizer_load_state_dict_post_hooks.values():
            hook(self)

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        """Take over what was pickled, copied or loaded; a subclass gives options that older files lack their
        defaults."""
        self.__dict__.update(state)
        self.__dict__.setdefault("defaults", {}).setdefault("differentiable", False)

    def _loaded(self, parameter: Tensor, name: str, value: Any) -> Any:
        """One entry of a loaded state as this optimizer keeps it: a copy, in the parameter's dtype (of a half
        in float32) and on its device."""
        if not isinstance(value, Tensor):
            return count(value) if name in self._numbers[1:] else copy.deepcopy(value)
        if name in self._numbers:
            return value.detach().clone()
        dtype = state_dtype(parameter) if value.is_floating_point() else None
        return value.detach().to(dtype=dtype, device=parameter.device, copy=True)

    def __repr__(self) -> str:
        lines = []
        for i, group in enumerate(self.param_groups):
            lines += [
                "",
                f"Parameter Group {i}",
                *(f"    {key}: {group[key]}" for key in sorted(group) if key != "params"),
            ]
        return f"{type(self).__name__} (" + "\n".join(lines) + "\n)"
