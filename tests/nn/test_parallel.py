"""Models on several devices: parts, one after another."""

import pytest
from autograd_cnn.nn.parallel.scatter_gather import gather, scatter_kwargs

import autograd_cnn as torch
from autograd_cnn import nn
from autograd_cnn.nn import parallel


@pytest.mark.parametrize("make", [
    lambda x: x, lambda x: (x, x + 1), lambda x: [x, {"a": x}], lambda x: {"a": (x,), "b": x},
])  # fmt: skip
def test_what_is_scattered_is_gathered_again(make):
    whole = make(torch.arange(12.0).reshape(6, 2))
    parts = parallel.scatter(whole, [0, 1, 2])
    assert len(parts) == 3
    again = gather(parts, 0)
    assert type(again) is type(whole)
    assert str(again) == str(whole)


def test_what_is_no_tensor_goes_to_all():
    given, named = scatter_kwargs((torch.ones(4), "x"), {"k": 3}, [0, 1])
    assert [part[1] for part in given] == ["x", "x"]
    assert named == ({"k": 3}, {"k": 3})
    assert scatter_kwargs((), {"k": torch.ones(2)}, [0, 1])[0] == ((), ())


def test_parts_go_through_the_same_model():
    model = nn.Linear(3, 2)
    x = torch.randn(4, 3)
    parts = parallel.scatter(x, [0, 1])
    outputs = parallel.parallel_apply(parallel.replicate(model, [0, 1]), parts)
    assert torch.allclose(parallel.gather(outputs, 0), model(x))
    assert torch.equal(parallel.data_parallel(model, x), model(x))
