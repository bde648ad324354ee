"""Every kernel once on little data, in its parallel and its serial version, so that both are compiled and on
disk."""

import numpy as np

from .._geometry import Geometry
from . import _compiled as k
from . import _launch, _switches


def warmup():
    """Compile everything; what this process may run is restored afterwards."""
    worth, alone = _launch.WORTH_THREADS, _switches.serial_only
    try:
        for serially in (False, True):
            _launch.WORTH_THREADS, _switches.serial_only = 0, serially
            _convolutions()
            _others()
    finally:
        _launch.WORTH_THREADS, _switches.serial_only = worth, alone


def _convolutions():
    for channels, outputs, padding, stride in ((2, 3, 0, 2), (32, 32, 1, 1)):
        x, w = np.ones((64, 8, 8, channels), np.float32), np.ones((outputs, channels, 3, 3), np.float32)
        geometry = Geometry.even((3, 3), (stride, stride), (padding, padding), (1, 1))
        places = geometry.positions((8, 8))
        for exact in (False, True):
            y = k.convolution.forward(x, w, np.ones(outputs, np.float32), geometry, places, exact)
            k.convolution.input_gradient(y, w, (8, 8), geometry, exact)
            k.convolution.weight_gradient(x, y, w.shape, geometry, exact)


def _others():
    image, plain = np.ones((2, 4, 4, 3), np.float32), np.ones((2, 3, 4, 4), np.float32)
    geometry = Geometry.even((2, 2), (2, 2), (0, 0), (1, 1))
    k.layout.channels_last(plain)
    k.layout.channel_sum(image)
    pooled, index = k.pooling.max_pool(image, (2, 2), geometry)
    k.pooling.max_unpool(pooled, index, (4, 4), geometry)
    k.pooling.window_spread(k.pooling.window_sum(image, 0.25, (2, 2), geometry), 0.25, (4, 4), geometry)
    vector = np.ones(3, np.float32)
    _, mean, variance = k.normalization.batch_norm(image, vector, vector, 1e-5)
    k.normalization.gradients(image, image, vector, mean, variance, 1e-5)
    a, b = np.ones((3, 5), np.float32), np.ones((4, 5), np.float32)
    k.product.product(a, b.T, np.ones(4, np.float32))
    k.elementwise.relu_gradient(k.elementwise.relu(a), a)
    k.loss.cross_entropy(a, np.zeros(3, np.int64), -100)
    k.loss.cross_entropy_gradient(a, np.zeros(3, np.int64), -100)
    options = {"rate": 0.1, "decay": 0.0, "maximize": False}
    k.optimizer.sgd(
        a, a, np.ones_like(a), momentum=0.9, dampening=0.0, nesterov=False, started=True, **options
    )
    k.optimizer.adam(
        a, a, a.copy(), a.copy(), beta1=0.9, beta2=0.99, epsilon=1e-8, decoupled=False, root=1.0, **options
    )
