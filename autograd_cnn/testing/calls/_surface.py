"""What can be called: the public functions of the package, of ``nn.functional``, ``linalg`` and
``special``, the methods of a Tensor, and Python's operators on one."""

import functools
import inspect
from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple, NoReturn


def words(text: str) -> frozenset[str]:
    """The words of a text: names, in a row."""
    return frozenset(text.split())


PACKAGE = __name__.partition(".")[0]

NETWORKS = f"{PACKAGE}.nn.functional"

SPACES = {
    "torch": "",
    "F": "nn.functional",
    "torch.linalg": "linalg",
    "torch.special": "special",
}
"""Where functions are, as a script writes it, and below which name of the package."""

ELSEWHERE = words(
    """
    compile vmap primitive backward register_hook register_post_accumulate_grad_hook retain_grad
    requires_grad_

    seed initial_seed manual_seed get_rng_state set_rng_state get_default_dtype set_default_dtype
    set_default_tensor_type get_default_device set_default_device get_device is_grad_enabled
    is_inference_mode_enabled is_autocast_enabled get_autocast_dtype get_autocast_cpu_dtype
    get_autocast_gpu_dtype get_float32_matmul_precision set_float32_matmul_precision
    use_deterministic_algorithms are_deterministic_algorithms_enabled
    is_deterministic_algorithms_warn_only_enabled get_deterministic_debug_mode
    set_deterministic_debug_mode get_num_threads set_num_threads get_num_interop_threads
    set_num_interop_threads set_flush_denormal is_warn_always_enabled set_warn_always
    get_printoptions set_printoptions install_as_torch set_anomaly_enabled is_anomaly_enabled
    is_anomaly_check_nan_enabled set_autocast_enabled set_autocast_cpu_enabled is_autocast_cpu_enabled
    set_autocast_dtype set_autocast_cpu_dtype set_autocast_gpu_dtype

    load save from_file from_dlpack to_dlpack cuda pin_memory share_memory_ is_shared data_ptr

    dtype device lobpcg
    """
)
"""What is no call of numbers: what takes functions and what acts on graphs (random sequences have those); the
state of the library; files, devices and memory; classes; an iteration from a random
start."""


class Parameter(NamedTuple):
    """One parameter of a function."""

    name: str
    annotation: str
    default: Any
    kind: Any

    @property
    def required(self) -> bool:
        """Whether a call must give it."""
        return self.default is inspect.Parameter.empty and self.kind is not inspect.Parameter.VAR_POSITIONAL


class Door(NamedTuple):
    """One way to call something: ``torch.exp``, ``Tensor.exp_``, ``F.relu``, ``operator.+``."""

    space: str
    name: str
    parameters: tuple[Parameter, ...]

    @property
    def label(self) -> str:
        """As it is written."""
        return f"{self.space}.{self.name}"

    @property
    def base(self) -> str:
        """The name of the function that does not write in place."""
        return self.name[:-1] if self.writes and self.space != "operator" else self.name

    @property
    def writes(self) -> bool:
        """Whether its name says that it writes its first argument."""
        return self.name.endswith("_") and not self.name.endswith("__")


BINARY = (
    "+",
    "-",
    "*",
    "/",
    "//",
    "%",
    "**",
    "@",
    "&",
    "|",
    "^",
    "<<",
    ">>",
    "==",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
)
IN_PLACE = ("+=", "-=", "*=", "/=", "//=", "%=", "**=", "&=", "|=", "^=", "<<=", ">>=")
UNARY = ("-", "~", "abs", "reversed", "len", "list", "bool", "int", "float", "round", "iter", "hash", "repr")
OPERATORS = (*BINARY, *IN_PLACE, *(f"{name}()" for name in UNARY), "[]", "[]=", "in", "del[]")


def _parameters(function: Callable[..., Any]) -> tuple[Parameter, ...] | None:
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return None
    if signature.return_annotation is NoReturn:  # PyTorch has it too, to say what took its place
        return None
    return tuple(
        Parameter(
            p.name, p.annotation if isinstance(p.annotation, str) else repr(p.annotation), p.default, p.kind
        )
        for p in signature.parameters.values()
        if p.kind is not inspect.Parameter.VAR_KEYWORD
    )


def _functions(holder: Any) -> dict[str, Any]:
    found = {}
    for name in dir(holder):
        value = getattr(holder, name)
        if name.startswith("_") or name in ELSEWHERE or inspect.isclass(value) or not callable(value):
            continue
        module = getattr(value, "__module__", "")
        if not module.startswith(PACKAGE):
            continue
        if holder.__name__ == NETWORKS or not module.startswith(
            NETWORKS
        ):  # torch.celu and its kin: other signatures
            found[name] = value
    return found


@functools.cache
def doors() -> dict[str, Door]:
    """Every door of the package by its label."""
    found = []
    for space, place in SPACES.items():
        holder = import_module(f"{PACKAGE}.{place}" if place else PACKAGE)
        for name, function in _functions(holder).items():
            found.append((space, name, _parameters(function)))
    for name, method in _functions(import_module(PACKAGE).Tensor).items():
        found.append(("Tensor", name, _parameters(method)))
    made = [Door(space, name, parameters) for space, name, parameters in found if parameters is not None]
    made += [Door("operator", name, ()) for name in OPERATORS]
    return {door.label: door for door in made}
