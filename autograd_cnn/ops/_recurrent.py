"""Recurrent layers over all their steps at once: what does not depend on the state is computed for all steps
together, and each step is one product and few elementwise operations.

``gates`` (T, B, kinds H) are the products of the inputs and the biases; a state is (B, H), the weights of the
state are (kinds H, H). In the rules a capital stands for all steps: ``before`` is the state that a step saw.
"""

from ._arrays import array_module
from ._errors import ShapeError
from ._exponential import sigmoid
from ._joining import concatenate, stack
from ._primitive import primitive
from ._reduction import sum
from ._trigonometric import tanh


def _check(name, kinds, gates, weight, *states):
    """Refuse what does not fit together."""
    width = weight.shape[-1]
    if gates.ndim != 3 or weight.shape != (kinds * width, width) or gates.shape[2] != kinds * width:
        raise ShapeError(
            f"{name}: expected gates (T, B, {kinds} H) and a weight ({kinds} H, H), got shapes "
            f"{gates.shape} and {weight.shape}"
        )
    for state in states:
        if state.shape != (gates.shape[1], width):
            raise ShapeError(f"{name}: a state must be {(gates.shape[1], width)}, got {state.shape}")


def _results(gates, width, count):
    xp = array_module(gates)
    return [xp.empty((*gates.shape[:2], width), gates.dtype) for _ in range(count)]


def before(first, results):
    """What each step saw: ``first``, then the result of the step before."""
    return concatenate(first[None], results[:-1], axis=0)


def _part(gates, k, width):
    return gates[..., k * width : (k + 1) * width]


def _sigmoid_slope(x):
    """Far out too, where a sigmoid near 1 tells no slope."""
    return sigmoid(x) * sigmoid(-x)


def _tanh_slope(x):
    return _sigmoid_slope(x * 2.0) * 4.0


def over_steps(signal, before):
    """The gradient of a weight: the sum over steps of signal^T before."""
    flat = (signal.shape[0] * signal.shape[1], signal.shape[2])
    return signal.reshape(flat).swapaxes(0, 1) @ before.reshape((flat[0], before.shape[2]))


def _sum(a, b):
    """Where one of the two may be missing."""
    return b if a is None else a if b is None else a + b


@primitive(outputs=("hidden", "cells"))
def lstm(gates, h, c, weight, /):
    """The states of an LSTM after each step: c' = sigmoid(f) c + sigmoid(i) tanh(g) and h' = sigmoid(o)
    tanh(c'), with the gates i, f, g, o = gates + U h (Hochreiter and Schmidhuber 1997)."""
    _check("lstm", 4, gates, weight, h, c)
    width = weight.shape[1]
    xp, turned = array_module(gates), weight.swapaxes(0, 1)
    hidden, cells = _results(gates, width, 2)
    for t in range(len(gates)):
        z = gates[t] + h @ turned
        open_ = sigmoid(z)
        c = _part(open_, 1, width) * c
        c += _part(open_, 0, width) * xp.tanh(_part(z, 2, width))
        cells[t] = c
        h = xp.multiply(_part(open_, 3, width), xp.tanh(c), out=hidden[t])
    return hidden, cells


def through_lstm(g_hidden, g_cells, gates, h, c, weight, hidden, cells):
    """Through time, from the last step on: dh = g + U^T da of the step after, dc = g + f' dc' + dh o (1 -
    tanh(c)**2); da are the signals of the gates, by their slopes."""
    width = weight.shape[1]
    cells_before = before(c, cells)
    z = gates + before(h, hidden) @ weight.swapaxes(0, 1)
    i, f, g, o = (_part(z, k, width) for k in range(4))
    kept, out = sigmoid(f), sigmoid(o) * _tanh_slope(cells)
    of_cell = (
        tanh(g) * _sigmoid_slope(i),
        cells_before * _sigmoid_slope(f),
        sigmoid(i) * _tanh_slope(g),
    )
    of_hidden = tanh(cells) * _sigmoid_slope(o)
    dh = dc = None
    signals = []
    for t in range(gates.shape[0] - 1, -1, -1):
        dh = _sum(dh, None if g_hidden is None else g_hidden[t])
        dc = _sum(dc, None if g_cells is None else g_cells[t])
        dc = _sum(dc, None if dh is None else dh * out[t])
        last = dc * 0.0 if dh is None else dh * of_hidden[t]
        signals.append(concatenate(*(dc * part[t] for part in of_cell), last, axis=1))
        dh, dc = signals[-1] @ weight, dc * kept[t]
    signal = stack(*signals[::-1], axis=0)
    return signal, dh, dc


_LSTM = "through_lstm(g_hidden, g_cells, gates, h, c, weight, hidden, cells)"


@lstm.vjp(
    *("gates", "h", "c", "weight"),
    formula=f"({_LSTM}[0], {_LSTM}[1], {_LSTM}[2], over_steps({_LSTM}[0], before(h, hidden)))",
)
def lstm_operands(g_hidden, g_cells, gates, h, c, weight, hidden, cells):
    signal, dh, dc = through_lstm(g_hidden, g_cells, gates, h, c, weight, hidden, cells)
    return signal, dh, dc, over_steps(signal, before(h, hidden))


@primitive
def gru(gates, h, weight, bias, /):
    """The states of a GRU after each step: h' = n + z (h - n), with r, z = sigmoid(gates + U h + b) and n =
    tanh(gate + r (U h + b)) (Cho et al. 2014)."""
    _check("gru", 3, gates, weight, h)
    width = weight.shape[1]
    xp, turned = array_module(gates), weight.swapaxes(0, 1)
    (hidden,) = _results(gates, width, 1)
    for t in range(len(gates)):
        a, b = gates[t], h @ turned + bias
        open_ = sigmoid(a[:, : 2 * width] + b[:, : 2 * width])
        new = xp.tanh(_part(a, 2, width) + _part(open_, 0, width) * _part(b, 2, width))
        hidden[t] = new + _part(open_, 1, width) * (h - new)
        h = hidden[t]
    return hidden


def through_gru(g, gates, h, weight, bias, out):
    """Through time, from the last step on: dh = g + z' dh' + U^T db of the step after; da and db are the
    signals of the gates of the inputs and of the state, which are the same but for n's."""
    width = weight.shape[1]
    seen = before(h, out)
    b = seen @ weight.swapaxes(0, 1) + bias
    r, z = (_part(gates, k, width) + _part(b, k, width) for k in (0, 1))
    share = sigmoid(r)
    n = _part(gates, 2, width) + share * _part(b, 2, width)
    kept = sigmoid(z)
    to_n = (1.0 - kept) * _tanh_slope(n)
    to_r, to_z = to_n * _part(b, 2, width) * _sigmoid_slope(r), (seen - tanh(n)) * _sigmoid_slope(z)
    dh = None
    signals, hidden_signals = [], []
    for t in range(gates.shape[0] - 1, -1, -1):
        dh = _sum(dh, g[t])
        first, dn = concatenate(dh * to_r[t], dh * to_z[t], axis=1), dh * to_n[t]
        signals.append(concatenate(first, dn, axis=1))
        hidden_signals.append(concatenate(first, dn * share[t], axis=1))
        dh = dh * kept[t] + hidden_signals[-1] @ weight
    signal, hidden_signal = stack(*signals[::-1], axis=0), stack(*hidden_signals[::-1], axis=0)
    return signal, dh, hidden_signal


_GRU = "through_gru(g, gates, h, weight, bias, out)"


@gru.vjp(
    *("gates", "h", "weight", "bias"),
    formula=f"({_GRU}[0], {_GRU}[1], over_steps({_GRU}[2], before(h, out)), sum({_GRU}[2], axis=(0, 1)))",
)
def gru_operands(g, gates, h, weight, bias, out):
    signal, dh, hidden_signal = through_gru(g, gates, h, weight, bias, out)
    return signal, dh, over_steps(hidden_signal, before(h, out)), sum(hidden_signal, axis=(0, 1))


@primitive
def elman(gates, h, weight, /):
    """The states of a plain recurrent layer after each step: h' = tanh(gates + U h) (Elman 1990)."""
    _check("elman", 1, gates, weight, h)
    xp, turned = array_module(gates), weight.swapaxes(0, 1)
    (hidden,) = _results(gates, weight.shape[1], 1)
    for t in range(len(gates)):
        h = xp.tanh(gates[t] + h @ turned, out=hidden[t])
    return hidden


def through_elman(g, gates, h, weight, out):
    """Through time, from the last step on: da = (g + U^T da of the step after) (1 - h**2)."""
    slope = _tanh_slope(gates + before(h, out) @ weight.swapaxes(0, 1))
    dh = None
    signals = []
    for t in range(gates.shape[0] - 1, -1, -1):
        signals.append(_sum(dh, g[t]) * slope[t])
        dh = signals[-1] @ weight
    return stack(*signals[::-1], axis=0), dh


_ELMAN = "through_elman(g, gates, h, weight, out)"


@elman.vjp(
    *("gates", "h", "weight"),
    formula=f"({_ELMAN}[0], {_ELMAN}[1], over_steps({_ELMAN}[0], before(h, out)))",
)
def elman_operands(g, gates, h, weight, out):
    signal, dh = through_elman(g, gates, h, weight, out)
    return signal, dh, over_steps(signal, before(h, out))


lstm.samples(
    lambda draw: [
        (draw(3, 2, 12), draw(2, 3), draw(2, 3), draw(12, 3)),
        (draw(1, 2, 4), draw(2, 1), draw(2, 1), draw(4, 1)),
    ]
)
gru.samples(
    lambda draw: [
        (draw(3, 2, 9), draw(2, 3), draw(9, 3), draw(9)),
        (draw(1, 2, 3), draw(2, 1), draw(3, 1), draw(3)),
    ]
)
elman.samples(
    lambda draw: [
        (draw(3, 2, 3), draw(2, 3), draw(3, 3)),
        (draw(1, 2, 1), draw(2, 1), draw(1, 1)),
    ]
)
