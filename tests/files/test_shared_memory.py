"""Tensors that show one memory when they are saved show one memory when they are loaded, from any writer."""

import copy
import io
import json

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import FileFormatError
from autograd_cnn._files import serialization, shared_memory


def random_views(rng, module):
    """Some tensors of ``module`` and views of them: slices, steps, turned ones, the same twice."""
    found = []
    for _ in range(rng.integers(1, 4)):
        shape = tuple(int(n) for n in rng.integers(2, 5, rng.integers(1, 4)))
        found.append(module.arange(float(np.prod(shape))).reshape(shape).clone())
    for _ in range(rng.integers(1, 7)):
        x = found[rng.integers(len(found))]
        how = rng.integers(6)
        if how == 0 and x.ndim:
            a, b = sorted(int(n) for n in rng.integers(0, x.shape[0] + 1, 2))
            found.append(x[a:b])
        elif how == 1 and x.ndim:
            found.append(x[..., :: int(rng.integers(1, 4))])
        elif how == 2 and x.ndim > 1:
            found.append(x.transpose(0, -1))
        elif how == 3 and x.ndim and x.shape[0]:
            found.append(x[int(rng.integers(x.shape[0]))])
        elif how == 4:
            found.append(x.detach())
        else:
            found.append(x.unsqueeze(0))
    return [found[i] for i in rng.permutation(len(found))]


def aliases(tensors):
    """What each tensor holds after each was filled in its turn with numbers of its own."""
    for i, tensor in enumerate(tensors):
        n = int(np.prod(tuple(tensor.shape)))
        tensor.copy_((tensor * 0).detach() + 1000.0 * i + n)
        if tensor.ndim and tensor.shape[0]:
            tensor[0] = -1.0 - i
    return [tensor.tolist() for tensor in tensors]


@pytest.mark.parametrize("seed", range(40))
def test_what_is_written_through_one_is_seen_through_the_others(seed):
    views = random_views(np.random.default_rng(seed), ag)
    file = io.BytesIO()
    ag.save({"all": views}, file)
    file.seek(0)
    loaded = ag.load(file)["all"]
    assert [t.tolist() for t in loaded] == [t.tolist() for t in views]
    copied = copy.deepcopy(views)
    expected = aliases(views)
    assert aliases(loaded) == expected
    assert aliases(copied) == expected


def steps(tensor):
    """The strides of the axes along which anybody can step."""
    return [step for step, size in zip(tensor.stride(), tensor.shape, strict=True) if size > 1]


@pytest.mark.parametrize("seed", range(25))
def test_files_of_pytorch_too(seed):
    torch = pytest.importorskip("torch")
    views = random_views(np.random.default_rng(seed), torch)
    file = io.BytesIO()
    torch.save(views, file)
    file.seek(0)
    loaded = ag.load(file)
    assert [t.tolist() for t in loaded] == [t.tolist() for t in views]
    assert list(map(steps, loaded)) == list(map(steps, views))
    assert aliases(loaded) == aliases(views)


def test_tied_weights_stay_tied_and_other_readers_see_both():
    from safetensors.numpy import load as read

    tied = ag.nn.Linear(3, 3, bias=False)
    model = ag.nn.Sequential(tied, ag.nn.ReLU(), tied)
    file = io.BytesIO()
    ag.save(model.state_dict(), file)
    assert sorted(read(file.getvalue())) == ["0.weight", "2.weight"]
    file.seek(0)
    first, second = ag.load(file).values()
    first.zero_()
    assert second.tolist() == ag.zeros(3, 3).tolist()


def test_what_only_lies_in_one_memory_is_not_told():
    """Neighbours in a flat vector of parameters, and columns, share no element."""
    flat = np.arange(12.0)
    apart = {"a": flat[:5], "b": flat[5:], "even": flat[::2][:2], "odd": flat[1::2][:2]}
    assert shared_memory.groups_of({"a": flat[:5], "b": flat[5:]}) == ""
    assert shared_memory.groups_of({"even": apart["even"], "odd": apart["odd"]}) == ""
    together = json.loads(shared_memory.groups_of(apart))
    assert [sorted(places) for _, places in together] == [["a", "even", "odd"]]


@pytest.mark.parametrize(
    "told",
    [
        "{",
        "1",
        "[[8]]",
        '[[8,{"x":[0,[8]]}]]',
        '[[8,{"w":[0,[8]]}]]',
        '[[16,{"w":[8,[8]]}]]',
        '[[16,{"w":[-8,[8]]}]]',
        '[[16,{"w":[0,[-8]]}]]',
        '[[16,{"w":[0,[8,8]]}]]',
        '[[1000000000000,{"w":[0,[8]]}]]',
        '[[true,{"w":[0,[8]]}]]',
        '[["16",{"w":[0,[8]]}]]',
        '[[16,{"w":[0.5,[8]]}]]',
    ],
)
def test_groups_that_do_not_fit_are_refused(told):
    """With a right checksum, as a hostile writer would make it."""
    metadata = {serialization._STRUCTURE: '{"tensor":"w"}', serialization._SHARED: told}
    data = serialization._pack({"w": np.zeros(2)}, metadata)
    with pytest.raises(FileFormatError, match="shared memory"):
        ag.load(io.BytesIO(data))


LOCATIONS = [
    None,
    "cpu",
    ag.device("cpu"),
    {"cpu": "cpu"},
    {"cuda:0": "cpu"},
    lambda s, place: s,
    lambda s, place: None,
]


@pytest.mark.parametrize("location", LOCATIONS)
def test_every_form_of_map_location(location):
    torch = pytest.importorskip("torch")
    theirs, ours = io.BytesIO(), io.BytesIO()
    torch.save({"w": torch.arange(3.0)}, theirs)
    ag.save({"w": ag.arange(3.0)}, ours)
    for file in (theirs, ours):
        file.seek(0)
        assert ag.load(file, map_location=location)["w"].tolist() == [0, 1, 2]


def test_a_function_is_told_where_a_tensor_was():
    torch = pytest.importorskip("torch")
    file, told = io.BytesIO(), []
    torch.save([torch.ones(2), torch.zeros(1)], file)

    def location(storage, place):
        told.append((str(storage.device), place))
        return storage.cpu()

    file.seek(0)
    ag.load(file, location)
    assert told == [("cpu", "cpu")] * 2
    for wrong, error in (
        (3.5, TypeError),
        (lambda s, place: "cpu", TypeError),
        (lambda s, place: 1 / 0, ZeroDivisionError),
    ):
        file.seek(0)
        with pytest.raises(error):
            ag.load(file, map_location=wrong)
