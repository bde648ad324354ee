"""Modules beside PyTorch's: any attributes set, registered and taken away, any sharing, hooks and states."""

import collections
import os

import numpy as np
import pytest

import autograd_cnn as ag

NAMES = ("a", "b", "c", "forward", "training", "x.y", "")
SEEDS = [*range(12), *(pytest.param(s, marks=pytest.mark.slow) for s in range(12, 140))]


def value(m, kind, n):
    tensor = m.full((2,), float(n))
    return {
        "parameter": lambda: m.nn.Parameter(tensor, requires_grad=bool(n % 2)),
        "tensor": lambda: tensor,
        "buffer": lambda: m.nn.Buffer(tensor, persistent=bool(n % 3)),
        "module": lambda: (m.nn.ReLU, lambda: m.nn.BatchNorm1d(2), lambda: m.nn.Linear(1, 2, bias=False))[
            n % 3
        ](),
        "none": lambda: None,
        "number": lambda: n,
    }[kind]()


def told(module):
    """All that a module says of what it holds."""

    def kind(v):
        return type(v).__name__ if not hasattr(v, "tolist") else [*v.shape, v.requires_grad]

    found = {
        f"{what} {flag}": [name for name, _ in getattr(module, what)(remove_duplicate=flag)]
        for what in ("named_modules", "named_parameters", "named_buffers")
        for flag in (True, False)
    }
    found["children"] = [(name, type(m).__name__) for name, m in module.named_children()]
    found["own"] = [name for name, _ in module.named_parameters(recurse=False)]
    found["state"] = list(module.state_dict())
    found["metadata"] = dict(module.state_dict()._metadata)
    found["attributes"] = {n: kind(getattr(module, n)) for n in ("a", "b", "c") if hasattr(module, n)}
    order = []
    module.apply(lambda m: order.append(type(m).__name__))
    return found | {"applied": order, "training": [m.training for m in module.modules()]}


def operation(rng):
    name, kind, n = str(rng.choice(NAMES)), str(rng.choice(KINDS)), int(rng.integers(6))
    path = ".".join(str(part) for part in rng.choice(list("abc"), rng.integers(1, 3)))
    flag = bool(rng.integers(2))
    return (
        lambda m, module: (
            setattr(module, name, value(m, kind, n)) if name not in ("forward", "training") else None
        ),
        lambda m, module: setattr(module, name[:1] or "a", value(m, "module", n)),
        lambda m, module: delattr(module, name) if name != "training" else None,
        lambda m, module: module.register_parameter(name, value(m, kind, n)),
        lambda m, module: module.register_buffer(name, value(m, kind, n), persistent=flag),
        lambda m, module: module.add_module(name, value(m, kind, n)),
        lambda m, module: setattr(module, "b", module.a) if hasattr(module, "a") else None,
        lambda m, module: module.train(flag),
        lambda m, module: module.set_submodule(path, value(m, "module", n), strict=flag),
        lambda m, module: type(module.get_submodule(path)).__name__,
        lambda m, module: list(module.get_parameter(path).shape),
        lambda m, module: list(module.get_buffer(path).shape),
        lambda m, module: module.requires_grad_(flag),
        lambda m, module: getattr(module, name),
    )[rng.integers(14)]


KINDS = ("parameter", "tensor", "buffer", "module", "none", "number")


def outcome(act, *args):
    try:
        result = act(*args)
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        return type(error).__name__
    return result if isinstance(result, (str, list, int)) else None


def holder(m):
    class Holder(m.nn.Module):
        def forward(self, x):
            return x

    return Holder()


@pytest.mark.parametrize("seed", SEEDS)
def test_attributes(seed):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(seed)
    ours, theirs = holder(ag), holder(torch)
    for _ in range(25):
        act = operation(rng)
        assert outcome(act, ag, ours) == outcome(act, torch, theirs)
        assert told(ours) == told(theirs)


def network(m, rng):
    """Random modules within each other, some of them in two places, with parameters in two places as well."""
    made = [m.nn.Linear(2, 2), m.nn.BatchNorm1d(2), m.nn.Linear(2, 2, bias=False), m.nn.ReLU()]
    for _ in range(3):
        parts = [made[i] for i in rng.integers(len(made), size=rng.integers(1, 4))]
        made.append(
            (m.nn.Sequential(*parts), m.nn.ModuleList(parts), m.nn.ModuleDict({"k": parts[0]}))[
                rng.integers(3)
            ]
        )
    whole = m.nn.Module()
    whole.one, whole.two, whole.tied = made[-1], made[-2], made[0].weight
    return whole


@pytest.mark.parametrize("seed", SEEDS)
def test_states(seed):
    """Loading, strict or not, by copies or by the tensors themselves, with names missing and too many."""
    torch = pytest.importorskip("torch")
    results = []
    for m in (ag, torch):
        rng = np.random.default_rng(seed)
        whole = network(m, rng)
        assert (
            whole.state_dict().keys()
            == dict(whole.named_parameters(remove_duplicate=False)).keys()
            | dict(whole.named_buffers(remove_duplicate=False)).keys()
        )
        state = {}
        for i, (name, tensor) in enumerate(whole.state_dict().items()):
            if rng.random() < 0.85:
                shape = tuple(tensor.shape) if rng.random() < 0.95 else (5,)
                state[name] = m.full(shape, float(i)) if "num" not in name else m.tensor(i)
        if rng.random() < 0.3:
            state["one.more"] = m.ones(1)
        strict, assign = bool(rng.integers(2)), bool(rng.integers(2))
        try:
            keys = whole.load_state_dict(state, strict=strict, assign=assign)
            found = sorted(keys.missing_keys), sorted(keys.unexpected_keys)
        except RuntimeError as error:
            results.append(sorted(set(str(error).replace("'", '"').split('"')[1::2])))
            continue
        values = [(name, value.tolist()) for name, value in whole.state_dict().items() if name in state]
        same = [whole.state_dict()[name] is not None for name in state if name in whole.state_dict()]
        results.append((found, values, same, [p.requires_grad for p in whole.parameters()]))
    assert results[0] == results[1]


def test_extra_state_is_asked_of_those_that_write_it():
    torch = pytest.importorskip("torch")
    told = []
    for m in (ag, torch):

        class Counting(m.nn.Module):
            count = 0

            def get_extra_state(self):
                return self.count

            def set_extra_state(self, state):
                self.count = state

        first, second = (m.nn.Sequential(Counting(), m.nn.Linear(1, 1)) for _ in range(2))
        first[0].count = 7
        second.load_state_dict(first.state_dict())
        missing = second.load_state_dict({}, strict=False).missing_keys
        told.append((list(first.state_dict()), second[0].count, missing))
        with pytest.raises(RuntimeError):
            m.nn.Linear(1, 1).get_extra_state()
    assert told[0] == told[1]
    assert told[0][1] == 7


def test_layers_that_read_and_write_their_states_themselves():
    """Old names renamed, entries taken away and added, names forgiven: before anything is loaded."""
    torch = pytest.importorskip("torch")
    told = []
    for m in (ag, torch):

        class Renamed(m.nn.Linear):
            scale = 1

            def _save_to_state_dict(self, destination, prefix, keep_vars):
                super()._save_to_state_dict(destination, prefix, keep_vars)
                destination[prefix + "scale"] = m.tensor(self.scale)  # noqa: B023 - called at once

            def _load_from_state_dict(self, state_dict, prefix, about, strict, missing, *more):
                if prefix + "kernel" in state_dict:
                    state_dict[prefix + "weight"] = state_dict.pop(prefix + "kernel")
                self.scale = int(state_dict.pop(prefix + "scale", 3))
                super()._load_from_state_dict(state_dict, prefix, about, strict, missing, *more)
                if prefix + "bias" in missing:
                    missing.remove(prefix + "bias")

        net = m.nn.Sequential(Renamed(2, 1), m.nn.Linear(1, 1))
        state = net.state_dict()
        log = [list(state)]
        state["0.kernel"] = state.pop("0.weight") * 0 + 5
        del state["0.bias"]
        state["0.scale"] = m.tensor(7)
        net.load_state_dict(state)
        log += [net[0].scale, net[0].weight.tolist(), list(state)]
        del state["1.bias"]
        log.append(net.load_state_dict(state, strict=False).missing_keys)
        told.append(log)
    assert told[0] == told[1]


class Log(list):
    """What happened, in order."""

    def hook(self, what, result=None):
        def told(*args, **kwargs):
            self.append(what)
            return result

        return told

    def gradients(self, module, inputs, outputs):
        self.append([None if g is None else g.tolist() for part in (inputs, outputs) for g in part])


@pytest.mark.filterwarnings("ignore:Full backward hook is firing")
@pytest.mark.parametrize("seed", SEEDS)
def test_hooks_run_in_pytorchs_order(seed):
    torch = pytest.importorskip("torch")
    logs = []
    for m in (ag, torch):
        rng, log, handles = np.random.default_rng(seed), Log(), []
        model = m.nn.Sequential(m.nn.Linear(2, 2), m.nn.Sequential(m.nn.Tanh(), m.nn.Linear(2, 1)))
        for i in range(8):
            part = list(model.modules())[rng.integers(5)]
            first, keywords, always = (bool(rng.integers(2)) for _ in range(3))
            add = (
                lambda p, h, f=first, k=keywords: p.register_forward_pre_hook(h, prepend=f, with_kwargs=k),
                lambda p, h, f=first, k=keywords, a=always: p.register_forward_hook(
                    h, prepend=f, with_kwargs=k, always_call=a
                ),
                lambda p, h, f=first: p.register_full_backward_pre_hook(h, prepend=f),
                lambda p, h, f=first: p.register_full_backward_hook(h, prepend=f),
            )[rng.integers(4)]
            handles.append(add(part, log.hook(i)))
        for _ in range(2):
            x = m.ones(3, 2, requires_grad=bool(rng.integers(2)))
            model(x).sum().backward()
            handles.pop(int(rng.integers(len(handles)))).remove()
            log.append("again")
        logs.append(log)
    assert logs[0] == logs[1]


@pytest.mark.parametrize("result", ["dict", "list", "tuple", "named tuple", "none"])
@pytest.mark.parametrize("wants", [False, True])
@pytest.mark.filterwarnings("ignore:For backward hooks", "ignore:Full backward hook is firing")
def test_backward_hooks_of_any_result(result, wants):
    """Of a tensor or a tuple the hook is called with the gradients; of anything else it is not."""
    torch = pytest.importorskip("torch")
    Named = collections.namedtuple("Named", "first second")
    told = []
    for m in (ag, torch):

        class Results(m.nn.Module):
            def forward(self, x):
                y = x * self.w
                return {
                    "dict": {"y": y},
                    "list": [y, y * 2],
                    "tuple": (y, 3),
                    "named tuple": Named(y, "text"),
                    "none": None,
                }[result]

        module, log = Results(), Log()
        module.w = m.nn.Parameter(m.full((2,), 2.0))
        module.register_full_backward_hook(log.gradients)
        x = m.ones(2, requires_grad=wants)
        found = module(x)
        log.append(type(found).__name__)
        if found is not None:
            (found["y"] if result == "dict" else found[0]).sum().backward()
            log.append((module.w.grad.tolist(), x.grad.tolist() if wants else None))
        told.append(log)
    assert told[0] == told[1]


def test_a_backward_hook_may_not_invent_gradients():
    for module, x in ((ag.nn.Linear(1, 1), ag.ones(1, 1)),):
        module.register_full_backward_hook(lambda *_: (ag.ones(1, 1),))
        with (
            pytest.warns(UserWarning, match="Full backward hook is firing"),
            pytest.raises(RuntimeError, match="where no input requires gradient"),
        ):
            module(x).sum().backward()
        module(x.requires_grad_()).sum().backward()
        module.register_full_backward_hook(lambda *_: (None, None))
        with pytest.raises(RuntimeError, match="invalid number of grad_input, got 2, but expected 1"):
            module(x).sum().backward()


def test_a_parameter_does_not_hide_behind_its_class():
    class Holder(ag.nn.Module):
        weight = None

        @property
        def bias(self):
            return 3

    for name in ("weight", "bias", "forward"):
        with pytest.raises(KeyError, match=f"attribute '{name}' already exists"):
            setattr(Holder(), name, ag.nn.Parameter(ag.ones(1)))


def test_what_has_no_values_keeps_its_places():
    """A buffer in two places stays one, which PyTorch's conversions make two."""
    module = ag.nn.Sequential(ag.nn.BatchNorm1d(2), ag.nn.Linear(2, 2)).half()
    module[1].register_buffer("mean", module[0].running_mean)
    before = module[1].weight
    module.to_empty(device="cpu", recurse=False)
    assert module.to_empty(device="cpu")[1].weight is before
    assert {p.dtype for p in module.parameters()} == {ag.float16}
    assert module[1].mean is module[0].running_mean


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_shared_memory_is_seen_by_a_fork():
    module = ag.nn.Linear(2, 2).share_memory()
    weight = module.weight
    child = os.fork()
    if child == 0:
        weight.data.fill_(7)
        os._exit(0)
    os.waitpid(child, 0)
    assert weight.tolist() == [[7, 7], [7, 7]]
