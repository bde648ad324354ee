"""Random numbers are drawn in the order of memory, and a tensor's memory is PyTorch's: also where the
elements of a result lie otherwise here."""

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autograd_cnn as ac

torch = pytest.importorskip("torch")

Draw = Callable[[Any, Any], Any]
"""Of a library and a tensor that may be overwritten."""

DRAWS: dict[str, Draw] = {
    "uniform_": lambda t, x: x.uniform_(),
    "normal_": lambda t, x: x.normal_(),
    "exponential_": lambda t, x: x.exponential_(),
    "cauchy_": lambda t, x: x.cauchy_(),
    "log_normal_": lambda t, x: x.log_normal_(),
    "geometric_": lambda t, x: x.geometric_(0.3),
    "random_": lambda t, x: x.random_(),
    "random_ between": lambda t, x: x.random_(3, 1000),
    "bernoulli_": lambda t, x: x.bernoulli_(0.4),
    "bernoulli_ of a tensor": lambda t, x: x.bernoulli_(t.linspace(0, 1, x.shape[-1])),
    "rand_like": lambda t, x: t.rand_like(x),
    "randn_like": lambda t, x: t.randn_like(x),
    "randint_like": lambda t, x: t.randint_like(x, 50),
    "bernoulli": lambda t, x: t.bernoulli(t.sigmoid(x)),
    "poisson": lambda t, x: t.poisson(x.abs()),
    "binomial": lambda t, x: t.binomial(x.abs().ceil(), t.sigmoid(x)),
    "normal": lambda t, x: t.normal(x, 1.0),
    "normal of deviations": lambda t, x: t.normal(0.0, x.abs()),
    "multinomial": lambda t, x: t.multinomial(x.abs().flatten(1) + 0.1, 2),
    "rrelu": lambda t, x: t.nn.functional.rrelu(-x, 0.1, 0.9, True),
    "gumbel_softmax": lambda t, x: t.nn.functional.gumbel_softmax(x),
    "dropout": lambda t, x: t.nn.functional.dropout(x, 0.4),
    "alpha_dropout": lambda t, x: t.nn.functional.alpha_dropout(x, 0.4, True),
    "dropout2d": lambda t, x: t.nn.functional.dropout2d(x, 0.4),
    "feature_alpha_dropout": lambda t, x: t.nn.functional.feature_alpha_dropout(x, 0.4, True),
    "init.uniform_": lambda t, x: t.nn.init.uniform_(x),
    "init.kaiming_normal_": lambda t, x: t.nn.init.kaiming_normal_(x),
    "init.trunc_normal_": lambda t, x: t.nn.init.trunc_normal_(x),
}


def memories(library: Any, shape: tuple[int, ...]) -> Iterator[tuple[str, Any]]:
    """Tensors of a shape in different memory; what is expanded is copied, for it can't be written."""
    n, axes = int(np.prod(shape)), tuple(range(len(shape)))
    numbers = library.arange(float(4 * n)) / 50 - 1

    def turned(order: tuple[int, ...], step: int = 1) -> Any:
        sizes = [shape[axis] * (step if axis == order[0] else 1) for axis in order]
        x = numbers[: n * step].reshape(sizes).permute(*np.argsort(order).tolist())
        return x if step == 1 else x[(*(slice(None),) * order[0], slice(None, None, step))]

    yield "rows", turned(axes)
    yield "columns", turned(axes[::-1])
    yield "first axes exchanged", turned((1, 0, *axes[2:]))
    yield "a copy of columns", turned(axes[::-1]).clone()
    yield "every second column", turned(axes[::-1], 2)
    yield "every second row", turned(axes, 2)
    yield "rows repeated", numbers[: n // shape[0]].reshape(1, *shape[1:]).expand(shape).clone()
    yield "elements repeated", numbers[: n // shape[-1]].reshape(*shape[:-1], 1).expand(shape).clone()
    yield "a product of columns", turned(axes[::-1]) * 2
    yield "a view of columns", turned(axes[::-1])[1:]


SHAPES = [(4, 6), (3, 4, 5), (2, 3, 4, 5), (2, 17, 1, 1)]


def compare(name: str, shape: tuple[int, ...]) -> None:
    for i, (memory, _) in enumerate(memories(torch, shape)):
        ends = []
        for library in (torch, ac):
            (_, x) = list(memories(library, shape))[i]
            library.manual_seed(3)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                ends.append(np.asarray(DRAWS[name](library, x).numpy()))
        np.testing.assert_allclose(
            ends[1], ends[0], rtol=1e-4, atol=1e-5, err_msg=f"{name} for {memory} of {shape}"
        )


@pytest.mark.parametrize("name", DRAWS)
def test_in_the_order_of_memory(name: str) -> None:
    compare(name, (3, 4, 5))


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", DRAWS)
def test_in_the_order_of_memory_for_every_shape(name: str, shape: tuple[int, ...]) -> None:
    compare(name, shape)


def convolved(t: Any) -> Any:
    x = t.arange(2 * 3 * 18 * 18.0).reshape(2, 3, 18, 18) / 1000
    return t.nn.functional.conv2d(x, t.arange(4 * 3 * 9.0).reshape(4, 3, 3, 3) / 100 - 0.5)


def recurrent(t: Any) -> Any:
    layer = t.nn.LSTM(3, 4, batch_first=True)
    for parameter in layer.parameters():
        t.nn.init.constant_(parameter, 0.1)
    return layer(t.ones(5, 7, 3))[0].detach()


RESULTS: dict[str, Callable[[Any, Any], Any]] = {
    "a convolution": lambda t, F: convolved(t),
    "its relu": lambda t, F: F.relu(convolved(t)),
    "its sum with a bias": lambda t, F: convolved(t) + t.ones(4, 1, 1),
    "its pooling": lambda t, F: F.max_pool2d(convolved(t), 2),
    "its normalisation": lambda t, F: F.batch_norm(convolved(t), None, None, training=True),
    "its patches in a row": lambda t, F: convolved(t).flatten(2).transpose(1, 2),
    "its pixels in front": lambda t, F: convolved(t).permute(0, 2, 3, 1),
    "a part of it": lambda t, F: convolved(t)[:, 1:3, ::2],
    "it turned": lambda t, F: convolved(t).transpose(2, 3),
    "one of its images": lambda t, F: convolved(t)[1],
    "a copy of it": lambda t, F: convolved(t).clone(),
    "chosen channels": lambda t, F: convolved(t)[:, [0, 2]],
    "it resized": lambda t, F: F.interpolate(convolved(t), 23, mode="bilinear"),
    "a convolution over one axis": lambda t, F: F.conv1d(t.ones(2, 3, 9), t.ones(4, 3, 2)),
    "a convolution over three axes": lambda t, F: F.conv3d(t.ones(2, 3, 5, 5, 5), t.ones(4, 3, 2, 2, 2)),
    "a convolution in groups": lambda t, F: F.conv2d(t.ones(2, 4, 9, 9), t.ones(4, 2, 3, 3), groups=2),
    "attention": lambda t, F: t.einsum("bqhd,bkhd->bhqk", t.ones(2, 3, 4, 5), t.ones(2, 6, 4, 5)),
    "a recurrent layer": lambda t, F: recurrent(t),
}


@pytest.mark.parametrize("name", RESULTS)
def test_what_layers_make_lies_as_in_pytorch(name: str) -> None:
    masks, noise, steps = [], [], []
    for library in (torch, ac):
        y = RESULTS[name](library, library.nn.functional)
        library.manual_seed(0)
        masks.append((library.nn.functional.dropout(y) == 0).numpy())
        noise.append(library.randn_like(y).numpy())
        steps.append((y.stride(), y.is_contiguous()))
    np.testing.assert_array_equal(*masks)
    np.testing.assert_allclose(*noise, rtol=1e-5, atol=1e-6)
    assert steps[0] == steps[1]


@pytest.mark.parametrize("name", RESULTS)
def test_views_of_results_are_those_of_pytorch(name: str) -> None:
    for view in (
        lambda y: y.view(-1),
        lambda y: y.view(y.shape[0], -1),
        lambda y: y.flatten(1).view(-1),
        lambda y: y[1].view(-1),
        lambda y: y.as_strided((3, 2), (5, 2), 1),
        lambda y: y.as_strided(y.shape, y.stride()),
    ):
        ends = []
        for library in (torch, ac):
            try:
                ends.append(view(RESULTS[name](library, library.nn.functional)).numpy())
            except RuntimeError:
                ends.append(None)
        if ends[0] is not None:
            assert ends[1] is not None
            np.testing.assert_allclose(ends[1], ends[0], rtol=1e-4, atol=1e-5)


def test_as_strided_refuses_what_cannot_be_laid_in_rows() -> None:
    y = convolved(ac)
    held = y.array
    with pytest.raises(RuntimeError, match="cannot be laid in rows"):
        y.as_strided((2,), (1,))
    del held
    assert y.as_strided((2,), (1,)).tolist() == y[0, 0, 0, :2].tolist()


def test_three_dimensions_are_sequences_for_dropout2d() -> None:
    with pytest.warns(UserWarning, match=r"interpreted as shape \(N, C, L\)"):
        y = ac.nn.functional.dropout2d(ac.ones(3, 4, 500), 0.5)
    assert (y.numpy() == y.numpy()[:, :, :1]).all()
    with pytest.raises(RuntimeError, match="Expected 2D or 3D input"):
        ac.nn.functional.dropout1d(ac.ones(3), 0.5)
