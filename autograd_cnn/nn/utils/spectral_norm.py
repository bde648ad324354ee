"""Spectral normalization by a hook: a weight divided by its largest singular value (Miyato et al., 2018)."""

from typing import Any, TypeVar

from ..._engine.modes import no_grad
from ..._tensor import Tensor
from ..modules import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d, Module
from ..parameter import Parameter, is_lazy
from ._normalization import as_matrix, normalized, power_step, spectral_weight

__all__ = [
    "remove_spectral_norm",
    "spectral_norm",
]

M = TypeVar("M", bound=Module)
TRANSPOSED = (ConvTranspose1d, ConvTranspose2d, ConvTranspose3d)
"""Layers whose outputs are the weight's second dimension."""


class SpectralNorm:
    """The hook that divides ``<name>_orig`` before each forward; in training mode the power method goes on
    first."""

    _version = 1
    """Of what a module's state has: since 1 also ``<name>_v``, and not the weight itself."""

    def __init__(
        self, name: str = "weight", n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12
    ) -> None:
        if n_power_iterations <= 0:
            raise ValueError(
                f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}"
            )
        self.name = name
        self.n_power_iterations = n_power_iterations
        self.dim = dim
        self.eps = eps

    def reshape_weight_to_matrix(self, weight: Tensor) -> Tensor:
        """The weight with ``dim`` in front and all else in one dimension."""
        return as_matrix(weight, self.dim)

    def compute_weight(self, module: Module, do_power_iteration: bool) -> Tensor:
        """W / σ, with σ = uᵀ W v and u, v the singular vectors as far as they are known."""
        weight = getattr(module, self.name + "_orig")
        u, v = getattr(module, self.name + "_u"), getattr(module, self.name + "_v")
        matrix = as_matrix(weight, self.dim)
        if do_power_iteration:
            with no_grad():
                for _ in range(self.n_power_iterations):
                    v.copy_(power_step(matrix.t(), u, self.eps))
                    u.copy_(power_step(matrix, v, self.eps))
            u, v = u.clone(), v.clone()  # the graph keeps these, and the next forward writes the buffers
        return spectral_weight(weight, matrix, u, v)

    def __call__(self, module: Module, inputs: Any) -> None:
        setattr(module, self.name, self.compute_weight(module, module.training))

    @staticmethod
    def apply(module: Module, name: str, n_power_iterations: int, dim: int, eps: float) -> "SpectralNorm":
        """Divide the parameter ``name`` of ``module`` from now on. RuntimeError where it is already;
        ValueError for one that has no shape yet."""
        hooks = module._forward_pre_hooks.values()
        if any(isinstance(hook, SpectralNorm) and hook.name == name for hook in hooks):
            raise RuntimeError(f"Cannot register two spectral_norm hooks on the same parameter {name}")
        hook = SpectralNorm(name, n_power_iterations, dim, eps)
        weight = module._parameters[name]
        if weight is None:
            raise ValueError(f"`SpectralNorm` cannot be applied as parameter `{name}` is None")
        if is_lazy(weight):
            raise ValueError(
                "The module passed to `SpectralNorm` can't have uninitialized parameters. Make sure to run "
                "the dummy forward before applying spectral normalization"
            )
        with no_grad():
            height, width = as_matrix(weight, dim).shape
            u = normalized(weight.new_empty(height).normal_(0, 1), eps)
            v = normalized(weight.new_empty(width).normal_(0, 1), eps)
        delattr(module, name)
        module.register_parameter(name + "_orig", weight)
        setattr(module, name, weight.detach())
        module.register_buffer(name + "_u", u)
        module.register_buffer(name + "_v", v)
        module.register_forward_pre_hook(hook)
        module._register_state_dict_hook(SpectralNormStateDictHook(hook))
        module._register_load_state_dict_pre_hook(SpectralNormLoadStateDictPreHook(hook))
        return hook

    def remove(self, module: Module) -> None:
        """Make the weight one parameter again, as it was divided last. The hook itself is left to others."""
        with no_grad():
            weight = self.compute_weight(module, False)
        for suffix in ("", "_u", "_v", "_orig"):
            delattr(module, self.name + suffix)
        module.register_parameter(self.name, Parameter(weight.detach()))


class SpectralNormStateDictHook:
    """Notes in a module's state which version it has."""

    def __init__(self, fn: SpectralNorm) -> None:
        self.fn = fn

    def __call__(self, module: Module, state_dict: Any, prefix: str, local_metadata: dict[str, Any]) -> None:
        versions = local_metadata.setdefault("spectral_norm", {})
        versions[f"{self.fn.name}.version"] = self.fn._version


class SpectralNormLoadStateDictPreHook:
    """Reads a state of before version 1, which has the weight and no ``<name>_v``: that is solved for, so
    that the weight is again what it was."""

    def __init__(self, fn: SpectralNorm) -> None:
        self.fn = fn

    def __call__(
        self,
        state_dict: Any,
        prefix: str,
        local_metadata: dict[str, Any],
        strict: bool,
        missing_keys: list[str],
        unexpected_keys: list[str],
        error_msgs: list[str],
    ) -> None:
        key = prefix + self.fn.name
        version = local_metadata.get("spectral_norm", {}).get(f"{self.fn.name}.version")
        if version is not None or (key + "_v" in state_dict and key not in state_dict):
            return
        missing = [key + suffix for suffix in ("_orig", "", "_u") if key + suffix not in state_dict]
        if missing:
            missing_keys += missing if strict else []
            return
        with no_grad():
            original, u = state_dict[key + "_orig"], state_dict[key + "_u"]
            sigma = (original / state_dict.pop(key)).mean()
            matrix = self.fn.reshape_weight_to_matrix(original)
            v = matrix.pinverse().mv(u)
            state_dict[key + "_v"] = v * (sigma / u.dot(matrix.mv(v)))


OF_STATES = (SpectralNormStateDictHook, SpectralNormLoadStateDictPreHook)


def spectral_norm(
    module: M, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> M:
    """Divide the parameter ``name`` by its spectral norm, along ``dim`` (by default the dimension of the
    outputs)."""
    transposed = isinstance(module, TRANSPOSED)
    SpectralNorm.apply(module, name, n_power_iterations, int(transposed) if dim is None else dim, eps)
    return module


def remove_spectral_norm(module: M, name: str = "weight") -> M:
    """Make the weight one parameter again, as it was divided last."""
    for key, hook in module._forward_pre_hooks.items():
        if isinstance(hook, SpectralNorm) and hook.name == name:
            hook.remove(module)
            del module._forward_pre_hooks[key]
            break
    else:
        raise ValueError(f"spectral_norm of '{name}' not found in {module}")
    for hooks in (module._state_dict_hooks, module._load_state_dict_pre_hooks):
        for key, entry in tuple(hooks.items()):
            hook = entry[0] if isinstance(entry, tuple) else entry
            if isinstance(hook, OF_STATES) and hook.fn.name == name:
                del hooks[key]
    return module
