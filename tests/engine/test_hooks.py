"""Hooks: one handle for tensors, modules and optimizers, and what becomes of a tensor's hooks."""

import copy
import pickle

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import nn, optim
from autograd_cnn._engine.hooks import RemovableHandle

# handles


def tensor_hook(seen):
    x = ag.ones(2, requires_grad=True)
    return x.register_hook(seen.append), lambda: (x * 2.0).sum().backward()


def retained_hook(seen):
    x = ag.ones(2, requires_grad=True)
    y = x * 2.0
    y.retain_grad()
    return y.register_hook(seen.append), lambda: y.sum().backward(retain_graph=True)


def module_hook(register):
    def make(seen):
        module = nn.Linear(2, 2)
        handle = getattr(module, register)(lambda *_: seen.append(1))
        return handle, lambda: module(ag.ones(1, 2, requires_grad=True)).sum().backward()

    return make


def global_hook(seen):
    module = nn.Linear(2, 2)
    handle = nn.modules.module.register_module_forward_hook(lambda *_: seen.append(1))
    return handle, lambda: module(ag.ones(1, 2))


def optimizer_hook(register):
    def make(seen):
        w = ag.ones(2, requires_grad=True)
        optimizer = optim.SGD([w], 0.1)
        handle = getattr(optimizer, register)(lambda *_: seen.append(1))

        def use():
            w.grad = ag.ones(2)
            optimizer.step()
            optimizer.load_state_dict(optimizer.state_dict())

        return handle, use

    return make


def every_step_hook(seen):
    optimizer = optim.SGD([ag.ones(2, requires_grad=True)], 0.1)
    return optim.optimizer.register_optimizer_step_post_hook(lambda *_: seen.append(1)), optimizer.step


MAKERS = {
    "a tensor": tensor_hook,
    "a tensor that retains": retained_hook,
    "all modules": global_hook,
    "all optimizers": every_step_hook,
    **{
        register: module_hook(register)
        for register in (
            "register_forward_pre_hook",
            "register_forward_hook",
            "register_full_backward_pre_hook",
            "register_full_backward_hook",
        )
    },
    **{
        register: optimizer_hook(register)
        for register in (
            "register_step_pre_hook",
            "register_step_post_hook",
            "register_state_dict_pre_hook",
            "register_state_dict_post_hook",
            "register_load_state_dict_pre_hook",
            "register_load_state_dict_post_hook",
        )
    },
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_every_handle_is_of_one_kind_and_ends_with_its_block(make) -> None:
    seen = []
    handle, use = make(seen)
    assert type(handle) is RemovableHandle
    assert isinstance(handle.id, int)
    with handle as entered:
        assert entered is handle
        use()
        count = len(seen)
        assert count
    use()
    assert len(seen) == count
    handle.remove()  # again: nothing happens


def test_ids_differ_and_removing_one_leaves_the_others() -> None:
    seen = []
    x = ag.ones(1, requires_grad=True)
    handles = [x.register_hook(lambda g, i=i: seen.append(i)) for i in range(3)]
    assert len({handle.id for handle in handles}) == 3
    handles[1].remove()
    (x * 1.0).backward()
    assert seen == [0, 2]


def test_a_hook_may_remove_itself_and_others_while_it_runs() -> None:
    seen, handles = [], []
    x = ag.ones(1, requires_grad=True)

    def once(g):
        seen.append(1)
        for handle in handles:
            handle.remove()

    handles += [x.register_hook(once), x.register_hook(lambda g: seen.append(2))]
    (x * 1.0).backward()
    (x * 1.0).backward()
    assert seen == [1, 2]


def test_a_handle_copied_or_sent_with_its_module_serves_the_copy() -> None:
    module = nn.Linear(2, 2)
    module.handle = module.register_forward_hook(_ignore)
    for other in (copy.deepcopy(module), pickle.loads(pickle.dumps(module))):
        other.handle.remove()
        assert len(other._forward_hooks) == 0
        assert len(module._forward_hooks) == 1


def _ignore(*_):
    return None


def test_hooks_stay_with_a_leaf_whose_dtype_changes() -> None:
    seen = []
    x = ag.ones(2, requires_grad=True)
    before = (x * 2.0).sum()
    handle = x.register_hook(lambda g: seen.append(str(g.dtype)))
    x.data = x.data.double()
    (x * 2.0).sum().backward()
    before.backward()
    assert seen == ["torch.float64", "torch.float32"]
    handle.remove()
    (x * 2.0).sum().backward()
    assert len(seen) == 2


@pytest.mark.parametrize("change", ["mul_", "a write into a view"])
def test_a_retained_gradient_follows_its_tensor(change) -> None:
    torch = pytest.importorskip("torch")

    def run(lib):
        x = lib.ones(2, 3, requires_grad=True)
        y = x * 2.0
        y.retain_grad()
        (y if change == "mul_" else y[0]).mul_(3.0)
        (y * y).sum().backward()
        return y.grad.tolist(), x.grad.tolist(), y.retains_grad

    assert run(ag) == run(torch)


def test_the_users_hook_comes_before_the_one_that_fills_grad() -> None:
    y = ag.ones(2, requires_grad=True) * 2.0
    y.retain_grad()
    y.register_hook(lambda g: g * 5.0)
    y.sum().backward()
    assert y.grad.tolist() == [5.0, 5.0]


def leaf(*values, dtype=np.float64):
    return ag.tensor(np.array(values if len(values) != 1 else values[0], dtype), requires_grad=True)


def close(tensor, expected) -> None:
    np.testing.assert_allclose(tensor.array, np.asarray(expected, np.float64), rtol=1e-12, atol=1e-12)


# hooks of tensors


def test_a_hook_sees_the_sum_of_all_contributions_once_and_may_replace_it() -> None:
    x = leaf([1.0, 2.0])
    seen = []
    h = x * 2.0
    h.register_hook(lambda g: seen.append(g.tolist()))
    handle = h.register_hook(lambda g: g * 10.0)
    y = (h * h + h).sum()
    y.backward(retain_graph=True)
    assert seen == [[5.0, 9.0]]
    close(x.grad, [100.0, 180.0])
    handle.remove()
    handle.remove()
    x.grad = None
    y.backward()
    close(x.grad, [10.0, 18.0])


def test_a_removed_hook_leaves_the_others() -> None:
    x, seen = leaf([1.0]), []
    first = x.register_hook(lambda g: seen.append("first"))
    x.register_hook(lambda g: seen.append("second"))
    first.remove()
    first.remove()
    (x * 3.0).backward()
    assert seen == ["second"]


def test_hooks_of_a_leaf_change_what_arrives_in_grad() -> None:
    x = leaf([1.0])
    x.register_hook(lambda g: -g)
    (x * 3.0).backward()
    close(x.grad, [-3.0])


def test_hooks_run_on_tensors_of_the_graph_under_create_graph() -> None:
    x = leaf([2.0])
    kinds = []
    x.register_hook(lambda g: kinds.append(g.requires_grad))
    with pytest.warns(UserWarning, match="create_graph=True"):
        (x * x).backward(create_graph=True)
    assert kinds == [True]


def test_wrong_hooks_are_refused() -> None:
    with pytest.raises(
        RuntimeError, match="cannot register a hook on a tensor that doesn't require gradient"
    ):
        ag.tensor([1.0]).register_hook(lambda g: g)
    y = leaf([1.0, 2.0]) * 2.0
    y.register_hook(lambda g: g.sum())
    with pytest.raises(RuntimeError, match=r"hook returned a gradient of shape \[\] for one of shape \[2\]"):
        y.sum().backward()


def test_retain_grad_keeps_the_gradient_of_a_computed_tensor() -> None:
    torch = pytest.importorskip("torch")

    def run(x):
        h = x * 2.0
        h.retain_grad()
        h.retain_grad()  # a second call changes nothing
        h.register_hook(lambda g: g * 3.0)
        y = (h * h).sum()
        y.backward(retain_graph=True)
        once = h.grad.tolist()
        y.backward()
        return once, h.grad.tolist(), x.grad.tolist(), h.retains_grad, x.retains_grad

    assert run(leaf([1.0, 2.0])) == run(torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True))
    with pytest.raises(RuntimeError, match="can't retain_grad on Tensor that has requires_grad=False"):
        ag.tensor([1.0]).retain_grad()
    assert ag.tensor([1.0]).retains_grad is False


# what hooks record

PLACES = {
    "leaf": lambda x, y, see: x.register_hook(see),
    "leaf, accumulated": lambda x, y, see: x.register_post_accumulate_grad_hook(see),
    "leaf's node, before": lambda x, y, see: y.grad_fn.next_functions[0][0].register_prehook(see),
    "leaf's node, after": lambda x, y, see: y.grad_fn.next_functions[0][0].register_hook(see),
    "result": lambda x, y, see: y.register_hook(see),
    "node, before": lambda x, y, see: y.grad_fn.register_prehook(see),
    "node, after": lambda x, y, see: y.grad_fn.register_hook(see),
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("create_graph", [False, True])
@pytest.mark.parametrize("outside", [False, True])
@pytest.mark.filterwarnings("ignore:Using backward")  # that it makes a circle is not the question
def test_a_hook_records_where_the_pass_does(place, create_graph, outside):
    x = ag.ones(2, requires_grad=True)
    y = x * 2.0
    seen = []

    def see(*_):
        seen.append(ag.is_grad_enabled())

    place(x, y, see)
    z = y.sum()
    with ag.set_grad_enabled(outside):
        z.backward(create_graph=create_graph)
        assert ag.is_grad_enabled() is outside
    assert seen == [create_graph]


def test_a_hook_may_take_the_optimizers_step():
    x = ag.ones(2, requires_grad=True)

    def step(parameter):
        parameter.sub_(0.1 * parameter.grad)

    x.register_post_accumulate_grad_hook(step)
    (x * 3.0).sum().backward()
    assert ag.allclose(x, ag.tensor([0.7, 0.7]))
