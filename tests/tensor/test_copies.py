"""Deep copies and pickles of tensors, parameters, modules and optimizers: what comes out is what went in."""

import copy
import pickle

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import nn, optim

WAYS = {
    "deep copy": copy.deepcopy,
    **{
        f"pickle {n}": lambda x, n=n: pickle.loads(pickle.dumps(x, protocol=n))
        for n in range(2, pickle.HIGHEST_PROTOCOL + 1)
    },
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("wants", [False, True])
@pytest.mark.parametrize("make", [ag.Tensor, nn.Parameter])
def test_a_tensor_wants_a_gradient_as_before(way, wants, make):
    """A frozen parameter stays frozen."""
    before = make(ag.arange(6.0).reshape(2, 3).T)
    before.requires_grad_(wants)
    after = WAYS[way](before)
    assert type(after) is make
    assert after.requires_grad is wants
    assert after.tolist() == before.tolist()
    assert not np.may_share_memory(after.array, before.array)


@pytest.mark.parametrize("way", WAYS)
def test_parameters_of_whole_numbers(way):
    table = nn.Embedding.from_pretrained(ag.ones(2, 3, dtype=ag.int16))
    after = WAYS[way](table)
    assert (after.weight.dtype, after.weight.requires_grad) == (ag.int16, False)
    assert after(ag.tensor([1])).tolist() == [[1, 1, 1]]


@pytest.mark.parametrize("way", WAYS)
def test_what_a_tensor_of_a_class_of_ones_own_knows(way):
    buffer = WAYS[way](nn.Buffer(ag.ones(2), persistent=False))
    assert type(buffer) is nn.Buffer
    assert buffer.persistent is False


def test_the_layout_stays():
    for tensor in (ag.ones(2, 3).T, ag.ones(2, 3, 4).transpose(0, 2), nn.Parameter(ag.ones(2, 3).T)):
        assert copy.deepcopy(tensor).stride() == tensor.stride()
    for tensor in (ag.arange(24.0).reshape(4, 6)[::2, 1:4], ag.arange(3.0).flip(0), ag.ones(1).expand(3)):
        assert copy.deepcopy(tensor).tolist() == tensor.tolist()


def test_gradients_go_with_tensors_and_not_with_parameters():
    """PyTorch's rule: a copied network has no gradients that its first backward pass would be added to."""
    x, layer = ag.ones(2, requires_grad=True), nn.Linear(2, 1)
    layer(x).sum().backward()
    assert copy.deepcopy(x).grad.tolist() == x.grad.tolist()
    other = copy.deepcopy(layer)
    assert other.weight.grad is None
    other(x.detach()).sum().backward()
    assert other.weight.grad.tolist() == [[1, 1]]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.filterwarnings("ignore:`torch.nn.utils.weight_norm` is deprecated")
def test_normalised_layers(way):
    """A computed weight is no leaf: a pickle takes its value, a deep copy refuses it, as in PyTorch."""
    for layer in (nn.utils.weight_norm(nn.Linear(2, 3)), nn.utils.spectral_norm(nn.Linear(2, 3))):
        if way == "deep copy" and not layer.weight.is_leaf:
            with pytest.raises(RuntimeError, match="graph leaves"):
                WAYS[way](layer)
            continue
        after = WAYS[way](layer.eval())
        x = ag.randn(4, 2)
        np.testing.assert_array_equal(after(x).detach().numpy(), layer(x).detach().numpy())
        assert [name for name, _ in after.named_parameters()] == [
            name for name, _ in layer.named_parameters()
        ]


@pytest.mark.quick_share(5)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["SGD", "Adam", "RMSprop", "Adagrad", "LBFGS"])
def test_an_optimizer_goes_on(way, name):
    """It and its parameters together, as one object."""
    p = ag.tensor([1.0, -2.0], requires_grad=True)
    optimizer = getattr(optim, name)([p], lr=0.1)

    def steps(p, optimizer):
        def closure():
            optimizer.zero_grad()
            loss = (p**4).sum()
            loss.backward()
            return loss

        for _ in range(3):
            optimizer.step(closure)

    steps(p, optimizer)
    q, other = WAYS[way]((p, optimizer))
    steps(p, optimizer)
    steps(q, other)
    assert q.tolist() == p.tolist()


@pytest.mark.parametrize("way", WAYS)
def test_tied_parameters_stay_one(way):
    layer = nn.Linear(2, 2)
    net = WAYS[way](nn.ModuleDict({"a": layer, "b": layer, "c": nn.Linear(2, 2)}))
    assert net["a"].weight is net["b"].weight
    assert len(list(net.parameters())) == 4
