"""A layer's state_dict crosses to PyTorch and back, by file too; outputs and all gradients are then equal."""

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import nn

rng = np.random.default_rng(0)

LAYERS = {
    "Linear": ((4, 3), {}, (5, 4)),
    "Linear without bias": ((4, 3), {"bias": False}, (5, 4)),
    "Bilinear": ((3, 4, 2), {}, (5, 3), (5, 4)),
    "Conv1d": ((2, 4, 3), {"padding": 1, "padding_mode": "reflect"}, (2, 2, 7)),
    "Conv2d": ((4, 6, 3), {"stride": 2, "groups": 2, "dilation": 2}, (2, 4, 9, 8)),
    "Conv3d": ((1, 2, 2), {"bias": False}, (1, 1, 4, 3, 3)),
    "ConvTranspose1d": ((2, 3, 3), {"stride": 2}, (2, 2, 5)),
    "ConvTranspose2d": ((4, 2, 3), {"stride": 2, "output_padding": 1, "groups": 2}, (1, 4, 4, 4)),
    "ConvTranspose3d": ((1, 2, 2), {}, (1, 1, 2, 3, 3)),
    "BatchNorm1d": ((3,), {}, (6, 3)),
    "BatchNorm2d": ((3,), {"momentum": None}, (4, 3, 5, 5)),
    "BatchNorm2d without statistics": ((3,), {"track_running_stats": False, "affine": False}, (4, 3, 5, 5)),
    "BatchNorm3d": ((2,), {}, (2, 2, 3, 3, 3)),
    "InstanceNorm2d": ((3,), {"affine": True, "track_running_stats": True}, (2, 3, 4, 4)),
    "LayerNorm": (((3, 4),), {}, (2, 3, 4)),
    "GroupNorm": ((2, 4), {}, (2, 4, 3, 3)),
    "RMSNorm": ((4,), {}, (3, 4)),
    "PReLU": ((3,), {}, (2, 3, 4)),
    "RNN": ((3, 4), {"num_layers": 2}, (5, 2, 3)),
    "LSTM": ((3, 4), {"bidirectional": True}, (5, 2, 3)),
    "GRU": ((3, 4), {"batch_first": True}, (2, 5, 3)),
    "RNNCell": ((3, 4), {}, (2, 3)),
    "LSTMCell": ((3, 4), {}, (2, 3)),
    "GRUCell": ((3, 4), {}, (2, 3)),
    "Embedding": ((5, 3), {"padding_idx": 1}, np.array([[0, 1, 4], [4, 2, 1]])),
    "EmbeddingBag": ((5, 3), {"mode": "sum"}, np.array([[0, 1, 4], [4, 2, 1]])),
    "MultiheadAttention": ((4, 2), {"batch_first": True}, (2, 3, 4), (2, 5, 4), (2, 5, 4)),
    "TransformerEncoderLayer": ((4, 2, 8), {"dropout": 0.0}, (3, 2, 4)),
    "TransformerDecoderLayer": ((4, 2, 8), {"dropout": 0.0}, (3, 2, 4), (5, 2, 4)),
    "Transformer": ((4, 2, 1, 1, 8), {"dropout": 0.0, "batch_first": True}, (2, 3, 4), (2, 5, 4)),
}
"""Arguments, and the inputs or their shapes, of every layer that has a state; lazy ones become one of these
at their first call."""

NAMES = [name for name in LAYERS if hasattr(nn, name.split()[0])]


def first(output):
    while isinstance(output, tuple):
        output = output[0]
    return output


def step(library, layer, arrays):
    """One forward and backward in training mode: the output, the gradients of inputs and parameters, the
    state after it."""
    inputs = [library.tensor(a, requires_grad=a.dtype.kind == "f") for a in arrays]
    output = first(layer(*inputs))
    weights = np.cos(np.arange(output.numel())).reshape(tuple(output.shape))
    (output * library.tensor(weights)).sum().backward()
    gradients = {f"input {i}": x.grad.detach().numpy() for i, x in enumerate(inputs) if x.requires_grad}
    gradients |= {name: p.grad.detach().numpy() for name, p in layer.named_parameters()}
    return {
        "output": output.detach().numpy(),
        **gradients,
        **{f"state {k}": v.detach().numpy() for k, v in layer.state_dict().items()},
    }


def compare(ours, theirs):
    assert list(ours) == list(theirs)
    for name, value in ours.items():
        np.testing.assert_allclose(value, theirs[name], rtol=1e-9, atol=1e-10, err_msg=name)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("way", ["from PyTorch", "to PyTorch"])
def test_a_state_crosses(name, way, tmp_path):
    torch = pytest.importorskip("torch")
    arguments, options, *shapes = LAYERS[name]
    layers = {lib: getattr(lib.nn, name.split()[0])(*arguments, **options).double() for lib in (ag, torch)}
    source, target = (torch, ag) if way == "from PyTorch" else (ag, torch)
    state = layers[source].state_dict()
    assert list(state) == list(layers[target].state_dict())
    if source is torch:
        torch.save(state, tmp_path / "state.pt")
        layers[ag].load_state_dict(ag.load(tmp_path / "state.pt"))
    else:
        safetensors = pytest.importorskip("safetensors.torch")
        ag.save(state, tmp_path / "state.safetensors")
        layers[torch].load_state_dict(safetensors.load_file(tmp_path / "state.safetensors"))
    arrays = [shape if isinstance(shape, np.ndarray) else rng.normal(size=shape) for shape in shapes]
    compare(step(ag, layers[ag], arrays), step(torch, layers[torch], arrays))


def test_the_list_is_complete():
    """Every layer here with parameters or buffers stands above."""
    covered = {name.split()[0] for name in LAYERS}
    lists = {"Container", "Sequential", "ModuleList", "ModuleDict", "ParameterList", "ParameterDict"}
    without = {"Module", *lists}
    stateful = set()
    for name in set(dir(nn)) - without:
        cls = getattr(nn, name)
        if isinstance(cls, type) and issubclass(cls, nn.Module) and not name.startswith("Lazy"):
            try:
                layer = cls()
            except TypeError:
                continue  # it wants sizes: a layer of the families above, or a pooling layer
            if layer.state_dict():
                stateful.add(name)
    assert stateful <= covered


def test_apply_in_place_is_seen_by_graphs_made_before():
    layer = nn.Linear(2, 2)
    squares = layer.weight.mul(layer.weight)
    layer._apply(lambda t: t.add_(1.0))
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        squares.backward(ag.ones(2, 2))
