"""One step of a recurrent network: the next state from an input and the state before.

Each takes an input (B, I), a state - a tuple of tensors (B, H) of which the first is the output - and the
weights.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from ... import ops
from ..._engine.single import in_single
from ..._tensor import Tensor
from .linear import linear

State = tuple[Tensor, ...]


class Weights(NamedTuple):
    """What a step multiplies with and adds; None where there is no bias and no projection."""

    weight_ih: Tensor
    weight_hh: Tensor
    bias_ih: Tensor | None = None
    bias_hh: Tensor | None = None
    weight_hr: Tensor | None = None


Step = Callable[[Tensor, State, Weights], State]


def _gates(x: Tensor, h: Tensor, weights: Weights) -> tuple[Tensor, Tensor]:
    w_ih, w_hh, b_ih, b_hh, _ = weights
    return linear(x, w_ih, b_ih), linear(h, w_hh, b_hh)


def _part(gates: Tensor, i: int, count: int) -> Tensor:
    size = gates.array.shape[1] // count
    return ops.getitem(gates, index=(slice(None), slice(i * size, (i + 1) * size)))


@in_single(half="kernels")
def tanh_step(x: Tensor, state: State, weights: Weights) -> State:
    """h' = tanh(W x + b + U h + c) (Elman 1990)."""
    a, b = _gates(x, state[0], weights)
    return (ops.tanh(a + b),)


@in_single(half="kernels")
def relu_step(x: Tensor, state: State, weights: Weights) -> State:
    """h' = max(W x + b + U h + c, 0)."""
    a, b = _gates(x, state[0], weights)
    return (ops.relu(a + b),)


@in_single(half="kernels")
def lstm_step(x: Tensor, state: State, weights: Weights) -> State:
    """c' = sigmoid(f) c + sigmoid(i) tanh(g), h' = sigmoid(o) tanh(c'), projected by w_hr (Hochreiter and
    Schmidhuber 1997)."""
    a, b = _gates(x, state[0], weights)
    gates = a + b
    i, f, o = (ops.sigmoid(_part(gates, k, 4)) for k in (0, 1, 3))
    cell = f * state[1] + i * ops.tanh(_part(gates, 2, 4))
    hidden = o * ops.tanh(cell)
    return (hidden if weights.weight_hr is None else linear(hidden, weights.weight_hr), cell)


@in_single(half="kernels")
def gru_step(x: Tensor, state: State, weights: Weights) -> State:
    """h' = n + z (h - n), with n = tanh(W x + r U h) and the gates r and z (Cho et al. 2014)."""
    a, b = _gates(x, state[0], weights)
    r, z = (ops.sigmoid(_part(a, k, 3) + _part(b, k, 3)) for k in (0, 1))
    new = ops.tanh(_part(a, 2, 3) + r * _part(b, 2, 3))
    return (new + z * (state[0] - new),)


STEPS: dict[str, Step] = {"RNN_TANH": tanh_step, "RNN_RELU": relu_step, "LSTM": lstm_step, "GRU": gru_step}


@in_single(half="kernels")
def run(
    step: Step, inputs: list[Tensor], state: State, weights: Weights, reverse: bool
) -> tuple[list[Tensor], State]:
    """The outputs of all steps and the last state, over inputs (B_t, I) of which later ones may hold fewer
    sequences.

    Where sequences end, their states are set aside; in reverse, states come in where sequences begin.
    """
    outputs: list[Any] = [None] * len(inputs)
    if reverse:
        start, now = state, tuple(s[:0] for s in state)
        for t in range(len(inputs) - 1, -1, -1):
            have, want = now[0].array.shape[0], inputs[t].array.shape[0]
            if want > have:
                now = tuple(
                    s[:want] if have == 0 else ops.concatenate(n, s[have:want])
                    for n, s in zip(now, start, strict=True)
                )
            now = step(inputs[t], now, weights)
            outputs[t] = now[0]
        return outputs, now
    ended: list[State] = []
    for t, x in enumerate(inputs):
        want = x.array.shape[0]
        if want < state[0].array.shape[0]:
            ended.append(tuple(s[want:] for s in state))
            state = tuple(s[:want] for s in state)
        state = step(x, state, weights)
        outputs[t] = state[0]
    if ended:
        state = tuple(ops.concatenate(*parts) for parts in zip(state, *reversed(ended), strict=True))
    return outputs, state


def pieces(x: Tensor, sizes: list[int]) -> list[Tensor]:
    """``x`` cut along its first axis. By halves, so that the gradients are put together in log2 rounds."""
    if len(sizes) <= 1:
        return [x] if sizes else []
    middle = len(sizes) // 2
    cut = sum(sizes[:middle])
    return pieces(ops.getitem(x, index=slice(None, cut)), sizes[:middle]) + pieces(
        ops.getitem(x, index=slice(cut, None)), sizes[middle:]
    )
