"""Optimizer steps in one pass over flat memory: parameter, gradient and state are each read and written
once."""

import numpy as np
from numba import prange

from ._elementwise import PIECE, same_memory
from ._launch import BOOL, FLOAT, kernel, read, written


@kernel(written(1), read(1), written(1), FLOAT, FLOAT, FLOAT, FLOAT, BOOL, BOOL, FLOAT)
def _sgd(w, g, v, rate, momentum, undamped, decay, nesterov, started, sign):
    for piece in prange((w.size + PIECE - 1) // PIECE):
        begin, end = piece * PIECE, (piece + 1) * PIECE
        a, b, c = w[begin:end], g[begin:end], v[begin:end]
        if c.size == 0:
            for i in range(a.size):
                a[i] -= rate * (sign * b[i] + decay * a[i])
        elif nesterov:
            for i in range(a.size):
                d = sign * b[i] + decay * a[i]
                c[i] = momentum * c[i] + undamped * d if started else d
                a[i] -= rate * (d + momentum * c[i])
        else:
            for i in range(a.size):
                d = sign * b[i] + decay * a[i]
                c[i] = momentum * c[i] + undamped * d if started else d
                a[i] -= rate * c[i]


_NONE = np.empty(0, np.float32)


def sgd(parameter, gradient, velocity, *, rate, momentum, dampening, decay, nesterov, started, maximize):
    """One step of SGD written into ``parameter`` and ``velocity`` (None without momentum); False where their
    memories differ."""
    flat = (
        same_memory(parameter, gradient) if velocity is None else same_memory(parameter, gradient, velocity)
    )
    if flat is None:
        return False
    w, g, *v = flat
    f = np.float32
    _sgd.sized(
        w.size // 2, w, g, v[0] if v else _NONE, f(rate), f(momentum), f(1 - dampening), f(decay), nesterov,
        started, f(-1 if maximize else 1)
    )  # fmt: skip
    return True


@kernel(written(1), read(1), written(1), written(1), FLOAT, FLOAT, FLOAT, FLOAT, FLOAT, BOOL, FLOAT, FLOAT)
def _adam(w, g, m, s, rate, beta1, beta2, epsilon, decay, decoupled, root, sign):
    for piece in prange((w.size + PIECE - 1) // PIECE):
        begin, end = piece * PIECE, (piece + 1) * PIECE
        a, b, c, d = w[begin:end], g[begin:end], m[begin:end], s[begin:end]
        for i in range(a.size):
            slope = sign * b[i] + (np.float32(0) if decoupled else decay * a[i])
            value = a[i] * (np.float32(1) - decay) if decoupled else a[i]
            c[i] += (slope - c[i]) * (np.float32(1) - beta1)
            d[i] = beta2 * d[i] + (np.float32(1) - beta2) * slope * slope
            a[i] = value - rate * c[i] / (np.sqrt(d[i]) / root + epsilon)


def adam(
    parameter, gradient, first, second, *, rate, beta1, beta2, epsilon, decay, decoupled, root, maximize
):
    """One step of Adam; ``rate`` is divided by 1 - beta1^t already, ``root`` is sqrt(1 - beta2^t), ``decay``
    lr λ if decoupled."""
    flat = same_memory(parameter, gradient, first, second)
    if flat is None:
        return False
    f = np.float32
    _adam.sized(
        parameter.size, *flat, f(rate), f(beta1), f(beta2), f(epsilon), f(decay), decoupled, f(root),
        f(-1 if maximize else 1)
    )  # fmt: skip
    return True
