"""Clipping and vectors of parameters, beside PyTorch."""

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import nn

VALUES = [np.linspace(-3, 5, 12).reshape(3, 4), np.array([1e-3, -7.0]), np.array(2.5)]


def leaves(module, values=VALUES):
    found = [module.zeros(v.shape, dtype=module.float64, requires_grad=True) for v in values]
    for leaf, v in zip(found, values, strict=True):
        leaf.grad = module.tensor(v, dtype=module.float64)
    return [*found, module.zeros(2, requires_grad=True)]  # the last has no gradient


@pytest.mark.parametrize("norm", [2.0, 1, float("inf"), 3])
@pytest.mark.parametrize("largest", [0.5, 1e3])
def test_clipping_by_norm_is_pytorchs(norm, largest):
    torch = pytest.importorskip("torch")
    ours, theirs = leaves(ag), leaves(torch)
    before = nn.utils.clip_grad_norm_(ours, largest, norm_type=norm)
    expected = torch.nn.utils.clip_grad_norm_(theirs, largest, norm_type=norm)
    assert before.item() == pytest.approx(expected.item(), rel=1e-12)
    for a, b in zip(ours[:-1], theirs[:-1], strict=True):
        np.testing.assert_allclose(a.grad.array, b.grad.numpy(), rtol=1e-12)
    assert ours[-1].grad is None


def test_clipping_one_tensor_and_none():
    leaf = leaves(ag)[0]
    assert nn.utils.clip_grad_norm_(leaf, 1.0).item() == pytest.approx(np.linalg.norm(VALUES[0]))
    assert np.linalg.norm(leaf.grad.array) == pytest.approx(1.0, abs=1e-6)
    assert nn.utils.clip_grad_norm_([], 1.0).item() == 0.0
    with pytest.warns(UserWarning, match="empty generator"):
        nn.utils.clip_grad_norm_((p for p in []), 1.0)
    with pytest.warns(FutureWarning, match="deprecated"):
        nn.utils.clip_grad_norm([leaf], 1.0)


def test_a_norm_that_is_not_finite():
    leaf = ag.zeros(2, requires_grad=True)
    leaf.grad = ag.tensor([float("inf"), 1.0])
    with pytest.raises(RuntimeError, match="non-finite, so it cannot be clipped"):
        nn.utils.clip_grad_norm_([leaf], 1.0, error_if_nonfinite=True)
    assert leaf.grad.tolist() == [float("inf"), 1.0]
    assert nn.utils.clip_grad_norm_([leaf], 1.0).item() == float("inf")


def test_clipping_by_value():
    torch = pytest.importorskip("torch")
    ours, theirs = leaves(ag), leaves(torch)
    nn.utils.clip_grad_value_(ours, 2)
    torch.nn.utils.clip_grad_value_(theirs, 2)
    for a, b in zip(ours[:-1], theirs[:-1], strict=True):
        np.testing.assert_array_equal(a.grad.array, b.grad.numpy())


def test_total_norm_of_any_tensors():
    assert nn.utils.get_total_norm([ag.tensor([3.0]), ag.tensor([[4.0]])]).item() == pytest.approx(5.0)


def test_parameters_as_a_vector_and_back():
    model = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1))
    vector = nn.utils.parameters_to_vector(model.parameters())
    np.testing.assert_array_equal(
        vector.detach().array, np.concatenate([p.detach().array.ravel() for p in model.parameters()])
    )
    vector.sum().backward()
    assert all((p.grad.array == 1).all() for p in model.parameters())
    nn.utils.vector_to_parameters(ag.arange(13.0), model.parameters())
    assert model[0].weight.tolist() == [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]
    assert model[1].bias.tolist() == [12.0]
    assert model[0].weight.requires_grad
    with pytest.raises(TypeError, match=r"expected torch.Tensor, but got: list"):
        nn.utils.vector_to_parameters([1.0], model.parameters())
