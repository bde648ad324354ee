"""CUDA's switches: whether products of float32 may use TF32. Those of half precision are always summed in
float32."""

from .. import cuda
from .._devices import precision

__all__ = ["is_built", "matmul"]


class _Products:
    """The switches of matrix products."""

    allow_fp16_reduced_precision_reduction: bool = False
    allow_bf16_reduced_precision_reduction: bool = False

    @property
    def allow_tf32(self) -> bool:
        """Whether the operands of float32 products may be rounded to TF32 on a GPU; False unless told."""
        return precision.get_float32_matmul_precision() != "highest"

    @allow_tf32.setter
    def allow_tf32(self, allowed: bool) -> None:
        precision.set_float32_matmul_precision("high" if allowed else "highest")


matmul: _Products = _Products()


def is_built() -> bool:
    """Whether there is a GPU that can be used."""
    return cuda.is_available()
