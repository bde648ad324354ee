"""Writing models as ONNX files. It needs the package ``onnx``: ``pip install 'autograd-cnn[onnx]'``."""

from ._export import export as export

__all__ = ["export", "is_in_onnx_export"]


def is_in_onnx_export() -> bool:
    """False: a model is written as it runs at other times, and need not take another way."""
    return False
