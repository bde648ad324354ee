"""Models on several devices: parts, one after another."""

import pytest
from autograd_cnn.nn.parallel.scatter_gather import gather, scatter_kwargs

import autograd_cnn as torch
from autograd_cnn import nn
from autograd_cnn.nn import comm, parallel


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


def test_a_model_says_its_parts():
    model = nn.DataParallel(nn.Linear(3, 2), [0, 1])
    x = torch.randn(4, 3)
    given, named = model.scatter((x,), {}, [0, 1])
    outputs = model.parallel_apply(model.replicate(model.module, [0, 1]), given, named)
    assert torch.allclose(model.gather(outputs, "cpu"), model(x))


def test_tensors_are_sent_and_joined():
    x, devices = torch.arange(6.0).reshape(3, 2), ["cpu", "cpu"]
    assert [part.tolist() for part in comm.broadcast(x, devices)] == [x.tolist()] * 2
    assert [len(part) for part in comm.broadcast_coalesced([x, x + 1], devices)] == [2, 2]
    parts = comm.scatter(x, devices, chunk_sizes=[1, 2])
    assert [part.shape[0] for part in parts] == [1, 2]
    assert comm.gather(parts, destination="cpu").equal(x)
    assert comm.reduce_add([x, x, x]).equal(3 * x)
    assert [s.sum().item() for s in comm.reduce_add_coalesced([[x, x], [x, 2 * x]])] == [30, 45]
    out = [torch.empty(2, 2), torch.empty(1, 2)]
    assert comm.scatter(x, out=out)[1] is out[1]
    assert comm.gather(out, out=torch.empty(3, 2)).equal(x)
    assert comm.broadcast(x, out=[torch.empty(3, 2)])[0].equal(x)


@pytest.mark.parametrize("call", [
    lambda x: comm.broadcast(x), lambda x: comm.broadcast(x, ["cpu"], out=[x]),
    lambda x: comm.scatter(x, out=[x], chunk_sizes=[1]), lambda x: comm.gather([x], out=x, destination="cpu"),
    lambda x: comm.reduce_add([x, x[0]]),
])  # fmt: skip
def test_what_is_said_twice_or_not_at_all(call):
    with pytest.raises((RuntimeError, ValueError)):
        call(torch.ones(2, 2))


def test_what_holds_a_tensor():
    x = torch.ones(1)
    assert parallel.get_a_var({"a": [3, (x,)]}) is x
    assert parallel.get_a_var([3]) is None
    assert parallel.is_namedtuple(torch.ones(2).max(0))
    assert not parallel.is_namedtuple((1,))
