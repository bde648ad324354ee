"""Recurrent layers whose steps are one operator, beside their definition, step by step."""

from typing import Any

import pytest

import autograd_cnn as ag
from autograd_cnn import nn
from autograd_cnn._engine.modes import fusion
from autograd_cnn.nn.utils.rnn import pack_sequence

LAYERS = {
    "RNN": nn.RNN,
    "RNN of relu": lambda *a, **k: nn.RNN(*a, nonlinearity="relu", **k),
    "LSTM": nn.LSTM,
    "GRU": nn.GRU,
}
OPTIONS: dict[str, dict[str, Any]] = {
    "plain": {},
    "two layers, both ways": {"num_layers": 2, "bidirectional": True},
    "no bias, batch first": {"bias": False, "batch_first": True},
}


def results(layer: Any, x: Any, second: bool = False) -> list[ag.Tensor]:
    """Output, state and all gradients; with ``second`` those of the gradients' squares too."""
    x = x.clone().requires_grad_()
    leaves = [x, *layer.parameters()]
    output, state = layer(x)
    found = [output, *(state if isinstance(state, tuple) else (state,))]
    loss = sum((part.sin() * (i + 1)).sum() for i, part in enumerate(found))
    gradients = ag.autograd.grad(loss, leaves, create_graph=second)
    found += gradients
    if second:
        found += ag.autograd.grad(sum((g * g).sum() for g in gradients), leaves)
    return found


def node_names(tensor: ag.Tensor) -> set[str]:
    seen, waiting = set(), [tensor.grad_fn]
    while waiting:
        node = waiting.pop()
        if node is not None and node not in seen:
            seen.add(node)
            waiting += [edge for edge, _ in node.next_functions]
    return {node.name() for node in seen}


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("kind", LAYERS)
def test_at_once_is_step_by_step(kind: str, options: str) -> None:
    layer = LAYERS[kind](3, 4, **OPTIONS[options]).double()
    x = ag.randn(5, 2, 3, dtype=ag.float64)
    found = results(layer, x, second=True)
    with fusion(False):
        expected = results(layer, x, second=True)
    for a, b in zip(found, expected, strict=True):
        ag.testing.assert_close(a, b, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
def test_all_steps_are_one_node(kind: str) -> None:
    layer = LAYERS[kind](3, 4)
    assert len(node_names(layer(ag.randn(50, 2, 3))[0])) < 15
    sequences = pack_sequence([ag.randn(4, 3), ag.randn(2, 3)])
    assert layer(sequences)[0].data.shape == (6, 4)  # of unequal lengths: step by step


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN"])
def test_only_the_state_is_used(kind: str) -> None:
    layer = LAYERS[kind](3, 4).double()
    x = ag.randn(4, 2, 3, dtype=ag.float64, requires_grad=True)

    def slope() -> ag.Tensor:
        state = layer(x)[1]
        return ag.autograd.grad((state[1] if kind == "LSTM" else state).sum(), x)[0]

    found = slope()
    with fusion(False):
        ag.testing.assert_close(found, slope())


def test_a_saturated_cell_keeps_its_slopes() -> None:
    layer = nn.LSTM(2, 3)
    with ag.no_grad():
        for p in layer.parameters():
            p.mul_(40)
    x = ag.randn(6, 2, 2)
    wide = nn.LSTM(2, 3).double()
    wide.load_state_dict(layer.state_dict())
    for a, b in zip(results(layer, x), results(wide, x.double()), strict=True):
        ag.testing.assert_close(a.double(), b, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("dtype", [ag.float16, ag.float32])
@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
def test_dtypes_are_those_of_the_steps(kind: str, dtype: ag.dtype) -> None:
    layer = LAYERS[kind](3, 4).to(dtype)
    x = ag.randn(5, 2, 3, dtype=dtype)

    def dtypes() -> list[ag.dtype]:
        plain = layer(x)[0].dtype
        with ag.autocast("cpu", dtype=ag.float16):
            return [plain, layer(x)[0].dtype]

    found = dtypes()
    with fusion(False):
        assert found == dtypes()
