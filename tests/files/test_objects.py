"""Modules and other objects in files: kept by the import path of their class, made where it is allowed."""

import argparse
import io
import pickle
import sys
import types
from collections import Counter, defaultdict

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import nn
from autograd_cnn.serialization import safe_globals


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = self.again = nn.Linear(2, 2)
        self.activation = nn.functional.relu

    def forward(self, x):
        return self.activation(self.again(self.first(x)))


class Trap:
    def __init__(self):
        raise AssertionError("a constructor was called")


def there_and_back(obj, **options):
    file = io.BytesIO()
    ag.save(obj, file)
    file.seek(0)
    return ag.load(file, **options)


def test_a_module_comes_back_where_its_file_is_trusted():
    net = Net()
    found = there_and_back(net, weights_only=False)
    assert found.first is found.again
    assert isinstance(found.first.weight, nn.Parameter)
    x = ag.ones(1, 2)
    assert found(x).tolist() == net(x).tolist()
    found(x).sum().backward()


def test_a_class_must_be_allowed():
    with pytest.raises(
        pickle.UnpicklingError, match=r"GLOBAL .*Net was not an allowed global.*add_safe_globals"
    ):
        there_and_back(Net())
    allowed = [Net, nn.Linear, nn.functional.relu]
    with safe_globals(allowed):
        assert isinstance(there_and_back(Net()), Net)
    with pytest.raises(pickle.UnpicklingError, match="Linear"):
        there_and_back(nn.Linear(1, 1))


def test_nothing_is_imported_and_no_constructor_called(monkeypatch):
    trap = object.__new__(Trap)
    trap.x = 1
    assert there_and_back(trap, weights_only=False).x == 1
    module = types.ModuleType("gone")
    module.Trap = Trap
    monkeypatch.setitem(sys.modules, "gone", module)
    monkeypatch.setattr(Trap, "__module__", "gone")
    file = io.BytesIO()
    ag.save(trap, file)
    monkeypatch.undo()
    file.seek(0)
    with pytest.raises(pickle.UnpicklingError, match="nothing was imported"):
        ag.load(file, weights_only=False)


@pytest.mark.parametrize(
    "value",
    [
        {1, 2},
        frozenset([3]),
        b"ab",
        bytearray(b"c"),
        1j,
        slice(1, None, 2),
        range(3),
        ag.Size([2]),
        ag.float64,
        np.float32(2.5),
        Counter("aab"),
        defaultdict(list, a=[1]),
        {(1, "a"): 2},
        argparse.Namespace(lr=0.1),
    ],
    ids=lambda value: type(value).__name__,
)
def test_plain_values_keep_their_kind(value):
    found = there_and_back(value)
    assert type(found) is type(value)
    assert found == value


def test_arrays_parameters_and_metadata_keep_what_they_are():
    assert there_and_back(np.arange(3)).tolist() == [0, 1, 2]
    state = nn.Linear(1, 1).state_dict()
    assert there_and_back(state)._metadata == state._metadata
    shared = nn.Parameter(ag.ones(1))
    a, b = there_and_back([shared, shared])
    assert a is b
    assert a.requires_grad


def test_what_has_no_import_path_is_refused():
    with pytest.raises(pickle.PicklingError, match=r"Can't pickle <function .*<lambda>"):
        ag.save({"f": lambda: 1}, io.BytesIO())
