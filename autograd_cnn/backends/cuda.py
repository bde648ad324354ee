"""CUDA's switches: whether products of float32 may use TF32. Those of half precision are always summed in
float32."""

from .. import cuda
from .._devices import precision


class _Products:
    """The switches of matrix products."""

    allow_fp16_reduced_precision_reduction = False
    allow_bf16_reduced_precision_reduction = False

    @property
    def allow_tf32(self) -> bool:
        """Whether the operands of float32 products may be rounded to TF32 on a GPU; False unless told."""
        return precision.tf32_allowed()

    @allow_tf32.setter
    def allow_tf32(self, allowed: bool) -> None:
        precision.allow_tf32(allowed)


matmul = _Products()


def is_built() -> bool:
    """Whether there is a GPU that can be used."""
    return cuda.is_available()
