"""Weight and spectral normalization, and orthogonal matrices, as parametrizations."""

from typing import Any, TypeVar

from ..._engine.modes import no_grad
from ..._functions.norm import norm_except_dim
from ..._tensor import Tensor
from ..modules import Module
from . import parametrize
from ._normalization import as_matrix, normalized, power_step, spectral_weight, weight_from
from ._orthogonal import MAPS, Orthogonal
from .spectral_norm import TRANSPOSED

__all__ = [
    "orthogonal",
    "spectral_norm",
    "weight_norm",
]

M = TypeVar("M", bound=Module)


def orthogonal(
    module: M, name: str = "weight", orthogonal_map: str | None = None, *, use_trivialization: bool = True
) -> M:
    """Hold a matrix (or a batch of them) orthogonal: orthonormal columns, or rows where there are more
    columns.

    Args:
        orthogonal_map: "matrix_exp" (by default where it is square), "cayley" or "householder".
        use_trivialization: keep another orthogonal matrix that the map starts from, so that the value it has
            now is kept where it is orthogonal.

    Raises ValueError where there is no such tensor, or where it is no matrix.
    """
    weight = getattr(module, name, None)
    if not isinstance(weight, Tensor):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    if weight.ndim < 2:
        raise ValueError(f"Expected a matrix or batch of matrices. Got a tensor of {weight.ndim} dimensions.")
    if orthogonal_map is None:
        orthogonal_map = "matrix_exp" if weight.shape[-2] == weight.shape[-1] else "householder"
    if orthogonal_map not in MAPS:
        raise ValueError(
            f'orthogonal_map has to be one of "matrix_exp", "cayley", "householder". Got: {orthogonal_map}'
        )
    rule = Orthogonal(weight, orthogonal_map, use_trivialization)
    parametrize.register_parametrization(module, name, rule, unsafe=True)
    return module


class _WeightNorm(Module):
    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, weight_g: Tensor, weight_v: Tensor) -> Tensor:
        return weight_from(weight_v, weight_g, self.dim)

    def right_inverse(self, weight: Tensor) -> tuple[Tensor, Tensor]:
        return norm_except_dim(weight, 2, self.dim), weight


def weight_norm(module: M, name: str = "weight", dim: int | None = 0) -> M:
    """Learn lengths along ``dim`` (None: one length) and direction of a parameter apart (Salimans and Kingma,
    2016)."""
    parametrize.register_parametrization(module, name, _WeightNorm(-1 if dim is None else dim), unsafe=True)

    def from_old_names(state: Any, prefix: str, *_: Any) -> None:
        """A state saved with the hook of ``nn.utils.weight_norm`` has the two tensors under other names."""
        old = [f"{prefix}{name}_g", f"{prefix}{name}_v"]
        if all(key in state for key in old):
            for i, key in enumerate(old):
                state[f"{prefix}parametrizations.{name}.original{i}"] = state.pop(key)

    module._register_load_state_dict_pre_hook(from_old_names)
    return module


class _SpectralNorm(Module):
    def __init__(self, weight: Tensor, n_power_iterations: int, dim: int, eps: float) -> None:
        super().__init__()
        if not -weight.ndim <= dim < weight.ndim:
            raise IndexError(
                f"Dimension out of range (expected to be in range of [-{weight.ndim}, "
                f"{weight.ndim - 1}] but got {dim})"
            )
        if n_power_iterations <= 0:
            raise ValueError(
                f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}"
            )
        self.dim = dim % weight.ndim
        self.eps = eps
        self.n_power_iterations = n_power_iterations
        if weight.ndim > 1:
            with no_grad():
                matrix = as_matrix(weight, self.dim)
                u, v = (matrix.new_empty(n).normal_(0, 1) for n in matrix.shape)
            self.register_buffer("_u", normalized(u, eps))
            self.register_buffer("_v", normalized(v, eps))
            self._power_method(matrix, 15)

    @no_grad()
    def _power_method(self, matrix: Tensor, times: int) -> None:
        for _ in range(times):
            self._u.copy_(power_step(matrix, self._v, self.eps))
            self._v.copy_(power_step(matrix.t(), self._u, self.eps))

    def forward(self, weight: Tensor) -> Tensor:
        if weight.ndim == 1:
            return normalized(weight, self.eps)
        matrix = as_matrix(weight, self.dim)
        if self.training:
            self._power_method(matrix, self.n_power_iterations)
        return spectral_weight(weight, matrix, self._u.clone(), self._v.clone())

    def right_inverse(self, value: Tensor) -> Tensor:
        return value


def spectral_norm(
    module: M,
    name: str = "weight",
    n_power_iterations: int = 1,
    eps: float = 1e-12,
    dim: int | None = None,
) -> M:
    """Divide a parameter by its largest singular value, found by the power method (Miyato et al., 2018)."""
    weight = getattr(module, name, None)
    if not isinstance(weight, Tensor):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    if dim is None:
        dim = int(isinstance(module, TRANSPOSED))
    parametrize.register_parametrization(module, name, _SpectralNorm(weight, n_power_iterations, dim, eps))
    return module
