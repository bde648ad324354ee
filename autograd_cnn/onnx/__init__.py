"""Writing models as ONNX files. It needs the package ``onnx``: ``pip install 'autograd-cnn[onnx]'``."""

from ._export import export as export

__all__ = ["export"]
