"""Containers beside PyTorch's: after any sequence of operations they hold the same, under the same names."""

import copy
import pickle
from collections import OrderedDict

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import nn

KINDS = ("ReLU", "Tanh", "Sigmoid", "ELU", "GELU", "SiLU")


class Made:
    """The modules and parameters of one library, the n-th of them alike in both."""

    def __init__(self, module):
        self.torch = module
        self.nn = module.nn

    def layer(self, n):
        kind = KINDS[n % len(KINDS)]
        return getattr(self.nn, kind)() if n % 4 else self.nn.Linear(1 + n % 3, 2)

    def value(self, n):
        """A parameter, a tensor, or what is neither."""
        tensor = self.torch.full((1 + n % 3,), float(n))
        return (self.nn.Parameter(tensor), tensor, n, f"text {n}")[n % 4]


def told(container):
    """What a container holds and is, to compare."""
    named = [(name, type(m).__name__) for name, m in container.named_modules()]
    state = {name: value.tolist() for name, value in container.state_dict().items() if "." not in name}
    try:
        items = container.items()
    except (AttributeError, TypeError):
        items = enumerate(container)
    held = [
        (key, getattr(value, "tolist", lambda: None)() or str(type(value).__name__)) for key, value in items
    ]
    return type(container).__name__, len(container), named, state, held


def outcome(operation, container):
    """The result of ``operation`` of ``container``, told; or the class of what it raised."""
    try:
        result = operation(container)
    except (TypeError, ValueError, LookupError, AttributeError, AssertionError, RuntimeError) as error:
        return container, type(error).__name__
    if isinstance(result, type(container)):
        return result, None
    return container, type(result).__name__


def on_sequential(rng, made, mine):
    """A random operation, as a function of a library's things and of the container."""
    i, j, step = int(rng.integers(-5, 6)), int(rng.integers(-5, 6)), int(rng.choice([-2, -1, 1, 2]))
    n, layers = int(rng.integers(100)), [int(n) for n in rng.integers(100, size=rng.integers(0, 3))]
    factor = rng.choice([2, 1, 0, -1])

    def assign(m, c):
        c[i] = m.layer(n)

    def delete(m, c):
        del c[i]

    def delete_slice(m, c):
        del c[i:j]

    def add_in_place(m, c):
        c += m.nn.Sequential(*map(m.layer, layers))
        return c

    def times_in_place(m, c):
        c *= int(factor)
        return c

    return (
        lambda m, c: c.append(m.layer(n)),
        lambda m, c: c.extend(list(map(m.layer, layers))),
        lambda m, c: c.insert(i, m.layer(n)),
        lambda m, c: c[i],
        lambda m, c: c[::step] + m.nn.Sequential(),  # under new numbers: see the next test
        lambda m, c: c[: abs(i)].append(m.layer(n)),
        lambda m, c: c.pop(i),
        lambda m, c: c + m.nn.Sequential(*map(m.layer, layers)),
        lambda m, c: c + [1],  # noqa: RUF005 - the operator is the thing
        lambda m, c: c * int(factor) if len(c) < 20 else c[:3],
        lambda m, c: int(factor) * c if len(c) < 20 else c[:3],
        lambda m, c: c * 1.5,
        lambda m, c: c.insert(0, 3),
        lambda m, c: c.append("text"),
        lambda m, c: copy.deepcopy(c),
        assign,
        delete,
        delete_slice,
        add_in_place,
        times_in_place if mine < 20 else delete,
    )


def on_list(rng, made, mine):
    i, j = int(rng.integers(-5, 6)), int(rng.integers(-5, 6))
    n, layers = int(rng.integers(100)), [int(n) for n in rng.integers(100, size=rng.integers(0, 3))]

    def assign(m, c):
        c[i] = m.layer(n)

    def delete(m, c):
        del c[i]

    def delete_slice(m, c):
        del c[i:j:2]

    def add_in_place(m, c):
        c += list(map(m.layer, layers))
        return c

    return (
        lambda m, c: c.append(m.layer(n)),
        lambda m, c: c.extend(list(map(m.layer, layers))),
        lambda m, c: c.extend(3),
        lambda m, c: c.insert(abs(i), m.layer(n)) if abs(i) <= len(c) else None,
        lambda m, c: c[i],
        lambda m, c: c[i:j],
        lambda m, c: c[::-1],
        lambda m, c: c.pop(i),
        lambda m, c: c + list(map(m.layer, layers)),
        lambda m, c: copy.deepcopy(c),
        assign,
        delete,
        delete_slice,
        add_in_place,
    )


def on_parameters(rng, made, mine):
    i, j = int(rng.integers(-5, 6)), int(rng.integers(-5, 6))
    n, values = int(rng.integers(100)), [int(n) for n in rng.integers(100, size=rng.integers(0, 3))]

    def assign(m, c):
        c[i] = m.value(n)

    def add_in_place(m, c):
        c += list(map(m.value, values))
        return c

    return (
        lambda m, c: c.append(m.value(n)),
        lambda m, c: c.extend(list(map(m.value, values))),
        lambda m, c: c.extend(m.torch.ones(2)),
        lambda m, c: c[i],
        lambda m, c: c[i:j],
        lambda m, c: c[::-1],
        lambda m, c: c(),
        lambda m, c: copy.deepcopy(c),
        assign,
        add_in_place,
    )


def on_dictionary(rng, made, mine):
    """Of modules or of parameters, by what ``made`` says."""
    key, other, n = (str(k) for k in rng.choice(list("abcd"), 2)), *map(int, rng.integers(100, size=2))
    key, second = key

    def assign(m, c):
        c[key] = getattr(m, made)(n)

    def delete(m, c):
        del c[key]

    def mapping(m, kind):
        return kind([(second, getattr(m, made)(other)), (key, getattr(m, made)(n))])

    return (
        assign,
        assign,
        delete,
        lambda m, c: c.pop(key),
        lambda m, c: c.update(mapping(m, OrderedDict)),
        lambda m, c: c.update(mapping(m, dict)),
        lambda m, c: c.update(mapping(m, list)),
        lambda m, c: c.update(3),
        lambda m, c: key in c,
        lambda m, c: copy.deepcopy(c),
        lambda m, c: type(c)(mapping(m, dict)),
    )


def on_parameter_dictionary(rng, made, mine):
    key, n = str(rng.choice(list("abcd"))), int(rng.integers(100))

    def either_in_place(m, c):
        c |= m.nn.ParameterDict({key: m.value(n)})
        return c

    return (
        *on_dictionary(rng, made, mine),
        lambda m, c: c.setdefault(key, m.value(n)),
        lambda m, c: c.get(key, 3),
        lambda m, c: c.popitem(),
        lambda m, c: c.copy(),
        lambda m, c: c | m.nn.ParameterDict({key: m.value(n), "z": 1}),
        lambda m, c: {key: 3} | c,
        lambda m, c: c.fromkeys(["y", "x"], n),
        lambda m, c: list(reversed(c)),
        lambda m, c: c.clear() if n < 20 else None,
        either_in_place,
    )


CONTAINERS = {
    "Sequential": (on_sequential, "layer", lambda m: m.nn.Sequential(m.layer(1), m.layer(4))),
    "Sequential with names": (
        on_sequential,
        "layer",
        lambda m: m.nn.Sequential(OrderedDict([("0", m.layer(1)), ("1", m.layer(2)), ("2", m.layer(4))])),
    ),
    "ModuleList": (on_list, "layer", lambda m: m.nn.ModuleList([m.layer(4), m.layer(5)])),
    "ModuleDict": (on_dictionary, "layer", lambda m: m.nn.ModuleDict({"b": m.layer(4), "a": m.layer(1)})),
    "ParameterList": (on_parameters, "value", lambda m: m.nn.ParameterList([m.value(0), m.value(1)])),
    "ParameterDict": (
        on_parameter_dictionary,
        "value",
        lambda m: m.nn.ParameterDict({"b": m.value(0), "a": m.value(2)}),
    ),
}


@pytest.mark.parametrize("name", CONTAINERS)
@pytest.mark.parametrize(
    "seed", [*range(8), *(pytest.param(s, marks=pytest.mark.slow) for s in range(8, 60))]
)
def test_any_operations_leave_what_pytorchs_leave(name, seed):
    torch = pytest.importorskip("torch")
    operations, kind, build = CONTAINERS[name]
    mine, theirs = Made(ag), Made(torch)
    ours, other = build(mine), build(theirs)
    rng = np.random.default_rng([seed, sum(map(ord, name))])
    for _ in range(20):
        chosen = operations(rng, kind, len(ours))
        which = int(rng.integers(len(chosen)))
        ours, found = outcome(lambda c: chosen[which](mine, c), ours)  # noqa: B023 - called at once
        other, expected = outcome(lambda c: chosen[which](theirs, c), other)  # noqa: B023 - likewise
        # A missing name is a KeyError here, as for a dict, and an AttributeError there.
        assert found == (expected if expected != "AttributeError" else "KeyError"), which
        assert told(ours) == told(other), which


def test_a_slice_that_grows_loses_no_module():
    """PyTorch names the new one after the length, which a module of a slice may have."""
    rest = nn.Sequential(nn.ReLU(), nn.Tanh(), nn.ELU())[1:].append(nn.GELU())
    assert [type(m).__name__ for m in rest] == ["Tanh", "ELU", "GELU"]


def test_a_slice_backwards_runs_backwards():
    a, b = nn.Linear(2, 3), nn.Linear(3, 2)
    x = ag.ones(1, 3)
    assert (nn.Sequential(a, b)[::-1](x) == a(b(x))).all()


def test_a_factor_repeats_the_same_weights():
    layer = nn.Linear(2, 2)
    twice = nn.Sequential(layer) * 2
    assert (twice(ag.ones(2)) == layer(layer(ag.ones(2)))).all()
    assert len(list(twice.parameters())) == 2


@pytest.mark.parametrize("name", CONTAINERS)
def test_containers_are_pickled_and_copied(name):
    container = CONTAINERS[name][2](Made(ag))
    for again in (pickle.loads(pickle.dumps(container)), copy.deepcopy(container), copy.copy(container)):
        assert told(again) == told(container)
