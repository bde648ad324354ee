"""Batches beside PyTorch's, of random items nested in containers of every kind."""

import collections
import types

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn.utils.data import DataLoader, StackDataset, TensorDataset, default_collate, default_convert

Pair = collections.namedtuple("Pair", "a b")


class MyDict(dict):
    """A mapping of a program's own."""


class MyList(list):
    """A sequence of a program's own."""


LEAVES = {
    "int": lambda rng, m: int(rng.integers(-3, 3)),
    "bool": lambda rng, m: bool(rng.integers(2)),
    "float": lambda rng, m: float(rng.normal()),
    **{
        name: lambda rng, m, kind=name: getattr(np, kind)(rng.integers(5))
        for name in ("float16", "float32", "float64", "int64", "int32", "uint8", "bool_")
    },
    "str": lambda rng, m: "abc",
    "bytes": lambda rng, m: b"x",
    "none": lambda rng, m: None,
    "object": lambda rng, m: object(),
    "set": lambda rng, m: {1},
    "range": lambda rng, m: range(3),
    "array of float32": lambda rng, m: rng.normal(size=2).astype(np.float32),
    "array of float64": lambda rng, m: rng.normal(size=2),
    "array of int64": lambda rng, m: rng.integers(0, 3, 2),
    "array without axes": lambda rng, m: np.array(1.5),
    "array of texts": lambda rng, m: np.array(["a", "b"]),
    "tensor": lambda rng, m: m.tensor(rng.normal(size=2).astype(np.float32)),
    "tensor of int64": lambda rng, m: m.tensor(rng.integers(0, 3, 2)),
    "tensor without axes": lambda rng, m: m.tensor(2.5),
}
NUMBERS = (
    "int",
    "float",
    "float32",
    "float64",
    "int64",
    "array of float32",
    "array of float64",
    "array of int64",
)
"""Kinds that a batch may mix."""

CONTAINERS = {
    "list": list,
    "tuple": tuple,
    "MyList": MyList,
    "pair": lambda parts: Pair(*parts),
    **{
        name: lambda parts, kind=kind: kind(zip("pq", parts, strict=False))
        for name, kind in (("dict", dict), ("OrderedDict", collections.OrderedDict), ("MyDict", MyDict))
    },
    "defaultdict": lambda parts: collections.defaultdict(int, zip("pq", parts, strict=False)),
    "read-only": lambda parts: types.MappingProxyType(dict(zip("pq", parts, strict=False))),
}


def plan(rng, depth):
    """What the items are made of: a container's name and parts, or the kinds of the first and the others."""
    if depth == 0 or rng.random() < 0.4:
        first = str(rng.choice(list(LEAVES)))
        return (first, str(rng.choice(NUMBERS)) if first in NUMBERS and rng.random() < 0.4 else first)
    return str(rng.choice(list(CONTAINERS))), [plan(rng, depth - 1) for _ in range(2)]


def item(planned, rng, i, m):
    kind, rest = planned
    if isinstance(rest, str):
        return LEAVES[rest if i else kind](rng, m)
    return CONTAINERS[kind]([item(part, rng, i, m) for part in rest])


def told(x):
    """Types, dtypes and numbers."""
    if type(x).__name__ == "Tensor":
        return str(x.dtype), tuple(x.shape), x.tolist()
    if isinstance(x, collections.abc.Mapping):
        return type(x).__name__, [(key, told(part)) for key, part in x.items()]
    if isinstance(x, (list, tuple)):
        return type(x).__name__, [told(part) for part in x]
    return type(x).__name__, x.tolist() if isinstance(x, np.ndarray) else None if type(x) is object else x


def outcome(make, *args):
    try:
        return told(make(*args))
    except (TypeError, RuntimeError, ValueError, AttributeError) as error:
        return "raised", isinstance(error, TypeError)


@pytest.mark.parametrize("seeds", [range(300), pytest.param(range(300, 6000), marks=pytest.mark.slow)])
@pytest.mark.filterwarnings("ignore")
def test_any_items(seeds):
    torch = pytest.importorskip("torch")
    from torch.utils.data import default_collate as their_collate
    from torch.utils.data import default_convert as their_convert

    for seed in seeds:
        planned = plan(np.random.default_rng(seed), 3)
        count = 1 + seed % 3
        found = []
        for m, collate, convert in (
            (ag, default_collate, default_convert),
            (torch, their_collate, their_convert),
        ):
            rng = np.random.default_rng([seed, 1])
            items = [item(planned, rng, i, m) for i in range(count)]
            found.append((outcome(collate, items), outcome(convert, items[0])))
        assert found[0] == found[1], planned


def test_a_file_of_texts_stays_texts_in_a_loader():
    data = [("a", 1), ("b", 2)]
    assert next(iter(DataLoader(data, 2)))[0] == ("a", "b")
    with pytest.raises(TypeError, match="found <class 'NoneType'>"):
        default_collate([None])


def test_what_has_an_order_keeps_it():
    first = collections.OrderedDict(z=1, a=2.5)
    found = default_collate([first, first])
    assert type(found) is collections.OrderedDict
    assert list(found) == ["z", "a"]


def test_datasets_side_by_side():
    numbers, letters = TensorDataset(ag.arange(3)), ["a", "b", "c"]
    assert StackDataset(numbers, letters)[1] == ((ag.tensor(1),), "b")
    named = StackDataset(x=ag.ones(2), y=ag.zeros(2))
    assert len(named) == 2
    batch = next(iter(DataLoader(named, 2)))
    assert {name: part.tolist() for name, part in batch.items()} == {"x": [1, 1], "y": [0, 0]}
    for wrong in (lambda: StackDataset(letters, y=letters), StackDataset, lambda: StackDataset(letters, [1])):
        with pytest.raises(ValueError, match=r"types are given|At least one|Size mismatch"):
            wrong()
