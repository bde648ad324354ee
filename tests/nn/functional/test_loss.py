"""Losses: PyTorch's values, gradients, second gradients and errors; Caffe's normalizers."""

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn.nn import functional as F

rng = np.random.default_rng(0)
LABELS = {
    (5,): 2,
    (4, 5): [0, 4, 2, 2],
    (2, 5, 3): [[0, 1, 4], [2, 2, 3]],
    (2, 5, 2, 2): [[[0, 1], [4, 2]], [[2, 2], [3, 1]]],
}


def labels_of(torch, shape):
    return ag.tensor(np.array(LABELS[shape])), torch.tensor(LABELS[shape])


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize(
    "options", [{}, {"weight": True}, {"ignore_index": 2}, {"weight": True, "ignore_index": 2}], ids=str
)
@pytest.mark.parametrize("shape", LABELS, ids=str)
@pytest.mark.parametrize("name", ["nll_loss", "cross_entropy"])
def test_losses_of_labels_are_pytorchs(compare, name, shape, options, reduction):
    torch = pytest.importorskip("torch")
    mine, theirs = labels_of(torch, shape)
    weight = rng.uniform(0.5, 2, size=5)
    ours_options, theirs_options = dict(options), dict(options)
    if "weight" in options:
        ours_options["weight"], theirs_options["weight"] = ag.tensor(weight), torch.tensor(weight)
    compare(
        lambda z: getattr(F, name)(z, mine, **ours_options, reduction=reduction),
        lambda z: getattr(torch.nn.functional, name)(z, theirs, **theirs_options, reduction=reduction),
        rng.normal(size=shape),
    )


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize(
    "options", [{}, {"weight": True}, {"ignore_index": 2, "weight": True}, {"ignore_index": 4}], ids=str
)
@pytest.mark.parametrize("shape", [(4, 5), (2, 5, 3)], ids=str)
def test_label_smoothing_is_pytorchs(compare, shape, options, reduction):
    torch = pytest.importorskip("torch")
    mine, theirs = labels_of(torch, shape)
    weight = rng.uniform(0.5, 2, size=5)
    ours_options, theirs_options = dict(options), dict(options)
    if "weight" in options:
        ours_options["weight"], theirs_options["weight"] = ag.tensor(weight), torch.tensor(weight)
    compare(
        lambda z: F.cross_entropy(z, mine, **ours_options, reduction=reduction, label_smoothing=0.2),
        lambda z: torch.nn.functional.cross_entropy(
            z, theirs, **theirs_options, reduction=reduction, label_smoothing=0.2
        ),
        rng.normal(size=shape),
    )


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("smoothing", [0.0, 0.3])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("shape", [(5,), (4, 5), (2, 5, 3)], ids=str)
def test_cross_entropy_with_probabilities_is_pytorchs(compare, shape, weighted, smoothing, reduction):
    torch = pytest.importorskip("torch")
    weight = rng.uniform(0.5, 2, size=5)
    target = rng.dirichlet(np.ones(3), size=shape)[..., 0]
    compare(
        lambda z, p: F.cross_entropy(
            z, p, ag.tensor(weight) if weighted else None, reduction=reduction, label_smoothing=smoothing
        ),
        lambda z, p: torch.nn.functional.cross_entropy(
            z, p, torch.tensor(weight) if weighted else None, reduction=reduction, label_smoothing=smoothing
        ),
        rng.normal(size=shape),
        target,
    )


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_mse_is_pytorchs(compare, reduction):
    torch = pytest.importorskip("torch")
    compare(
        lambda x, y: F.mse_loss(x, y, reduction=reduction),
        lambda x, y: torch.nn.functional.mse_loss(x, y, reduction=reduction),
        rng.normal(size=(3, 4)),
        rng.normal(size=(3, 4)),
    )


def test_mse_warns_where_shapes_broadcast():
    with pytest.warns(UserWarning, match="different to the input size"):
        F.mse_loss(ag.zeros(3, 1), ag.zeros(3))


def test_older_spellings_of_the_reduction_still_work_with_a_warning():
    x = ag.tensor([1.0, 3.0])
    for arguments, expected in (({"size_average": False}, 10.0), ({"size_average": True}, 5.0)):
        with pytest.warns(UserWarning, match="please use reduction"):
            assert F.mse_loss(x, ag.zeros(2), **arguments).item() == expected
    with pytest.warns(UserWarning, match="please use reduction='none'"):
        assert F.mse_loss(x, ag.zeros(2), reduce=False).shape == (2,)


def test_the_mean_over_ignored_labels_only_is_nan_and_caffes_is_zero():
    z, y = ag.tensor(rng.normal(size=(2, 3)), requires_grad=True), ag.tensor([-100, -100])
    assert np.isnan(F.cross_entropy(z, y).item())
    assert F.cross_entropy(z, y, normalization="valid").item() == 0.0


def test_an_ignored_row_has_a_zero_gradient_even_where_its_scores_are_infinite():
    z = rng.normal(size=(3, 4))
    z[1, 2] = -np.inf
    logp = ag.tensor(z, requires_grad=True)
    F.nll_loss(logp, ag.tensor([0, 2, 1]), ignore_index=2).backward()
    np.testing.assert_array_equal(logp.grad.array[1], np.zeros(4))
    assert np.isfinite(logp.grad.array).all()


@pytest.mark.parametrize(
    ("normalization", "normalizer"), [("full", 8), ("valid", 6), ("batch_size", 2), ("none", 1)]
)
def test_caffes_normalizers_and_loss_weight(normalization, normalizer):
    z, y = rng.normal(size=(2, 5, 2, 2)), np.array([[[0, 1], [4, 2]], [[2, 0], [3, 1]]])
    a, b = ag.tensor(z, requires_grad=True), ag.tensor(z, requires_grad=True)
    loss = F.cross_entropy(a, ag.tensor(y), ignore_index=2, normalization=normalization, loss_weight=0.5)
    expected = F.cross_entropy(b, ag.tensor(y), ignore_index=2, reduction="sum") * (0.5 / normalizer)
    loss.backward()
    expected.backward()
    np.testing.assert_allclose(loss.item(), expected.item(), rtol=1e-14)
    np.testing.assert_allclose(a.grad.array, b.grad.array, atol=1e-15)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: F.nll_loss(ag.zeros(2, 3), ag.tensor([0, 3])), IndexError, "Target 3 is out of bounds"),
        (
            lambda: F.cross_entropy(ag.zeros(2, 3), ag.tensor([0, -1])),
            IndexError,
            "Target -1 is out of bounds",
        ),
        (
            lambda: F.nll_loss(ag.zeros(2, 3), ag.tensor([0, 1, 2])),
            ValueError,
            r"Expected input batch_size \(2\) to match target batch_size \(3\)",
        ),
        (lambda: F.nll_loss(ag.zeros(2, 3), ag.tensor([0.0, 1.0])), RuntimeError, "Long"),
        (
            lambda: F.nll_loss(ag.zeros(2, 3, 4), ag.tensor([0, 1])),
            RuntimeError,
            r"Expected target size \[2, 4\], got \[2\]",
        ),
        (
            lambda: F.cross_entropy(ag.zeros(2, 3), ag.tensor([0, 1]), ag.ones(2)),
            RuntimeError,
            "all 3 classes",
        ),
        (
            lambda: F.cross_entropy(ag.zeros(2, 3), ag.tensor([0, 1]), reduction="foo"),
            ValueError,
            "foo is not a valid value for reduction",
        ),
        (
            lambda: F.cross_entropy(ag.zeros(2, 3), ag.tensor([0, 1]), normalization="foo"),
            ValueError,
            "'foo' is not a valid value for normalization",
        ),
        (
            lambda: F.cross_entropy(ag.zeros(2, 3), ag.tensor([0, 1]), label_smoothing=2.0),
            RuntimeError,
            "label_smoothing must be between",
        ),
        (
            lambda: F.cross_entropy(ag.zeros(2, 3), ag.zeros(2, 3), ignore_index=1),
            RuntimeError,
            "ignore_index is not supported",
        ),
    ],
)
def test_targets_that_do_not_fit_are_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_binary_cross_entropy_is_as_steep_at_a_right_answer_as_beside_it() -> None:
    """-log(1 - x) has the slope 1 at 0; PyTorch's formula, (x - t) over a clamped x (1 - x), gives 0."""
    x = ag.tensor([0.0, 1e-30, 1.0, 0.25], requires_grad=True)
    t = ag.tensor([0.0, 0.0, 1.0, 0.0])
    F.binary_cross_entropy(x, t, reduction="sum").backward()
    np.testing.assert_allclose(x.grad.numpy(), [1.0, 1.0, -1.0, 4 / 3], rtol=1e-6)


def test_one_label_in_a_vector_is_that_of_a_single_row():
    scores, label = ag.arange(3.0), ag.tensor([1])
    loss = F.cross_entropy(scores, label, reduction="none")
    assert loss.shape == ()
    assert loss == F.cross_entropy(scores, label[0])


@pytest.mark.parametrize("weighted", [False, True])
def test_huber_loss_of_halves_is_rounded_after_the_mean(weighted):
    x = ag.tensor([0.0, 0.0, 0.0, 500.0]).half()
    weight = ag.ones(4).half() if weighted else None
    loss = F.huber_loss(x, ag.zeros(4).half(), delta=400.0, weight=weight)
    assert loss.dtype == ag.float16
    assert loss.item() == 30_000  # of which the sum, 120 000, is no half


def test_a_weight_for_huber_loss_has_a_say_in_the_dtype():
    x = ag.ones(3).half()
    assert F.huber_loss(x, ag.zeros(3), weight=ag.ones(3)).dtype == ag.float32
    assert F.huber_loss(x, ag.zeros(3)).dtype == ag.float16


@pytest.mark.parametrize("loss", [F.huber_loss, F.soft_margin_loss])
@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
def test_losses_of_integers_are_not_cut_off(loss, reduction):
    with pytest.raises(RuntimeError, match="Float can't be cast to the desired output type Long"):
        loss(ag.tensor([1, 2]), ag.ones(2), reduction=reduction)


def test_the_sum_of_hinge_losses_of_small_integers_is_an_int64():
    x = ag.tensor([200, 100], dtype=ag.uint8)
    loss = F.hinge_embedding_loss(x, ag.tensor([1, 1]), reduction="sum")
    assert (loss.dtype, loss.item()) == (ag.int64, 300)


@pytest.mark.parametrize("loss", [F.mse_loss, F.l1_loss, F.huber_loss])
def test_the_weights_of_elements_are_one_for_each(loss):
    with pytest.raises(ValueError, match="must have the same size"):
        loss(ag.ones(2, 3), ag.zeros(2, 3), weight=ag.ones(3))


@pytest.mark.parametrize("loss", [F.mse_loss, F.smooth_l1_loss, F.huber_loss])
def test_truth_values_have_no_distance(loss):
    with pytest.raises(NotImplementedError, match="not implemented for 'Bool'"):
        loss(ag.tensor([True]), ag.tensor([False]))
