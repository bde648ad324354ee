"""The loss of a linear layer's classes, and functions as PyTorch's own top has them."""

import warnings

import pytest

import autograd_cnn as ag
from tests.recorded import pytorch


def filled(t, *shape):
    """Numbers that both libraries have."""
    count = 1
    for size in shape:
        count *= size
    return ((t.arange(count, dtype=t.float64) * 0.7).sin() * 2).reshape(shape)


CASES = [
    ((3, 4), (5, 4), (3,), {}),
    ((4,), (5, 4), (), {}),
    ((3, 4), (5, 4), (3,), {"linear_bias": (5,), "reduction": "sum", "label_smoothing": 0.2}),
    ((3, 4), (5, 2, 4), (3, 2), {"linear_bias": (5, 2), "weight": (5,)}),
    ((3, 4), (5, 4), (3, 5), {"reduction": "none"}),
    ((3, 4), (5, 4), (3,), {"ignore_index": 1}),
]


def losses(t, case):
    size, weights, targets, options = CASES[case]
    options = {k: filled(t, *v).abs() if isinstance(v, tuple) else v for k, v in options.items()}
    x, w = filled(t, *size).requires_grad_(), filled(t, *weights).requires_grad_()
    probabilities = targets == (3, 5)
    target = filled(t, 3, 5).softmax(1) if probabilities else t.ones(targets, dtype=t.int64) * 2 - 1
    loss = t.nn.functional.linear_cross_entropy(x, w, target, **options)
    loss.sum().backward()
    return loss.detach(), x.grad, w.grad


@pytest.mark.parametrize("case", range(len(CASES)))
def test_linear_cross_entropy(case):
    pytorch.gives(losses(ag, case), losses, case, rtol=1e-9, atol=1e-9)


def layered(t):
    loss = t.nn.LinearCrossEntropyLoss(4, 5, out_features=(2,), bias=True, dtype=t.float64)
    with t.no_grad():
        loss.linear.weight.copy_(filled(t, 10, 4))
        loss.linear.bias.copy_(filled(t, 10))
    return loss(filled(t, 3, 4), t.ones(3, 2, dtype=t.int64)).detach(), sorted(loss.state_dict())


def test_the_loss_has_its_layer():
    pytorch.gives(layered(ag), layered, rtol=1e-9)
    assert "num_classes=5" in repr(ag.nn.LinearCrossEntropyLoss(4, 5))
    kept = ag.nn.LinearCrossEntropyLoss(4, 5, options=ag.nn.LinearCrossEntropyOptions(batch_chunk_size=2))
    assert kept(ag.ones(3, 4), ag.zeros(3, dtype=ag.int64)).shape == ()


@pytest.mark.parametrize(
    "call",
    [
        lambda f: f(ag.ones(1, 2, 3), ag.ones(4, 3), ag.zeros(1, dtype=ag.int64)),
        lambda f: f(ag.ones(2, 3), ag.ones(3), ag.zeros(2, dtype=ag.int64)),
        lambda f: f(ag.ones(2, 3), ag.ones(4, 2), ag.zeros(2, dtype=ag.int64)),
        lambda f: f(ag.ones(2, 3), ag.ones(4, 3), ag.zeros(2, dtype=ag.int64), linear_bias=ag.ones(3)),
        lambda f: f(ag.ones(3), ag.ones(4, 2, 3), ag.zeros(2, dtype=ag.int64)),
        lambda f: f(ag.ones(2, 3), ag.ones(4, 3), ag.ones(2, 4), ignore_index=1),
    ],
)
def test_shapes_that_do_not_fit(call):
    with pytest.raises(RuntimeError):
        call(ag.nn.functional.linear_cross_entropy)


def test_options_that_are_none():
    for options in ({"acc_policy": "fast"}, {"chunking_method": "aspect_ratio:0"}, {"batch_chunk_size": 0}):
        with pytest.raises(ValueError, match=r"invalid|batch_chunk_size"):
            ag.nn.LinearCrossEntropyOptions(**options)
    for options in ({"weight": ag.ones(2)}, {"label_smoothing": 2.0}):
        with pytest.raises(RuntimeError, match="expected"):
            ag.nn.LinearCrossEntropyLoss(3, 4, **options)


OPERATORS = {
    "batch_norm": lambda t, x: t.batch_norm(x, x[0], x[1], None, None, True, 0.1, 1e-5, True),
    "batch_norm by running": lambda t, x: t.batch_norm(
        x, None, None, x[0], x[1].abs() + 1, False, 0.1, 1e-5, False
    ),
    "instance_norm": lambda t, x: t.instance_norm(
        x[None], None, None, None, None, True, 0.1, 1e-5, cudnn_enabled=True
    ),
    "layer_norm": lambda t, x: t.layer_norm(x, (3,), x[0], x[1], 1e-5, False),
    "group_norm": lambda t, x: t.group_norm(x, 3, cudnn_enabled=False),
    "dropout": lambda t, x: t.dropout(x, 0.5, False),
    "alpha_dropout": lambda t, x: t.alpha_dropout(x, p=0.5, train=False),
    "feature_alpha_dropout": lambda t, x: t.feature_alpha_dropout(x, 0.5, False),
    "embedding": lambda t, x: t.embedding(x, t.tensor([1, 0])),
    "embedding by name": lambda t, x: t.embedding(weight=x, indices=t.tensor([1]), padding_idx=1),
}


def at_the_top(t, name):
    return OPERATORS[name](t, filled(t, 4, 3))


@pytest.mark.parametrize("name", OPERATORS)
def test_functions_at_the_top(name):
    pytorch.gives(at_the_top(ag, name), at_the_top, name, rtol=1e-7, atol=1e-9)


def test_arguments_of_functions_that_make_tensors():
    nn = ag.nn
    given = {"device": "cpu", "factory_kwargs": {"dtype": ag.float64}}
    assert nn.factory_kwargs(given) == {"device": "cpu", "dtype": ag.float64}
    assert nn.factory_kwargs(None) == {}
    for wrong in ({"size": 3}, {"dtype": 1, "factory_kwargs": {"dtype": 2}}):
        with pytest.raises(TypeError, match=r"unexpected|specified twice"):
            nn.factory_kwargs(wrong)


def test_names_that_are_old():
    with pytest.warns(FutureWarning, match="Container is deprecated"):
        held = ag.nn.Container(first=ag.nn.ReLU())
    assert [name for name, _ in held.named_children()] == ["first"]
    with pytest.warns(FutureWarning, match="min_value"):
        assert ag.nn.Hardtanh(min_value=-2.0).min_val == -2
    assert len(ag.nn.Sequential(ag.nn.ReLU()).extend(sequential=[ag.nn.ReLU()])) == 2
    assert ag.nn.RMSNorm(2)(x=ag.ones(1, 2)).shape == (1, 2)


def lazily(t, dims):
    layer = getattr(t.nn, f"LazyInstanceNorm{dims}d")()
    layer(t.ones(2, 3, *[4] * dims))
    return sorted(layer.state_dict()), layer.affine, layer.track_running_stats


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_lazy_instance_norms_learn_and_track(dims):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytorch.gives(lazily(ag, dims), lazily, dims)


@pytest.mark.parametrize("norm", [ag.instance_norm, ag.batch_norm])
def test_at_the_top_one_value_of_a_channel_is_enough(norm):
    x = ag.tensor([[1.0, 2]], requires_grad=True)
    bias = ag.tensor([0.5, 2.0], requires_grad=True)
    mean, variance = ag.zeros(2), ag.ones(2)
    out = norm(x, ag.tensor([2.0, 3]), bias, mean, variance, True, 0.5, 1e-5, False)
    assert out.tolist() == [[0.5, 2]]
    out.sum().backward()
    assert x.grad.tolist() == [[0, 0]]
    assert bias.grad.tolist() == [1, 1]
    assert mean.tolist() == [0.5, 1]
    assert variance.isnan().all()  # one value has no unbiased variance
