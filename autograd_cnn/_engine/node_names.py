"""What PyTorch calls the nodes of its graph, so that a tensor's ``grad_fn=<MulBackward0>`` prints as
there."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

_NAMES = {
    "absolute": "Abs",
    "affine": "Addmm",
    "average_pool": "AvgPool2D",
    "batch_norm": "NativeBatchNorm",
    "biased_convolution": "Convolution",
    "broadcast_to": "Expand",
    "cast": "ToCopy",
    "concatenate": "Cat",
    "contiguous": "Clone",
    "convolution_input_gradient": "Convolution",
    "divide": "Div",
    "euclidean_norm": "LinalgVectorNorm",
    "log10": "Log10",
    "log1p": "Log1P",
    "log2": "Log2",
    "log_softmax": "LogSoftmax",
    "max_pool": "MaxPool2DWithIndices",
    "multiply": "Mul",
    "negative": "Neg",
    "p_norm": "LinalgVectorNorm",
    "pad": "ConstantPadNd",
    "power": "Pow",
    "put_view": "CopySlices",
    "reshape": "View",
    "replace": "Copy",
    "setitem": "CopySlices",
    "softmax_cross_entropy": "NllLoss",
    "square": "Pow",
    "subtract": "Sub",
    "take_along": "Gather",
    "transpose": "Permute",
}


def node_name(name: str, value_of: Callable[[str], Any]) -> str:
    """PyTorch's name for a node of our primitive ``name``; ``value_of`` tells what it kept."""
    if name == "getitem":
        return _reading(value_of("index"))
    if name in ("sum", "mean"):
        return f"{name.capitalize()}Backward{int(value_of('axis') is not None)}"
    if name == "matmul":
        shape = value_of("x_shape") or value_of("y_shape") or ()
        return "MmBackward0" if len(shape) == 2 else "BmmBackward0"
    if name in ("amax", "amin") and value_of("axis") is None:
        return f"{name[1:].capitalize()}Backward1"
    known = _NAMES.get(name)
    return (known or "".join(part.capitalize() for part in name.split("_"))) + "Backward0"


def _reading(index: Any) -> str:
    parts = index if isinstance(index, tuple) else (index,)
    last = parts[-1] if parts else None
    if any(hasattr(part, "dtype") for part in parts):
        return "IndexBackward0"
    if last is None:
        return "UnsqueezeBackward0"
    return "SelectBackward0" if isinstance(last, int) else "SliceBackward0"


def operator_name(name: str, value_of: Callable[[str], Any]) -> str:
    """What PyTorch calls the operator itself, ``addmm`` or ``max_pool2d_with_indices``: what profiles and
    counts say."""
    node = re.sub(r"Backward\d$", "", node_name(name, value_of))
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=D)(?=W)", "_", node).lower()


def running_name(name: str, operands: Sequence[Any], params: Mapping[str, Any]) -> str:
    """The same of an operator that has just run on ``operands``."""

    def value_of(key: str) -> Any:
        return getattr(operands[0], "shape", None) if key == "x_shape" else params.get(key)

    return operator_name(name, value_of)
