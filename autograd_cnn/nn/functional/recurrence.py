"""One step of a recurrent network: the next state from an input and the state before.

Each takes an input (B, I), a state - a tuple of tensors (B, H) of which the first is the output - and the
weights.
"""

from collections.abc import Callable, Sequence
from types import NotImplementedType
from typing import NamedTuple

from ... import ops
from ..._engine.single import in_single
from ..._tensor import Tensor
from .._composition import fusible
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
    mode: str, x: Tensor, sizes: Sequence[int], state: State, weights: Weights, reverse: bool
) -> tuple[Tensor, State]:
    """The outputs of all steps (N, H), and the last state, of inputs (N, I) one step after another: ``sizes``
    says how many sequences each step holds, later ones perhaps fewer.

    Where sequences end, their states are set aside; in reverse, states come in where sequences begin.
    """
    return steps(x, state, weights, mode, tuple(sizes), reverse)


@fusible
def steps(
    x: Tensor, state: State, weights: Weights, mode: str, sizes: tuple[int, ...], reverse: bool
) -> tuple[Tensor, State]:
    """One step after another, each by its definition."""
    outputs, last = (_backward if reverse else _forward)(STEPS[mode], pieces(x, [*sizes]), state, weights)
    return ops.concatenate(*outputs), last


def _forward(step: Step, inputs: list[Tensor], state: State, weights: Weights) -> tuple[list[Tensor], State]:
    ended: list[State] = []
    outputs = []
    for x in inputs:
        want = x.array.shape[0]
        if want < state[0].array.shape[0]:
            ended.append(tuple(s[want:] for s in state))
            state = tuple(s[:want] for s in state)
        state = step(x, state, weights)
        outputs.append(state[0])
    if ended:
        state = tuple(ops.concatenate(*parts) for parts in zip(state, *reversed(ended), strict=True))
    return outputs, state


def _backward(step: Step, inputs: list[Tensor], state: State, weights: Weights) -> tuple[list[Tensor], State]:
    outputs, now = [], tuple(s[:0] for s in state)
    for x in reversed(inputs):
        have, want = now[0].array.shape[0], x.array.shape[0]
        if want > have:
            now = tuple(
                s[:want] if have == 0 else ops.concatenate(n, s[have:want])
                for n, s in zip(now, state, strict=True)
            )
        now = step(x, now, weights)
        outputs.append(now[0])
    return outputs[::-1], now


@steps.fused
def as_one_operator(
    x: Tensor, state: State, weights: Weights, mode: str, sizes: tuple[int, ...], reverse: bool
) -> tuple[Tensor, State] | NotImplementedType:
    """Where every step holds the same sequences, of floats of one dtype, and nothing is projected."""
    w_ih, w_hh, b_ih, b_hh, w_hr = weights
    kinds = {t.array.dtype for t in (x, *state, *weights) if t is not None}
    if (
        mode not in OPERATORS
        or w_hr is not None
        or sizes[0] != sizes[-1]
        or not x.array.size
        or len(kinds) > 1
    ):
        return NotImplemented
    if mode != "GRU" and b_ih is not None and b_hh is not None:
        b_ih = b_ih + b_hh
    gates = linear(x, w_ih, b_ih)
    if gates.array.dtype not in kinds:  # under autocast each operator has a dtype of its own
        return NotImplemented
    gates = ops.reshape(gates, shape=(len(sizes), sizes[0], w_ih.array.shape[0]))
    gates = ops.flip(gates, axis=0) if reverse else gates
    found = OPERATORS[mode](gates, state, w_hh, b_hh)
    last = tuple(s[-1] for s in found)
    output = ops.flip(found[0], axis=0) if reverse else found[0]
    return ops.reshape(output, shape=(x.array.shape[0], w_hh.array.shape[1])), last


OPERATORS: dict[str, Callable[[Tensor, State, Tensor, Tensor | None], State]] = {
    "LSTM": lambda gates, state, weight, _: ops.lstm(gates, *state, weight),
    "GRU": lambda gates, state, weight, bias: (
        ops.gru(gates, *state, weight, gates._lift(weight.array[:, 0] * 0, None) if bias is None else bias),
    ),
    "RNN_TANH": lambda gates, state, weight, _: (ops.elman(gates, *state, weight),),
}


def pieces(x: Tensor, sizes: list[int]) -> list[Tensor]:
    """``x`` cut along its first axis. By halves, so that the gradients are put together in log2 rounds."""
    if len(sizes) <= 1:
        return [x] if sizes else []
    middle = len(sizes) // 2
    cut = sum(sizes[:middle])
    return pieces(ops.getitem(x, index=slice(None, cut)), sizes[:middle]) + pieces(
        ops.getitem(x, index=slice(cut, None)), sizes[middle:]
    )
