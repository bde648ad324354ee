"""Optimizer steps over all parameters in one launch for every 64 tensors."""

import numpy as np

from ._launch import MOST_BLOCKS, THREADS, Family, i32, to_read, to_write, total_type

_kernels = Family("optimizer")
MOST = 64
"""Tensors of one launch: their addresses travel with it by value, which has 4 KB."""
GRADIENT = 1
"""The role of what is read only."""


def _launch(name, tensors, *numbers):
    """``tensors``: for each one, its arrays by role."""
    like = tensors[0][0]
    number = total_type(like)
    for begin in range(0, len(tensors), MOST):
        some = tensors[begin : begin + MOST]
        memory, sizes = np.zeros((4, MOST), np.uint64), np.zeros(MOST, np.int32)
        some = [
            [(to_read if role == GRADIENT else to_write)(name, a) for role, a in enumerate(arrays)]
            for arrays in some
        ]
        for i, arrays in enumerate(some):
            memory[: len(arrays), i] = [a.data.ptr for a in arrays]
            sizes[i] = arrays[0].size
        struct = np.frombuffer(
            memory.tobytes() + sizes.tobytes(), np.dtype((np.void, memory.nbytes + sizes.nbytes))
        )
        blocks = min(-(-int(sizes.max()) // (4 * THREADS)), MOST_BLOCKS)
        values = [number(n) if isinstance(n, float) else i32(n) for n in numbers]
        _kernels.blocks(name, (max(blocks, 1), len(some)), (THREADS,), struct, *values, like=like)


def sgd(tensors, *, rate, momentum, dampening, decay, nesterov, started, maximize):
    """One step of SGD written into (parameter, gradient, velocity) each; without momentum into (parameter,
    gradient)."""
    sign = -1.0 if maximize else 1.0
    _launch(
        "sgd",
        tensors,
        float(rate),
        float(momentum),
        float(1 - dampening),
        float(decay),
        sign,
        bool(momentum),
        started,
        nesterov,
    )


def adam(tensors, *, rate, beta1, beta2, epsilon, decay, decoupled, root, maximize):
    """One step of Adam written into (parameter, gradient, mean, square) each; the numbers are those of the
    Numba kernel."""
    sign = -1.0 if maximize else 1.0
    _launch(
        "adam",
        tensors,
        float(rate),
        float(beta1),
        float(beta2),
        float(epsilon),
        float(decay),
        float(root),
        sign,
        decoupled,
    )
