"""Activations as methods."""

from ..._functions.activation import *


class ActivationMethods:
    """Activations, and their in-place forms."""

    __slots__ = ()

    log_softmax = log_softmax
    relu = relu
    relu_ = relu_
    softmax = softmax
