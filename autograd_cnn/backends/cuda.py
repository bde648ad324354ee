"""CUDA's switches, which change nothing: products are float32 throughout."""

from types import SimpleNamespace

from .. import cuda

matmul = SimpleNamespace(allow_tf32=False, allow_fp16_reduced_precision_reduction=False, allow_bf16_reduced_precision_reduction=False)


def is_built() -> bool:
    """Whether there is a GPU that can be used."""
    return cuda.is_available()
