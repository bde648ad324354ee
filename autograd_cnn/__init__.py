"""Automatic differentiation over NumPy or CuPy arrays, under PyTorch's names."""

import importlib
from typing import TYPE_CHECKING, Any

from . import datasets, utils
from ._dtype import device, dtype, float32, float64, int64
from ._functions.creation import from_numpy, ones, tensor, zeros
from ._functions.elementwise import exp, log, relu, where
from ._functions.joining import cat
from ._modes import enable_grad, inference_mode, no_grad
from ._serialization import FileFormatError, load, save
from ._tensor import Tensor
from .ops import primitive

if TYPE_CHECKING:
    from . import autograd, cuda, datasets, explain, func, linalg, models, nn, onnx, optim, testing, utils

_SUBMODULES = ("autograd", "cuda", "datasets", "explain", "func", "linalg", "models", "nn", "onnx", "optim", "testing", "utils")


def __getattr__(name: str) -> Any:
    """``autograd_cnn.nn`` and its kin are imported when they are first used: the core starts fast."""
    if name in _SUBMODULES:
        return importlib.import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
