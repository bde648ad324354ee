"""Activations as methods."""

from ..._functions.activation import *
from ..._functions.activation import log_softmax, relu, softmax


class ActivationMethods:
    """Activations, and their in-place forms."""

    __slots__ = ()

    log_softmax = log_softmax
    relu = relu
    relu_ = relu_
    softmax = softmax
