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

    def __init__(self, name: str, n_power_iterations: int, dim: int, eps: float) -> None:
        if n_power_iterations <= 0:
            raise ValueError(
                f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}"
            )
        self.name = name
        self.n_power_iterations = n_power_iterations
        self.dim = dim
        self.eps = eps

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


def spectral_norm(
    module: M, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> M:
    """Divide the parameter ``name`` by its spectral norm, along ``dim`` (by default the dimension of the
    outputs)."""
    if any(
        isinstance(hook, SpectralNorm) and hook.name == name for hook in module._forward_pre_hooks.values()
    ):
        raise RuntimeError(f"Cannot register two spectral_norm hooks on the same parameter {name}")
    hook = SpectralNorm(
        name, n_power_iterations, int(isinstance(module, TRANSPOSED)) if dim is None else dim, eps
    )
    weight = module._parameters[name]
    if weight is None:
        raise ValueError(f"`SpectralNorm` cannot be applied as parameter `{name}` is None")
    if is_lazy(weight):
        raise ValueError(
            "The module passed to `SpectralNorm` can't have uninitialized parameters. Make sure to run "
            "the dummy forward before applying spectral normalization"
        )
    with no_grad():
        height, width = as_matrix(weight, hook.dim).shape
        u = normalized(weight.new_empty(height).normal_(0, 1), eps)
        v = normalized(weight.new_empty(width).normal_(0, 1), eps)
    delattr(module, name)
    module.register_parameter(name + "_orig", weight)
    setattr(module, name, weight.detach())
    module.register_buffer(name + "_u", u)
    module.register_buffer(name + "_v", v)
    module.register_forward_pre_hook(hook)
    return module


def remove_spectral_norm(module: M, name: str = "weight") -> M:
    """Make the weight one parameter again, as it was divided last."""
    for key, hook in module._forward_pre_hooks.items():
        if isinstance(hook, SpectralNorm) and hook.name == name:
            with no_grad():
                weight = hook.compute_weight(module, False)
            for suffix in ("", "_u", "_v", "_orig"):
                delattr(module, name + suffix)
            module.register_parameter(name, Parameter(weight.detach()))
            del module._forward_pre_hooks[key]
            return module
    raise ValueError(f"spectral_norm of '{name}' not found in {module}")
