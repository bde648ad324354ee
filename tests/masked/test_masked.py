"""torch.masked: reductions and normalisations of selected elements, against PyTorch; tensors that carry a
mask."""

import inspect
import warnings

import numpy as np
import pytest

import autograd_cnn as ours

REDUCTIONS = ("sum", "prod", "amax", "amin", "mean", "var", "std", "logsumexp")
ALONG_ONE = ("argmax", "argmin", "median", "cumsum", "cumprod", "softmax", "log_softmax", "softmin")
VALUES = np.random.default_rng(0).normal(size=(3, 4, 2))
MASKS = {
    "none": None,
    "all of it": np.random.default_rng(1).random((3, 4, 2)) > 0.4,
    "broadcast": np.array([True, False, True, True])[:, None],
    "nothing": np.zeros((3, 1, 2), bool),
}


def both(name, mask, *args, dtype=np.float64, **options):
    """The values and, of floats, the gradients of both libraries."""
    torch = pytest.importorskip("torch")
    found = []
    for lib in (ours, torch):
        x = lib.from_numpy((VALUES * 3).astype(dtype))
        if dtype == np.float64:
            x.requires_grad_()
        given = {} if mask is None else {"mask": lib.from_numpy(mask.copy())}
        out = getattr(lib.masked, name)(x, *args, **given, **options)
        found.append(out.detach().numpy())
        if out.requires_grad:
            weights = lib.arange(1, out.numel() + 1, dtype=lib.float64).reshape(out.shape)
            (out.nan_to_num(0.0, 0.0, 0.0) * weights).sum().backward()
            found.append(np.zeros(x.shape) if x.grad is None else x.grad.numpy())
    half = len(found) // 2
    return zip(found[:half], found[half:], strict=True)


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("dim", [None, 1, (0, 2), -1])
@pytest.mark.parametrize("name", REDUCTIONS)
def test_reductions_are_pytorchs(name, dim, mask):
    for mine, theirs in both(name, MASKS[mask], dim, keepdim=dim == 1):
        np.testing.assert_allclose(mine, theirs, rtol=1e-12)


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("name", ALONG_ONE)
def test_functions_along_one_dimension_are_pytorchs(name, mask):
    for mine, theirs in both(name, MASKS[mask], 1):
        np.testing.assert_allclose(mine, theirs, rtol=1e-12)


@pytest.mark.parametrize("ord", [2.0, 1.0, np.inf, -np.inf, 0.0])
def test_norms_are_pytorchs(ord):
    for mine, theirs in both("norm", MASKS["all of it"], ord, 1):
        np.testing.assert_allclose(mine, theirs, rtol=1e-12)
    for mine, theirs in both("normalize", MASKS["broadcast"], ord, 1):
        np.testing.assert_allclose(mine, theirs, rtol=1e-12)


@pytest.mark.parametrize("name", ["sum", "prod", "amax", "argmin", "cumsum", "var"])
def test_whole_numbers_keep_pytorchs_dtype(name):
    for mine, theirs in both(name, MASKS["broadcast"], 2, dtype=np.int64):
        assert mine.dtype == theirs.dtype
        np.testing.assert_allclose(mine, theirs)


def test_errors_are_told():
    x = ours.ones(2, 3)
    with pytest.raises(IndexError, match="mask dimensionality higher"):
        ours.masked.sum(x, mask=ours.ones(1, 2, 3, dtype=ours.bool))
    with pytest.raises(RuntimeError, match="appears multiple times"):
        ours.masked.sum(x, (0, 0))
    with pytest.raises(ValueError, match="Could not infer output dtype"):
        ours.masked.mean(x.long())
    with pytest.raises(ValueError, match="no fully masked out rows"):
        ours.masked.median(x.long(), mask=ours.zeros(2, 3, dtype=ours.bool))
    with pytest.raises(AssertionError, match="unbiased and correction"):
        ours.masked.var(x, 0, True, correction=1)


@pytest.mark.filterwarnings("ignore:The PyTorch API of MaskedTensors")
def test_a_masked_tensor_computes_and_has_gradients_under_its_mask():
    mask = ours.tensor([True, False, True])
    x = ours.masked.masked_tensor(ours.tensor([1.0, 2.0, 4.0]), mask, requires_grad=True)
    y = (x * x + 1).sqrt()
    assert y.get_data().tolist() == pytest.approx([2**0.5, 5**0.5, 17**0.5])
    total = y.sum()
    total.backward()
    assert total.get_data().item() == pytest.approx(2**0.5 + 17**0.5)
    assert x.grad.to_tensor(0.0).tolist() == pytest.approx([0.5**0.5, 0.0, 4 / 17**0.5])
    assert "--" in repr(x)
    assert ours.masked.sum(x).item() == 5.0
    assert ours.masked.is_masked_tensor(x[1:])
    other = ours.masked.as_masked_tensor(ours.ones(3), ~mask)
    with pytest.raises(ValueError, match="masks must match"):
        x + other
    with pytest.raises(TypeError, match="dtype bool"):
        ours.masked.masked_tensor(ours.ones(3), ours.ones(3))


@pytest.mark.filterwarnings("ignore:The PyTorch API of MaskedTensors")
def test_the_mask_goes_where_the_elements_go():
    mask = ours.tensor([[True, False, True], [False, False, False]])
    x = ours.masked.masked_tensor(ours.arange(6.0).reshape(2, 3), mask)
    for moved in (
        lambda t: t.reshape(3, 2),
        lambda t: t.t(),
        lambda t: t.unsqueeze(1),
        lambda t: t.expand(2, 2, 3),
    ):
        assert moved(x).get_mask().tolist() == moved(mask).tolist()
        assert moved(x).get_data().tolist() == moved(x.get_data()).tolist()
    assert ours.sum(x).item() == ours.masked.sum(x).item() == 2.0
    assert ours.amax(x, 1).to_tensor(-1.0).tolist() == [2.0, -1.0]
    assert x.softmax(1).to_tensor(0.0).sum(1).tolist() == pytest.approx([1.0, 0.0])
    assert ours.sin(x).get_data().tolist() == x.get_data().sin().tolist()
    assert ours.add(x, 1).get_mask().tolist() == (2 - x).get_mask().tolist() == mask.tolist()
    assert len(x) == 2
    assert abs(-x).get_data().tolist() == x.get_data().tolist()
    assert repr(x[0, 1]) == "MaskedTensor(--, False)"
    assert repr(x[0, 2]) == "MaskedTensor(  2.0000, True)"
    with pytest.raises(TypeError, match="data must be a Tensor"):
        ours.masked.masked_tensor([1.0], mask)


def test_an_argument_that_answers_for_itself_is_asked():
    class Wrapped:
        @classmethod
        def __torch_function__(cls, function, types, args=(), kwargs=None):
            return function.__name__, types

    assert ours.sum(Wrapped(), dim=0) == ("sum", (Wrapped,))
    assert ours.nn.functional.relu(Wrapped())[0] == "relu"


def masked(values, mask):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return ours.masked.masked_tensor(values, mask)


MASK = ours.tensor([[True, False, True], [False, True, True]])
X = masked(ours.arange(6.0).reshape(2, 3), MASK)
ONES = ours.ones(2, 3)


@pytest.mark.parametrize("move", [
    lambda t: ours.cat([t, t], 1),
    lambda t: ours.stack([t, t]),
    lambda t: ours.transpose(t, 0, 1),
    lambda t: ours.reshape(t, (3, 2)),
    lambda t: ours.flatten(t),
    lambda t: ours.unsqueeze(t, 0),
    lambda t: ours.permute(t, (1, 0)),
    lambda t: ours.roll(t, 1),
    lambda t: ours.flip(t, (0,)),
    lambda t: ours.broadcast_to(t, (2, 2, 3)),
    lambda t: ours.split(t, 1)[1],
    lambda t: ours.index_select(t, 1, ours.tensor([2, 0])),
    lambda t: next(iter(t)),
    lambda t: t.mT,
])  # fmt: skip
def test_functions_move_the_mask_with_the_elements(move):
    moved = move(X)
    assert moved.get_data().tolist() == move(X.get_data()).tolist()
    assert moved.get_mask().tolist() == move(MASK).tolist()


@pytest.mark.parametrize("compute", [
    lambda t: ours.add(ONES, t),
    lambda t: ONES / (1 + t),
    lambda t: ours.maximum(t, t) + ours.fmin(t, ONES),
    lambda t: ours.where(MASK, t, t),
    lambda t: ours.clamp(t, 1.0, 3.0).nan_to_num(),
    lambda t: ours.ones_like(t).double(),
    lambda t: ~(t > 1),
    lambda t: ours.clone(t).mul_(3).add_(t),
    lambda t: ours.real(t),
    lambda t: ours.angle(t),
    lambda t: ours.nn.functional.dropout(t, training=False),
])  # fmt: skip
def test_elementwise_functions_keep_the_mask_beside_any_tensor(compute):
    out = compute(X)
    assert out.get_mask().tolist() == MASK.tolist()
    assert out.get_data().tolist() == compute(X.get_data()).tolist()
    assert out.dtype == compute(X.get_data()).dtype


def test_a_plain_tensor_beside_a_masked_one_takes_part_everywhere():
    assert ours.cat([ONES, X]).get_mask().tolist() == [[True] * 3] * 2 + MASK.tolist()
    chosen = ours.where(MASK, X, ONES)
    assert chosen.get_mask().tolist() == [[True] * 3] * 2
    assert chosen.get_data().tolist() == [[0.0, 1.0, 2.0], [1.0, 4.0, 5.0]]
    assert bool((X > -1).all())
    assert not bool((X > 2).all())


@pytest.mark.parametrize("call", [
    lambda: ours.matmul(X, X.t()),
    lambda: X @ X.t(),
    lambda: ours.nn.functional.linear(X, ONES),
    lambda: ours.nn.functional.mse_loss(X, ONES),
    lambda: ours.sort(X),
    lambda: ours.equal(X, X),
    lambda: ours.trace(X),
    lambda: ours.nn.functional.pad(X, (1, 1)),
    lambda: ours.gather(X, 0, ours.zeros(1, 3, dtype=ours.int64)),
    lambda: X.max(),
    lambda: X.tolist(),
])  # fmt: skip
def test_what_has_no_meaning_under_a_mask_is_refused(call):
    with pytest.raises(TypeError):
        call()


def test_no_function_takes_a_masked_tensor_for_an_array_of_objects():
    for name, function in vars(ours).items():
        if not inspect.isfunction(function) or name.endswith("_"):
            continue
        if next(iter(inspect.signature(function).parameters), "") == "input":
            for args in ((X,), (X, X), (X, 0)):
                try:
                    out = function(*args)
                except (TypeError, ValueError, RuntimeError, IndexError):
                    continue
                found = out if isinstance(out, tuple) else (out,)
                assert all(isinstance(part, (type(X), bool, int)) for part in found), name


def test_only_an_element_that_takes_part_is_a_number():
    with pytest.raises(RuntimeError, match="Boolean value of Tensor with more than one value is ambiguous"):
        bool(X)
    assert (bool(X[0, 0]), float(X[0, 2]), int(X[1, 2]), X[1, 1].item()) == (False, 2.0, 5, 4.0)
    for number in (bool, float, int, lambda x: x.item()):
        with pytest.raises(ValueError, match="left out"):
            number(X[0, 1])
