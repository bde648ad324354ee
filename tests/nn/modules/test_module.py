"""Module: what it holds, how it is called, its hooks, its state, its conversions and its printed form."""

import copy
import pickle

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(3, 4)
        self.blocks = nn.ModuleList([nn.Linear(4, 4), nn.Linear(4, 4)])
        self.head = nn.Sequential(nn.ReLU(), nn.Dropout(0.25), nn.Linear(4, 2, bias=False))
        self.scale = nn.Parameter(ag.ones(2))
        self.register_buffer("mean", ag.zeros(2))
        self.register_buffer("count", ag.tensor(0), persistent=False)

    def forward(self, x):
        x = self.fc1(x)
        for block in self.blocks:
            x = block(x)
        return self.head(x) * self.scale + self.mean


NAMES = [
    "scale",
    "fc1.weight",
    "fc1.bias",
    "blocks.0.weight",
    "blocks.0.bias",
    "blocks.1.weight",
    "blocks.1.bias",
    "head.2.weight",
]


# what it holds


def test_members_are_found_by_name_in_order():
    net = Net()
    assert [name for name, _ in net.named_parameters()] == NAMES
    assert [name for name, _ in net.named_buffers()] == ["mean", "count"]
    assert [name for name, _ in net.named_children()] == ["fc1", "blocks", "head"]
    assert [name for name, _ in net.named_modules()] == [
        "",
        "fc1",
        "blocks",
        "blocks.0",
        "blocks.1",
        "head",
        "head.0",
        "head.1",
        "head.2",
    ]
    assert len(list(net.parameters(recurse=False))) == 1
    assert net.get_submodule("blocks.1") is net.blocks[1]
    assert net.get_parameter("head.2.weight") is net.head[2].weight
    assert net.get_buffer("mean") is net.mean


def test_shared_members_are_found_once():
    layer = nn.Linear(2, 2)
    net = nn.Sequential(layer, layer)
    assert len(list(net.parameters())) == 2
    assert len(list(net.named_parameters(remove_duplicate=False))) == 4
    assert list(net.state_dict()) == ["0.weight", "0.bias", "1.weight", "1.bias"]


def test_attributes_move_between_tables():
    net = nn.Module()
    net.a = ag.ones(2)
    assert "a" not in net._buffers
    net.a = nn.Parameter(ag.ones(2))
    assert list(dict(net.named_parameters())) == ["a"]
    del net.a
    net.a = nn.Linear(1, 1)
    assert [name for name, _ in net.named_children()] == ["a"]
    net.a = None
    assert net.a is None
    del net.a
    assert not hasattr(net, "a")


@pytest.mark.parametrize(
    ("act", "error", "message"),
    [
        (lambda net: net.nothing, AttributeError, "'Net' object has no attribute 'nothing'"),
        (
            lambda net: setattr(net, "scale", 3),
            TypeError,
            r"as parameter 'scale' \(torch.nn.Parameter or None expected\)",
        ),
        (lambda net: setattr(net, "fc1", 3), TypeError, "as child module 'fc1'"),
        (lambda net: setattr(net, "mean", 3), TypeError, "as buffer 'mean'"),
        (lambda net: net.register_parameter("a.b", None), KeyError, "name can.*t contain"),
        (lambda net: net.register_parameter("", None), KeyError, "name can.*t be empty"),
        (lambda net: net.register_buffer("fc1", None), KeyError, "attribute 'fc1' already exists"),
        (
            lambda net: net.register_parameter("p", ag.ones(1)),
            TypeError,
            "torch.nn.Parameter or None required",
        ),
        (lambda net: net.add_module("m", 3), TypeError, "is not a Module subclass"),
        (lambda net: net.get_submodule("fc1.x"), AttributeError, "Linear has no attribute `x`"),
        (lambda net: net.train("yes"), ValueError, "training mode is expected to be boolean"),
        (lambda net: net.to(ag.int64), TypeError, "only accepts floating point"),
    ],
)
def test_misuse_is_refused_in_pytorchs_words(act, error, message):
    with pytest.raises(error, match=message):
        act(Net())


def test_forgetting_super_init_is_said():
    class Forgetful(nn.Module):
        def __init__(self):
            self.fc = nn.Linear(1, 1)

    with pytest.raises(AttributeError, match=r"cannot assign module before Module.__init__\(\) call"):
        Forgetful()


def test_a_module_without_forward_says_so():
    with pytest.raises(
        NotImplementedError, match=r'Module \[Module\] is missing the required "forward" function'
    ):
        nn.Module()(1)


# modes and conversions


def test_train_eval_apply_and_requires_grad():
    net = Net()
    assert net.eval() is net
    assert not any(module.training for module in net.modules())
    assert net.train().head[1].training
    seen = []
    net.apply(lambda module: seen.append(type(module).__name__))
    assert seen == [
        "Linear",
        "Linear",
        "Linear",
        "ModuleList",
        "ReLU",
        "Dropout",
        "Linear",
        "Sequential",
        "Net",
    ]
    net.requires_grad_(False)
    assert not any(p.requires_grad for p in net.parameters())


def test_conversion_keeps_the_parameter_objects_and_converts_gradients():
    net = Net()
    before = list(net.parameters())
    net(ag.ones(1, 3)).sum().backward()
    assert net.double() is net
    assert all(a is b for a, b in zip(before, net.parameters(), strict=True))
    assert {p.dtype for p in net.parameters()} == {ag.float64} == {p.grad.dtype for p in net.parameters()}
    assert net.mean.dtype == ag.float64
    assert net.count.dtype == ag.int64
    net.zero_grad()
    net(ag.ones(1, 3, dtype=ag.float64)).sum().backward()
    assert all(p.grad is not None for p in net.parameters())
    assert net.to("cpu", ag.float32).float().cpu().fc1.weight.dtype == ag.float32


def test_zero_grad_forgets_or_overwrites():
    net = Net().eval()
    net(ag.ones(1, 3)).sum().backward()
    net.zero_grad(set_to_none=False)
    assert all((p.grad.array == 0).all() for p in net.parameters())
    net.zero_grad()
    assert all(p.grad is None for p in net.parameters())


@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))], ids=["deepcopy", "pickle"]
)
def test_a_copy_is_independent(duplicate):
    net = Net().eval()
    other = duplicate(net)
    x = ag.ones(1, 3)
    np.testing.assert_array_equal(net(x).array, other(x).array)
    other.scale.array[...] = 0
    assert (net.scale.array == 1).all()
    other(x).sum().backward()
    assert other.fc1.weight.grad is not None
    assert net.fc1.weight.grad is None


# state


def test_state_goes_out_and_in():
    net, other = Net(), Net()
    state = net.state_dict()
    assert list(state) == ["scale", "mean", *NAMES[1:]]
    assert not any(tensor.requires_grad for tensor in state.values())
    assert np.shares_memory(state["scale"].array, net.scale.array)
    memory = other.scale.array
    assert repr(other.load_state_dict(state)) == "<All keys matched successfully>"
    assert other.scale.array is memory
    np.testing.assert_array_equal(other.fc1.weight.array, net.fc1.weight.array)
    assert next(iter(net.state_dict(prefix="net."))) == "net.scale"


def test_all_faults_are_listed_at_once_as_pytorch_lists_them_and_nothing_is_loaded():
    torch = pytest.importorskip("torch")
    ours, theirs = (
        nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1)),
        torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Linear(3, 1)),
    )
    shapes = {"0.weight": (3, 2), "1.weight": (4, 3), "1.bias": (2,), "extra": (1,), "more": (1,)}
    before = {name: tensor.array.copy() for name, tensor in ours.state_dict().items()}
    with pytest.raises(RuntimeError) as expected:
        theirs.load_state_dict({name: torch.zeros(*shape) for name, shape in shapes.items()})
    with pytest.raises(RuntimeError) as found:
        ours.load_state_dict({name: ag.zeros(*shape) for name, shape in shapes.items()})
    assert str(found.value) == str(expected.value)
    for name, tensor in ours.state_dict().items():
        np.testing.assert_array_equal(tensor.array, before[name])


def test_not_strict_loads_what_fits_and_reports_the_rest():
    net = nn.Linear(2, 1)
    result = net.load_state_dict({"weight": ag.ones(1, 2), "other": ag.ones(1)}, strict=False)
    assert (result.missing_keys, result.unexpected_keys) == (["bias"], ["other"])
    assert (net.weight.array == 1).all()
    with pytest.raises(RuntimeError, match="size mismatch for weight"):
        net.load_state_dict({"weight": ag.ones(2, 2)}, strict=False)
    with pytest.raises(RuntimeError, match=r"expected torch\.Tensor or Tensor-like object"):
        net.load_state_dict({"weight": [1, 2], "bias": ag.ones(1)})
    with pytest.raises(TypeError, match="Expected state_dict to be dict-like"):
        net.load_state_dict([])


def test_assign_holds_the_given_tensors():
    net = nn.Linear(2, 1, bias=False)
    given = ag.ones(1, 2, dtype=ag.float64)
    net.load_state_dict({"weight": given}, assign=True)
    assert isinstance(net.weight, nn.Parameter)
    assert net.weight.array is given.array
    assert net.weight.requires_grad


# hooks


def test_forward_hooks_see_and_replace():
    layer, seen = nn.Linear(2, 2), []
    handles = [
        layer.register_forward_pre_hook(lambda m, args: seen.append("pre") or (args[0] * 0,)),
        layer.register_forward_hook(lambda m, args, out: seen.append("post") or out + 1),
        layer.register_forward_pre_hook(
            lambda m, args, kwargs: seen.append("first"), prepend=True, with_kwargs=True
        ),
    ]
    np.testing.assert_allclose(layer(ag.ones(1, 2)).array, layer.bias.array[None] + 1)
    assert seen == ["first", "pre", "post"]
    for handle in handles:
        handle.remove()
    layer(ag.ones(1, 2))
    assert len(seen) == 3


def test_a_forward_hook_that_is_always_called_runs_after_a_failure():
    layer, seen = nn.Linear(2, 2), []
    layer.register_forward_hook(lambda m, args, out: seen.append(out), always_call=True)
    with pytest.raises(RuntimeError, match="cannot be multiplied"):
        layer(ag.ones(1, 5))
    assert seen == [None]


@pytest.mark.parametrize("replace", [False, True])
def test_full_backward_hooks_are_pytorchs(replace):
    torch = pytest.importorskip("torch")

    def run(lib, tensor, module_base):
        class Product(module_base):
            def forward(self, x, y, factor):
                return x * y * factor, x + y

        layer, seen = Product(), []

        def hook(module, grad_input, grad_output):
            seen.append([None if g is None else np.asarray(g.tolist()) for g in (*grad_input, *grad_output)])
            return tuple(None if g is None else g * 10 for g in grad_input) if replace else None

        layer.register_full_backward_pre_hook(
            lambda module, grad_output: tuple(g * 2 for g in grad_output) if replace else None
        )
        layer.register_full_backward_hook(hook)
        x, y = tensor([1.0, 2.0], requires_grad=True), tensor([3.0, 5.0], requires_grad=True)
        a, b = layer(x, y, 2.0)
        (a.sum() + (b * b).sum()).backward()
        return seen, x.grad.tolist(), y.grad.tolist()

    ours, theirs = run(ag, ag.tensor, nn.Module), run(torch, torch.tensor, torch.nn.Module)
    assert ours[1:] == theirs[1:]
    assert len(ours[0]) == len(theirs[0]) == 1
    for a, b in zip(ours[0][0], theirs[0][0], strict=True):
        assert (a is None) == (b is None)
        if a is not None:
            np.testing.assert_allclose(a, b)


def test_a_backward_hook_runs_where_no_input_wants_a_gradient():
    layer, seen = nn.Linear(2, 1), []
    layer.register_full_backward_hook(
        lambda m, grad_input, grad_output: seen.append((grad_input, grad_output[0].item()))
    )
    with pytest.warns(UserWarning, match="Full backward hook is firing"):
        layer(ag.ones(1, 2)).sum().backward()
    assert seen == [((None,), 1.0)]


# scopes


def test_recorded_operators_know_the_modules_they_ran_in():
    net = Net()
    scope = net.blocks[1](ag.ones(1, 4)).grad_fn.scope
    while scope.kind != "module":
        scope = scope.outer
    assert scope.name == "blocks.1"
    net2 = nn.ModuleDict({"a": nn.Linear(1, 1)})
    holder = nn.Module()
    holder.parts = net2
    holder.parts["b"] = nn.Linear(1, 1)
    assert [m._scope_name for m in net2.values()] == ["parts.a", "parts.b"]


# containers and printing


def test_sequences():
    net = nn.Sequential(nn.Linear(1, 2), nn.ReLU(), nn.Linear(2, 3))
    assert len(net[:2]) == 2
    assert net[-1] is net[2]
    net.append(nn.Tanh()).insert(1, nn.Identity())
    assert [type(m).__name__ for m in net] == ["Linear", "Identity", "ReLU", "Linear", "Tanh"]
    del net[1]
    assert list(net._modules) == ["0", "1", "2", "3"]
    with pytest.raises(IndexError, match="index 9 is out of range"):
        net[9]
    layers = nn.ModuleList([nn.ReLU()]) + nn.ModuleList([nn.Tanh()])
    layers += [nn.Sigmoid()]
    layers.insert(0, nn.Identity())
    assert isinstance(layers.pop(-1), nn.Sigmoid)
    assert len(layers) == 3


def test_parameter_containers():
    net = nn.Module()
    net.many = nn.ParameterList([ag.ones(2), nn.Parameter(ag.zeros(3))])
    net.named = nn.ParameterDict({"a": ag.ones(1)})
    net.many.append(ag.ones(4))
    net.many[0] = nn.Parameter(ag.zeros(5))
    net.named["b"] = ag.ones(2)
    assert [n for n, _ in net.named_parameters()] == ["many.0", "many.1", "many.2", "named.a", "named.b"]
    assert net.many[-1].shape == (4,)
    assert net.many[0].shape == (5,)
    assert "a" in net.named


def build(nn):
    """One of everything, with either library's ``nn``."""
    return nn.Sequential(
        nn.Conv2d(1, 20, 5, padding=2, stride=(1, 2), bias=False),
        nn.Conv1d(2, 4, 3, groups=2, dilation=2, padding="same", padding_mode="reflect"),
        nn.Conv3d(1, 2, 3),
        nn.ConvTranspose2d(2, 4, 3, stride=2, output_padding=1, padding=1),
        nn.MaxPool2d(2),
        nn.MaxPool1d(3, stride=2, ceil_mode=True),
        nn.AvgPool2d(2),
        nn.AvgPool1d(2, padding=1),
        nn.ReLU(),
        nn.ReLU(inplace=True),
        nn.LeakyReLU(0.2),
        nn.PReLU(3),
        nn.Sigmoid(),
        nn.Tanh(),
        nn.Softmax(dim=1),
        nn.LogSoftmax(dim=-1),
        nn.Dropout(0.25),
        nn.Dropout2d(),
        nn.Flatten(),
        nn.Identity(),
        nn.Linear(3, 4, bias=False),
        nn.CrossEntropyLoss(),
        nn.NLLLoss(),
        nn.MSELoss(),
        nn.Sequential(),
        nn.ModuleList([nn.Linear(2, 2), nn.Linear(2, 2), nn.ReLU(), nn.Sequential(nn.Tanh())]),
        nn.ModuleList(),
        nn.ModuleDict({"a": nn.Linear(1, 2)}),
    )


def test_prints_as_pytorch():
    torch = pytest.importorskip("torch")
    assert repr(build(nn)) == repr(build(torch.nn))


def test_parameters_print_as_pytorchs():
    torch = pytest.importorskip("torch")
    assert repr(nn.Parameter(ag.ones(2))) == repr(torch.nn.Parameter(torch.ones(2)))
    ours, theirs = nn.ParameterList([ag.ones(2, 3)]), torch.nn.ParameterList([torch.ones(2, 3)])
    assert repr(ours) == repr(theirs)
