"""Activations as methods."""

from ..._functions.activation import *
from ..._functions.activation import hardshrink, log_softmax, prelu, relu, softmax


class ActivationMethods:
    """Activations, and their in-place forms."""

    __slots__ = ()

    hardshrink = hardshrink
    log_softmax = log_softmax
    prelu = prelu
    relu = relu
    relu_ = relu_
    softmax = softmax
