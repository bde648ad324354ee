"""Linear layers, activations, padding and dropout: PyTorch's values, gradients, second gradients and
errors."""

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import nn
from autograd_cnn._random.stream import default_stream
from autograd_cnn.nn import functional as F

rng = np.random.default_rng(0)


@pytest.mark.parametrize(
    "shapes",
    [
        ((4, 3), (5, 3), (5,)),
        ((2, 4, 3), (5, 3), (5,)),
        ((3,), (5, 3), (5,)),
        ((4, 3), (5, 3)),
        ((4, 3), (3,)),
        ((0, 3), (5, 3)),
    ],
    ids=str,
)
def test_linear_is_pytorchs(compare, shapes):
    torch = pytest.importorskip("torch")
    compare(F.linear, torch.nn.functional.linear, *(rng.normal(size=shape) for shape in shapes))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: F.linear(ag.zeros(2, 3), ag.zeros(4, 5)), r"shapes cannot be multiplied \(2x3 and 5x4\)"),
        (lambda: F.linear(ag.zeros(2, 3), ag.zeros(4, 3).double()), "must have the same dtype"),
        (lambda: F.linear(ag.zeros(2, 3), ag.zeros(4, 3), ag.zeros(5)), "must match"),
    ],
)
def test_linear_refuses_what_does_not_fit(call, message):
    with pytest.raises(RuntimeError, match=message):
        call()


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("relu", {}),
        ("leaky_relu", {}),
        ("leaky_relu", {"negative_slope": 0.2}),
        ("sigmoid", {}),
        ("tanh", {}),
        ("softmax", {"dim": 1}),
        ("log_softmax", {"dim": 0}),
    ],
    ids=str,
)
def test_activations_are_pytorchs(compare, name, options):
    torch = pytest.importorskip("torch")
    compare(
        lambda x: getattr(F, name)(x, **options),
        lambda x: getattr(torch.nn.functional, name)(x, **options),
        rng.normal(size=(3, 4)),
    )


@pytest.mark.parametrize(
    "shapes", [((3, 4), (1,)), ((3, 4), (4,)), ((2, 4, 3, 2), (4,)), ((3,), (1,))], ids=str
)
def test_prelu_is_pytorchs(compare, shapes):
    torch = pytest.importorskip("torch")
    compare(F.prelu, torch.nn.functional.prelu, *(rng.normal(size=shape) for shape in shapes))
    with pytest.raises(RuntimeError, match="Mismatch of parameter numbers"):
        F.prelu(ag.zeros(2, 3), ag.zeros(4))
    for shape in ((1, 3), (1, 1)):
        with pytest.raises(RuntimeError, match="to be a scalar or 1D tensor, but got: ndim = 2"):
            F.prelu(ag.zeros(2, 3), ag.zeros(shape))


@pytest.mark.parametrize("name", ["relu", "leaky_relu"])
def test_activations_in_place_write_the_input_and_keep_the_gradient(name):
    x = ag.tensor([-1.0, 0.0, 2.0], requires_grad=True)
    y = x * 3
    memory = y.array
    out = getattr(F, name)(y, inplace=True)
    assert out is y
    assert out.array is memory
    (out * ag.tensor([1.0, 2.0, 5.0])).sum().backward()
    slope = 0.0 if name == "relu" else 0.01
    np.testing.assert_allclose(x.grad.array, [3 * slope, 6 * slope, 15.0], rtol=1e-6)


@pytest.mark.parametrize("ndim", [1, 2, 3, 4])
@pytest.mark.parametrize("name", ["Softmax", "LogSoftmax"])
def test_without_dim_softmax_warns_and_chooses_as_pytorch(name, ndim):
    torch = pytest.importorskip("torch")
    x = rng.normal(size=(2, 3, 2, 2)[:ndim])
    with pytest.warns(UserWarning, match="Implicit dimension choice"):
        ours = getattr(nn, name)()(ag.tensor(x))
    with pytest.warns(UserWarning, match="Implicit dimension choice"):
        theirs = getattr(torch.nn, name)()(torch.tensor(x))
    np.testing.assert_allclose(ours.array, theirs.numpy(), atol=1e-12)


@pytest.mark.parametrize(
    ("shape", "widths", "options"),
    [
        ((2, 3), (1, 2), {}),
        ((2, 3, 4), (1, 0, 2, 1), {"value": 1.5}),
        ((2, 3, 4), (-1, 2, 0, -1), {}),
        ((2, 3, 5), (2, 1), {"mode": "reflect"}),
        ((2, 3, 5, 4), (2, 1, 3, 0), {"mode": "reflect"}),
        ((2, 3, 5, 4), (6, 1, 3, 0), {"mode": "replicate"}),
        ((2, 3, 5, 4), (2, 4, 3, 0), {"mode": "circular"}),
    ],
    ids=str,
)
def test_pad_is_pytorchs(compare, shape, widths, options):
    torch = pytest.importorskip("torch")
    compare(
        lambda x: F.pad(x, widths, **options),
        lambda x: torch.nn.functional.pad(x, widths, **options),
        rng.normal(size=shape),
    )


@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
@pytest.mark.parametrize("padding", [2, (1, 2), "same"])
def test_padding_modes_of_convolutions_are_pytorchs(mode, padding):
    torch = pytest.importorskip("torch")
    ours = nn.Conv2d(2, 3, 3, padding=padding, padding_mode=mode, dtype=ag.float64)
    theirs = torch.nn.Conv2d(2, 3, 3, padding=padding, padding_mode=mode, dtype=torch.float64)
    theirs.load_state_dict({name: torch.tensor(value.array) for name, value in ours.state_dict().items()})
    x = rng.normal(size=(1, 2, 5, 6))
    np.testing.assert_allclose(
        ours(ag.tensor(x)).detach().array, theirs(torch.tensor(x)).detach().numpy(), atol=1e-12
    )


def test_transposed_convolutions_make_an_asked_output_size():
    torch = pytest.importorskip("torch")
    ours = nn.ConvTranspose2d(2, 3, 3, stride=2, padding=1)
    for size in ((5, 6), (1, 3, 6, 5)):
        assert (
            ours(ag.zeros(1, 2, 3, 3), output_size=size).shape
            == torch.nn.ConvTranspose2d(2, 3, 3, stride=2, padding=1)(
                torch.zeros(1, 2, 3, 3), output_size=size
            ).shape
        )
    with pytest.raises(
        ValueError,
        match=r"requested an output size of \[9, 5\], but valid sizes range from \[5, 5\] to \[6, 6\]",
    ):
        ours(ag.zeros(1, 2, 3, 3), output_size=(9, 5))


# dropout


def test_dropout_scales_what_it_keeps_and_hands_back_the_same_mask():
    default_stream.seed(0)
    x = ag.ones(100, 100, dtype=ag.float64, requires_grad=True)
    y = F.dropout(x, 0.25)
    y.sum().backward()
    assert set(np.unique(y.array)) == {0.0, 1 / 0.75}
    assert abs((y.array == 0).mean() - 0.25) < 0.02
    np.testing.assert_array_equal(x.grad.array, y.array)


def test_dropout_acts_in_training_only():
    layer, x = nn.Dropout(1.0), ag.ones(3)
    np.testing.assert_array_equal(layer(x).array, np.zeros(3))
    assert layer.eval()(x) is x
    assert F.dropout(x, 0.0) is x


def test_feature_dropout_drops_whole_channels():
    default_stream.seed(0)
    y = F.dropout2d(ag.ones(8, 16, 3, 3), 0.5).array
    assert set(np.unique(y)) == {0.0, 2.0}
    assert (y == y[:, :, :1, :1]).all()
    z = F.dropout1d(ag.ones(16, 5), 0.5).array
    assert (z == z[:, :1]).all()


def test_dropout_in_place_writes_its_input():
    x = ag.ones(10)
    assert F.dropout(x, 0.5, inplace=True) is x
    assert set(np.unique(x.array)) <= {0.0, 2.0}


@pytest.mark.parametrize("call", [lambda: F.dropout(ag.ones(2), 1.5), lambda: nn.Dropout(-0.1)])
def test_a_probability_is_between_0_and_1(call):
    with pytest.raises(ValueError, match="dropout probability has to be between 0 and 1"):
        call()


@pytest.mark.parametrize("inplace", [False, True])
def test_relu_refuses_truth_values_as_torch_relu_does(inplace):
    x = ag.tensor([True, False])
    with pytest.raises(RuntimeError, match="Boolean inputs not supported for relu"):
        F.relu(x, inplace)
    assert x.tolist() == [True, False]
