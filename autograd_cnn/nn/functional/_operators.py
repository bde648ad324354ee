"""Functions as PyTorch has them at its own top, ``torch.batch_norm``: as its C++ takes their arguments, in
another order than ``torch.nn.functional``, and most of them asked for."""

from collections.abc import Sequence

from ..._creation.random import Generator
from ..._tensor import Tensor
from .._composition import composition
from . import layer_normalization as _layers
from . import normalization as _normalization
from .activation import rrelu as _rrelu
from .dropout import alpha_dropout as _alpha_dropout
from .dropout import dropout as _dropout
from .dropout import feature_alpha_dropout as _feature_alpha_dropout
from .embedding import embedding as _embedding

__all__ = [
    "alpha_dropout",
    "batch_norm",
    "dropout",
    "embedding",
    "feature_alpha_dropout",
    "group_norm",
    "instance_norm",
    "layer_norm",
    "rrelu",
    "rrelu_",
]


@composition(writes=("running_mean", "running_var"))
def batch_norm(
    input: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    training: bool,
    momentum: float,
    eps: float,
    cudnn_enabled: bool,
) -> Tensor:
    """See :func:`autograd_cnn.nn.functional.batch_norm`; here one value per channel is enough, and comes out
    as the bias. ``cudnn_enabled`` changes nothing."""
    return _normalization.over_batch(input, running_mean, running_var, weight, bias, training, momentum, eps)


@composition(writes=("running_mean", "running_var"))
def instance_norm(
    input: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    use_input_stats: bool,
    momentum: float,
    eps: float,
    cudnn_enabled: bool,
) -> Tensor:
    """See :func:`autograd_cnn.nn.functional.instance_norm`; here one value per channel is enough, and comes
    out as the bias. ``cudnn_enabled`` changes nothing."""
    return _layers.over_instances(
        input, running_mean, running_var, weight, bias, use_input_stats, momentum, eps
    )


def layer_norm(
    input: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
    cudnn_enable: bool = True,
) -> Tensor:
    """See :func:`autograd_cnn.nn.functional.layer_norm`; ``cudnn_enable`` changes nothing."""
    return _layers.layer_norm(input, normalized_shape, weight, bias, eps)


@composition
def group_norm(
    input: Tensor,
    num_groups: int,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
    cudnn_enabled: bool = True,
) -> Tensor:
    """See :func:`autograd_cnn.nn.functional.group_norm`; here one value per group is enough, and comes out as
    the bias. ``cudnn_enabled`` changes nothing."""
    return _layers.over_groups(input, num_groups, weight, bias, eps)


def dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """See :func:`autograd_cnn.nn.functional.dropout`."""
    return _dropout(input, p, train)


def alpha_dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """See :func:`autograd_cnn.nn.functional.alpha_dropout`."""
    return _alpha_dropout(input, p, train)


def feature_alpha_dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """See :func:`autograd_cnn.nn.functional.feature_alpha_dropout`."""
    return _feature_alpha_dropout(input, p, train)


def embedding(
    weight: Tensor,
    indices: Tensor,
    padding_idx: int = -1,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """See :func:`autograd_cnn.nn.functional.embedding`; a negative ``padding_idx`` is none."""
    padding = None if padding_idx < 0 else padding_idx
    return _embedding(indices, weight, padding, scale_grad_by_freq=scale_grad_by_freq, sparse=sparse)


def rrelu(
    input: Tensor,
    lower: float = 1.0 / 8,
    upper: float = 1.0 / 3,
    training: bool = False,
    generator: Generator | None = None,
) -> Tensor:
    """See :func:`autograd_cnn.nn.functional.rrelu`; slopes are drawn from ``generator``."""
    return _rrelu(input, lower, upper, training, generator=generator)


def rrelu_(
    input: Tensor,
    lower: float = 1.0 / 8,
    upper: float = 1.0 / 3,
    training: bool = False,
    generator: Generator | None = None,
) -> Tensor:
    """:func:`rrelu` in place."""
    return _rrelu(input, lower, upper, training, True, generator=generator)
