"""Weights of recurrent layers that are pruned, taken apart or computed from others."""

from importlib import import_module

import pytest

import autograd_cnn as ag
from tests.recorded import pytorch

LAYERS = {
    "two ways": lambda nn: nn.LSTM(2, 3, 2, bidirectional=True),
    "no bias": lambda nn: nn.GRU(2, 3, bias=False),
    "plain": lambda nn: nn.RNN(2, 3),
    "a cell": lambda nn: nn.GRUCell(2, 3),
}


def dropped(t, layer, name):
    """As regularized language models do it: the parameter has another name, and the weight is a tensor."""
    weight = layer._parameters.pop(name)
    layer.register_parameter(f"{name}_raw", weight)
    setattr(layer, name, t.nn.functional.dropout(getattr(layer, f"{name}_raw"), 0.0, True))


def doubled(t, layer, name):
    class Double(t.nn.Module):
        def forward(self, weight):
            return 2 * weight

    t.nn.utils.parametrize.register_parametrization(layer, name, Double())


def pruned(t, layer, name):
    import_module(f"{t.__name__}.nn.utils.prune").l1_unstructured(layer, name, 3)


WAYS = {
    "pruned": pruned,
    "length and direction": lambda t, layer, name: t.nn.utils.parametrizations.weight_norm(layer, name),
    "parametrized": doubled,
    "dropped": dropped,
}


def run(t, layer, way):
    made = LAYERS[layer](t.nn)
    with t.no_grad():
        for i, parameter in enumerate(made.parameters()):
            parameter.copy_(0.1 * t.arange(parameter.numel()).reshape(parameter.shape) - 0.23 * (i + 1))
    name = next(name for name, _ in made.named_parameters() if name.startswith("weight_hh"))
    WAYS[way](t, made, name)
    x = t.linspace(-1, 1, 8).reshape((4, 2) if layer == "a cell" else (4, 1, 2))
    output = made(x) if layer == "a cell" else made(x)[0]
    output.square().sum().backward()
    gradients = {name: p.grad for name, p in sorted(made.named_parameters())}
    weights = [] if layer == "a cell" else [[list(w.shape) for w in row] for row in made.all_weights]
    return output, list(gradients), list(gradients.values()), weights


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("layer", LAYERS)
def test_results_and_gradients_are_pytorchs(layer, way):
    pytorch.gives(run(ag, layer, way), run, layer, way, rtol=1e-5, atol=1e-6)
