"""Writing in place: values and gradients as PyTorch's, views that stay views, and overwritten values that are
errors."""

import copy
import pickle
import re
from contextlib import ExitStack

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn.nn import functional as F
from tests.recorded import libraries, pytorch

START = np.random.default_rng(0).normal(size=(4, 3))


def same_as_pytorch(program) -> None:
    """Run ``program`` on a leaf of either library: equal values, equal gradients."""

    def run(t):
        leaf = t.tensor(START, requires_grad=True)
        y = program(leaf)
        y.sum().backward()
        return y.detach(), leaf.grad

    for ours, theirs in zip(run(ag), pytorch(run), strict=True):
        np.testing.assert_allclose(ours.array, theirs, rtol=1e-12)


def whole(t):
    y = t * 2.0
    y += t
    y *= 3.0
    y -= 1.0
    y /= t
    return y * y


def power_of_itself(t):
    y = t * t + 1.0
    y **= 2.0
    return y * t


def element_constant(t):
    y = t * 2.0
    y[0] = 3.0
    return y * y


def element_updates(t):
    y = t * 2.0
    y[0] += 1.0
    y[0] *= 3.0
    y[1:] += t[0]
    return y * y


def updates_by_neighbours(t):
    y = t * 2.0
    y[0] *= t[1]
    y *= t
    y[1, 2] = t[0, 0] * t[2, 2]
    return y * y


def assigned_from_the_graph(t):
    y = t * 2.0
    y[1] = t[0] * t[2]
    return y * t


def assigned_by_mask(t):
    y = t * 2.0
    y[y > 0] = 5.0
    y[[0, 2], 1] = t[1, :2]
    return y * t


def assigned_by_list_with_a_tensor(t):
    y = t * 1.0
    y[[1, 3]] = t[[0, 2]] * 4.0
    return y * y


def overwritten_twice(t):
    y = t * 2.0
    y[0] = t[1]
    y[0] = t[2]
    return y * y


def through_a_view(t):
    y = t * 2.0
    v = y[0]
    v *= 5.0
    return y * y


def view_sees_its_root(t):
    y = t * 2.0
    v = y[0]
    y *= 5.0
    return v * v


def view_of_a_view(t):
    y = t * 2.0
    v = y[0]
    w = v[1:]
    w *= 5.0
    w += t[1, 1:]
    return y * y + v


def sibling_views(t):
    y = t * 2.0
    first, last = y[:2], y[1:]
    first *= 3.0
    last *= t[1:]
    first += last[1] + t[0]
    return y * y + first.sum()


def reshaped_view(t):
    y = t * 2.0
    v = y.reshape(12)
    v[3:7] *= t.reshape(12)[:4]
    return y * y + v.sum()


def transposed_view(t):
    y = t * 2.0
    v = y.permute(1, 0)
    v[0] = t[:, 1] * 2.0
    v[1] += v[0]
    return y * v.permute(1, 0)


def view_of_an_advanced_read_is_a_copy(t):
    y = t * 2.0
    v = y[[0, 1]]
    v *= 10.0
    return y * y + v.sum()


def constant_buffer(t):
    y = t * 0.0
    y = y.detach()
    v = y[:2]
    y[1:3] = t[:2]
    return y * y + (v * v).sum()


def old_view_of_a_constant(t):
    b = (t * 0.0).detach()
    v = b[:2]
    b[1:4] = t[:3]
    return v * v * t[:2]


def read_before_and_after(t):
    y = t * 2.0
    before = y + 1.0
    y += t
    return before * 2.0 + y * y


def after_detached_read(t):
    y = t * 2.0
    y[0] = y[1].detach() * 2.0
    return y * y


def in_no_grad(t):
    y = t * 2.0
    with ExitStack() as stack:
        for library in libraries():
            stack.enter_context(library.no_grad())
        y *= 3.0
    return y * t


PROGRAMS = [
    value
    for name, value in list(globals().items())
    if callable(value) and getattr(value, "__code__", None) and value.__code__.co_varnames[:1] == ("t",)
]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_values_and_gradients_are_pytorchs(program) -> None:
    same_as_pytorch(program)


def test_a_value_that_only_the_writing_operator_needs_is_kept_for_it() -> None:
    """PyTorch raises here; an operator that overwrites its own operand keeps a copy of it."""
    x = ag.tensor(START.copy(), requires_grad=True)
    y = x * 2.0
    y *= y
    y.sum().backward()
    np.testing.assert_allclose(x.grad.array, 8 * START)


def written_through_the_root(lib, leaf):
    y = leaf * 2.0
    view = y[0]
    y.mul_(3.0)
    return y, view


def test_backward_from_a_view_knows_what_was_written_since_to_its_root() -> None:
    for lib in libraries():
        x = lib.tensor(START, requires_grad=True)
        _, view = written_through_the_root(lib, x)
        view.sum().backward()
        assert x.grad[0].tolist() == [6.0] * 3
        x.grad = None
        _, view = written_through_the_root(lib, x)
        view.backward(lib.ones(3, dtype=lib.float64))  # no operator in between that would look
        assert x.grad[0].tolist() == [6.0] * 3
        x.grad = None
        y, view = written_through_the_root(lib, x)
        view[1] = 1.0
        y.sum().backward()
        assert x.grad[0].tolist() == [6.0, 0.0, 6.0]
        y, view = written_through_the_root(lib, x)
        with pytest.raises(RuntimeError, match="appears to not have been used in the graph"):
            lib.autograd.grad(y.sum(), view)
        y, view = written_through_the_root(lib, x)
        (g,) = lib.autograd.grad((view * view).sum(), view)
        assert g.tolist() == (view * 2.0).tolist()


def test_the_node_of_a_view_is_that_of_its_root_after_a_write() -> None:
    _, view = written_through_the_root(ag, ag.tensor(START.copy(), requires_grad=True))
    (above,) = {edge for edge, _ in view.grad_fn.next_functions}
    assert above.name() == "MulBackward0"
    assert above.next_functions[0][0].name() == "MulBackward0"


def test_a_hook_of_a_view_runs() -> None:
    view, seen = (ag.tensor(START.copy(), requires_grad=True) * 2.0)[0], []
    view.register_hook(lambda g: seen.append(g.tolist()))
    view.backward(ag.ones(3, dtype=ag.float64))
    assert seen == [[1.0, 1.0, 1.0]]


def test_a_retained_gradient_is_that_of_the_value_after_the_last_write() -> None:
    for lib in libraries():
        x = lib.ones(4, requires_grad=True)
        y = x * 1.0
        y.retain_grad()
        y.mul_(3.0)
        y[:2] *= 2.0
        assert y.retains_grad
        y.sum().backward()
        assert y.grad.tolist() == [1.0] * 4
        assert x.grad.tolist() == [6.0, 6.0, 3.0, 3.0]


@pytest.mark.parametrize(
    "name",
    [
        "relu",
        "relu6",
        "hardtanh",
        "elu",
        "selu",
        "celu",
        "leaky_relu",
        "silu",
        "mish",
        "hardswish",
        "hardsigmoid",
    ],
)
def test_activations_in_place_have_the_gradient_of_those_that_are_not(name: str) -> None:
    plain, written = ag.tensor(START.copy(), requires_grad=True), ag.tensor(START.copy(), requires_grad=True)
    getattr(ag.nn.functional, name)(plain * 2.0).sum().backward()
    getattr(ag.nn.functional, name)(written * 2.0, inplace=True).sum().backward()
    np.testing.assert_array_equal(plain.grad.array, written.grad.array)


def test_expanding_to_its_own_elements_leaves_a_tensor_writable() -> None:
    for lib in libraries():
        x = lib.ones(4, requires_grad=True)
        y = x * 1.0
        y.expand(4).mul_(2.0)
        y.expand(1, 4).mul_(3.0)
        (y * y).sum().backward()
        assert x.grad.tolist() == [72.0] * 4


@pytest.mark.parametrize("turn", [lambda y: y.t_(), lambda y: y.unsqueeze_(0)])
@pytest.mark.parametrize("constant", [False, True])
def test_views_taken_before_a_tensor_got_another_shape_in_place(turn, constant: bool) -> None:
    for lib in libraries():
        x = lib.ones(4, 3, requires_grad=True)
        y = lib.ones(4, 3) if constant else x * 1.0
        view = y[0]
        turn(y)
        y.mul_(turn(x.detach() * 3.0) if not constant else turn(x * 3.0))
        assert view.tolist() == [3.0] * 3
        (view * view).sum().backward()
        assert x.grad.tolist() == [[18.0] * 3, *[[0.0] * 3] * 3]


def test_a_view_whose_root_was_written_is_asked_for_its_present_node() -> None:
    for lib in libraries():
        w = lib.tensor(5.0, requires_grad=True)
        y = lib.ones(2, 3)
        asked, left = y[0], y[0]
        y.mul_(w)
        assert (asked.requires_grad, asked.is_leaf) == (True, False)
        with pytest.raises(RuntimeError, match=r"numpy\(\)"):
            left.numpy()


def test_a_hook_of_a_view_whose_root_was_written_sees_its_gradient() -> None:
    """Not compared with PyTorch 2.13, which crashes here unless ``grad_fn`` was looked at before."""
    y = ag.ones(2, 3, requires_grad=True) * 1.0
    view = y[0]
    y.mul_(3.0)
    seen: list[object] = []
    view.register_hook(lambda g: seen.append(g.tolist()))
    (view * 2.0).sum().backward()
    assert seen == [[2.0] * 3]


def test_what_a_view_retains_is_of_its_last_value() -> None:
    for lib in libraries():
        x = lib.ones(2, 3, requires_grad=True)
        y = x * 1.0
        view = y[0]
        view.retain_grad()
        y.mul_(3.0)
        (view * 2.0).sum().backward()
        assert view.retains_grad
        assert view.grad.tolist() == [2.0] * 3


def test_views_of_a_turned_constant_learn_of_writes_through_each_other() -> None:
    for lib in libraries():
        w = lib.tensor(5.0, requires_grad=True)
        y = lib.ones(2, 3)
        first, second = y[0], y[0, 1]
        y.t_()
        first.mul_(w)
        assert second.requires_grad
        second.backward()
        assert w.grad.item() == 1.0


def test_a_view_looked_at_under_no_grad_keeps_its_history() -> None:
    for lib in libraries():
        x = lib.ones(4, requires_grad=True)
        y = x * 1.0
        view = y[:2]
        y.mul_(3.0)
        with lib.no_grad():
            view.sum()
        assert view.requires_grad
        view.sum().backward()
        assert x.grad.tolist() == [3.0, 3.0, 0.0, 0.0]


# overwritten values


def here(offset: int) -> str:
    """``test_inplace.py:NUMBER`` of a line ``offset`` lines from the caller's."""
    import sys

    return re.escape(f"test_inplace.py:{sys._getframe(1).f_lineno + offset}")


def test_an_overwritten_result_names_operator_value_and_line() -> None:
    x = ag.tensor(START[0].copy(), requires_grad=True)
    y = ag.exp(x)
    z = (y * 2.0).sum()
    line = here(+1)
    y += 1.0
    with pytest.raises(
        RuntimeError,
        match=r"modified by an inplace operation: exp needs its 'out' of shape \[3\], which was "
        rf"overwritten at .*{line}; write out of place there, or clone\(\) before",
    ):
        z.backward()
    assert x.grad is None


def test_an_overwritten_operand_names_the_forward_line_where_lines_are_kept() -> None:
    from autograd_cnn._engine.modes import lines

    x = ag.tensor(START[0].copy(), requires_grad=True)
    with lines():
        h = x * 2.0
        made = here(+1)
        y = h * h
    written = here(+1)
    h[1] = 0.0
    with pytest.raises(
        RuntimeError, match=rf"multiply needs its '[xy]'.*saved at .*{made}.*overwritten at .*{written}"
    ):
        y.sum().backward()


@pytest.mark.parametrize("write", ["leaf", "detached", "view", "root", "numpy method"])
def test_any_way_of_writing_is_noticed(write: str) -> None:
    x = ag.tensor(START.copy(), requires_grad=True)
    root = x * 1.0
    h = root[1:]
    y = {"leaf": x}.get(write, h)
    y = (y * y).sum()
    with ag.no_grad():
        if write == "leaf":
            x += 1.0
        elif write == "detached":
            d = h.detach()
            d += 1.0
        elif write == "view":
            v = h[0]
            v *= 2.0
        elif write == "root":
            root *= 2.0
        else:
            h[0, 0] = 1.0
    with pytest.raises(RuntimeError, match="modified by an inplace operation: multiply needs"):
        y.backward()


def test_a_write_elsewhere_disturbs_nobody() -> None:
    x = ag.tensor(START.copy(), requires_grad=True)
    other = ag.tensor(START.copy())
    y = (x * x).sum()
    other += 1.0
    y.backward()
    np.testing.assert_allclose(x.grad.array, 2 * START)


def test_a_write_before_the_value_is_used_is_fine() -> None:
    x = ag.tensor(START.copy(), requires_grad=True)
    with ag.no_grad():
        x += 1.0
    (x * x).sum().backward()
    np.testing.assert_allclose(x.grad.array, 2 * (START + 1.0))


def test_writing_what_no_rule_needs_is_fine() -> None:
    x = ag.tensor(START.copy(), requires_grad=True)
    h = x * 2.0  # keeps the 2, not x and not h
    y = h + 1.0
    h += 5.0
    (y + h).sum().backward()
    np.testing.assert_allclose(x.grad.array, np.full((4, 3), 4.0))


@pytest.mark.parametrize("mode", ["no_grad", "inference_mode"])
@pytest.mark.parametrize("of_view", [False, True])
def test_a_view_taken_unrecorded_is_not_written_with_recording_on(mode: str, of_view: bool) -> None:
    """The graph of its root would not learn of the write, and the root's gradient would be wrong without a
    word."""
    for lib in libraries():
        x = lib.ones(4, requires_grad=True)
        y = x * 1.0
        with getattr(lib, mode)():
            view = y[:2]
        view = view[:1] if of_view else view
        with pytest.raises(RuntimeError, match="view"):
            view.mul_(3.0)
        with pytest.raises(RuntimeError, match="view"):
            view[0] = x[0]
        with lib.no_grad():
            view.add_(1.0)
        assert y.tolist() == [2.0, 1.0 if of_view else 2.0, 1.0, 1.0]
    constant = ag.zeros(4)
    with ag.no_grad():
        view = constant[:2]
    view += 1.0  # no gradient is wanted of anybody
    with pytest.raises(RuntimeError, match=r"taken under no_grad\(\) or inference_mode\(\).*clone\(\)"):
        view += ag.ones(2, requires_grad=True)
    del constant
    view += ag.ones(2, requires_grad=True)  # the memory is the view's alone
    assert view.requires_grad


# what is refused


def test_a_leaf_that_needs_a_gradient_wants_no_grad() -> None:
    x = ag.tensor(START.copy(), requires_grad=True)
    for write in (lambda: x.__iadd__(1.0), lambda: x.__setitem__(0, 1.0)):
        with pytest.raises(
            RuntimeError,
            match=r"^a leaf Variable that requires grad is being used in an in-place "
            r"operation.*no_grad\(\).*clone\(\)",
        ):
            write()
    with pytest.raises(RuntimeError, match="a view of a leaf Variable that requires grad"):
        x[0].__iadd__(1.0)
    np.testing.assert_array_equal(x.array, START)


def test_shapes_and_dtypes_stay() -> None:
    x = ag.tensor([1.0, 2.0])
    with pytest.raises(
        RuntimeError, match=r"output with shape \[2\] doesn't match the broadcast shape \[3, 2\]"
    ):
        x += ag.ones(3, 2)
    n = ag.tensor([1, 2])
    with pytest.raises(
        RuntimeError, match=r"result type float32 can't be cast to the desired output type int64"
    ):
        n += 0.5
    with pytest.raises(
        RuntimeError,
        match=r"shape mismatch: value tensor of shape \[3\] cannot be broadcast to indexing result of shape "
        r"\[2\]",
    ):
        x[:2] = ag.ones(3)
    assert x.tolist() == [1.0, 2.0]
    assert n.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("dtype", "value"), [("uint8", 300), ("int8", -129), ("int64", 2**70), ("int32", float("nan"))]
)
def test_a_number_that_does_not_fit_is_refused_by_its_value(dtype: str, value: float) -> None:
    y = ag.zeros(3, dtype=getattr(ag, dtype))
    with pytest.raises(
        RuntimeError, match=f"value cannot be converted to type {dtype} without overflow: {value}"
    ):
        y[0] = value
    assert y.tolist() == [0, 0, 0]
    with pytest.raises(
        ag.ops.ShapeError,
        match=r"value tensor of shape \[2\] cannot be broadcast to indexing result of shape \[3\]",
    ):
        y[:] = ag.zeros(2, dtype=y.dtype)


def test_an_expanded_tensor_cannot_be_written() -> None:
    y = ag.ops.broadcast_to(ag.tensor([1.0]), shape=(3,))
    with pytest.raises(RuntimeError, match=r"more than one element of the written-to tensor.*clone\(\)"):
        y += 1.0


def test_a_failing_write_changes_nothing() -> None:
    x = ag.tensor(START.copy(), requires_grad=True)
    y = x * 2.0
    node = y.grad_fn
    with pytest.raises(RuntimeError):
        y += ag.ones(2, 4, 3)
    with pytest.raises(IndexError):
        y[9] = 1.0
    assert y.grad_fn is node
    np.testing.assert_array_equal(y.array, START * 2.0)


# dtype, aliasing and identity


def test_a_narrower_tensor_takes_a_wider_value_with_its_gradient() -> None:
    x = ag.tensor(START.copy(), requires_grad=True)
    y = ag.zeros(4, 3)
    y += x
    y[0] = x[1]
    assert y.dtype == ag.float32
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.array, [[0, 0, 0], [2, 2, 2], [1, 1, 1], [1, 1, 1]])


def test_an_in_place_operator_returns_the_same_tensor_in_the_same_memory() -> None:
    x = ag.tensor([1.0, 2.0])
    before, memory = x, x.array
    x += 1.0
    assert x is before
    assert x.array is memory


def test_numpy_and_tensor_share_memory() -> None:
    a = np.zeros(3)
    t = ag.from_numpy(a)
    t += 2.0
    assert a.tolist() == [2.0] * 3
    t.numpy()[0] = 7.0
    assert a[0] == t[0].item() == 7.0


def test_a_view_of_a_written_constant_shows_the_new_values() -> None:
    b = ag.zeros(4)
    v = b[1:3]
    b += 1.0
    b[1] = 5.0
    assert v.tolist() == [5.0, 1.0]


def test_requires_grad_follows_what_was_written() -> None:
    x = ag.tensor(START[0].copy(), requires_grad=True)
    b = ag.zeros(2, 3, dtype="float64")
    v = b[0]
    assert not v.requires_grad
    b[0] = x
    assert b.requires_grad
    assert not b.is_leaf
    assert (v * 1.0).requires_grad


def test_many_writes_into_one_buffer() -> None:
    x = ag.tensor(START[0].copy(), requires_grad=True)
    rows = ag.zeros(200, 3, dtype="float64")
    for i in range(200):
        rows[i] = x * float(i)
    rows.sum().backward()
    np.testing.assert_allclose(x.grad.array, np.full(3, 199 * 200 / 2))


def test_a_long_path_of_views() -> None:
    x = ag.tensor(np.ones(6), requires_grad=True)
    y = x * 2.0
    v = y
    for i in range(20_000):
        v = v.reshape(2, 3) if i % 2 == 0 else v.reshape(6)
    v *= 3.0
    y.sum().backward()
    np.testing.assert_allclose(x.grad.array, np.full(6, 6.0))


# copies


def test_deepcopy_of_a_leaf_is_a_leaf_of_its_own() -> None:
    x = ag.tensor(START.copy(), requires_grad=True)
    (x * 2.0).sum().backward()
    y = copy.deepcopy(x)
    assert y.is_leaf
    assert y.requires_grad
    assert not np.shares_memory(x.array, y.array)
    np.testing.assert_array_equal(y.grad.array, x.grad.array)
    with pytest.raises(RuntimeError, match=r"graph leaves.*deepcopy protocol.*detach\(\)"):
        copy.deepcopy(x * 2.0)


def test_one_tensor_in_two_places_stays_one_in_a_deep_copy() -> None:
    x = ag.tensor([1.0])
    a, b = copy.deepcopy([x, x])
    assert a is b


def test_tensors_travel_to_other_processes_without_their_history() -> None:
    x = ag.tensor(START.copy(), requires_grad=True)
    y = pickle.loads(pickle.dumps(x))
    assert y.requires_grad
    np.testing.assert_array_equal(y.array, x.array)
    z = pickle.loads(pickle.dumps(x * 2.0))
    assert z.is_leaf
    np.testing.assert_array_equal(z.array, 2 * START)


# what PyTorch forbids, and what it does not watch


SEVERAL = {
    "unbind": lambda x: x.unbind(),
    "unbind of columns": lambda x: x.unbind(1),
    "split": lambda x: x.split(1),
    "split by sizes": lambda x: x.split([1, 2]),
    "split_with_sizes": lambda x: x.split_with_sizes([2, 1]),
    "chunk": lambda x: x.chunk(2),
    "iteration": lambda x: tuple(x),
    "a view of one": lambda x: tuple(part[:1] for part in x.unbind()),
}


@pytest.mark.parametrize("name", SEVERAL)
def test_one_of_several_views_is_not_written(name: str) -> None:
    wanted, free = ag.ones(3, 3, requires_grad=True) * 1, ag.ones(3, 3)
    for at in (0, 1):
        with pytest.raises(RuntimeError, match=f"Output {at} of .* is a view and is being modified inplace"):
            SEVERAL[name](wanted)[at].mul_(2)
        with pytest.raises(RuntimeError, match="returns multiple views"):
            SEVERAL[name](wanted)[at][...] = 1
        with pytest.raises(RuntimeError, match="returns multiple views"):
            SEVERAL[name](free)[at].mul_(wanted[0, 0])
        with ag.no_grad():
            SEVERAL[name](wanted)[at].mul_(2)
        SEVERAL[name](free)[at].mul_(2)
    assert SEVERAL[name](free)[0].array.flat[0] == 2
    ag.hsplit(wanted, 3)[0].mul_(2)  # these are one view each, there too
    wanted[0].mul_(2)


def test_a_view_keeps_its_history_where_its_base_is_detached() -> None:
    x = ag.ones(4, requires_grad=True)
    y = x * 2
    view = y[:2]
    y.detach_()
    assert (view.requires_grad, view.grad_fn is not None, y.requires_grad) == (True, True, False)
    (view * 3).sum().backward()
    assert x.grad.tolist() == [6.0, 6.0, 0.0, 0.0]
    y.mul_(2)
    assert not view.requires_grad  # taken again, of what has no history


def test_data_is_not_watched_and_detach_is() -> None:
    for show in (lambda t: t.data, lambda t: t.data[:], lambda t: t.data.view(2)):
        a = ag.ones(2, requires_grad=True)
        b = a * 2
        c = (b * b).sum()
        show(b)[0] = 5.0
        show(b).mul_(2)
        c.backward()
        assert a.grad.tolist() == [40.0, 16.0]
    b = a * 2
    c = (b * b).sum()
    b.numpy(force=True)  # lent: a write from outside would be noticed
    b.data.mul_(2)
    c.backward()
    b = a * 2
    c = (b * b).sum()
    b.detach().mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        c.backward()
    leaf = a.data.requires_grad_()
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad"):
        leaf.mul_(2)


def test_what_data_shows_is_no_view() -> None:
    y = ag.nn.functional.conv2d(ag.rand(2, 3, 9, 9), ag.rand(4, 3, 3, 3, requires_grad=True))
    assert y.data.view(-1).shape == (y.numel(),)
    assert y.data.detach_() is not None
    assert y.data.unsqueeze_(0).mul_(2).shape == (1, *y.shape)


def test_data_of_a_tensor_that_wants_a_gradient_is_floating_point() -> None:
    a = ag.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match="must be floating point or complex dtype"):
        a.data = ag.tensor([1, 2])
    a.data = ag.zeros(3, dtype=ag.float64)
    assert a.dtype == ag.float64
    b = ag.ones(2)
    b.data = ag.tensor([1, 2])
    assert b.dtype == ag.int64


def test_numbers_are_looked_at_under_no_grad() -> None:
    x = ag.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match=r"Can't call numpy\(\) on Tensor that requires grad"):
        x.numpy()
    with ag.no_grad():
        assert x.numpy().tolist() == [1.0, 1.0]


def test_the_gradient_of_a_computed_tensor_is_not_there_and_that_is_said() -> None:
    x = ag.ones(2, requires_grad=True)
    y = x * 2
    with pytest.warns(UserWarning, match="The .grad attribute of a Tensor that is not a leaf"):
        assert y.grad is None
    assert x.grad is None
    y.retain_grad()
    assert y.grad is None
    y.sum().backward()
    assert y.grad.tolist() == [1.0, 1.0]


def test_a_turned_tensor_retains_its_gradient() -> None:
    x = ag.ones(2, 3, requires_grad=True)
    for turn in (lambda t: t.t_(), lambda t: t.transpose_(0, 1), lambda t: t.unsqueeze_(0)):
        y = x * 2
        y.retain_grad()
        turn(y)
        assert y.retains_grad
        (y * 3).sum().backward()
        assert y.grad.shape == y.shape
        assert set(y.grad.flatten().tolist()) == {3.0}


def test_a_variable_is_a_new_tensor_of_the_same_memory() -> None:
    x = ag.ones(2, requires_grad=True)
    for given in (x, x * 2, ag.ones(2), ag.nn.Parameter(ag.ones(2))):
        for wanted in (False, True):
            v = ag.autograd.Variable(given, requires_grad=wanted)
            assert v is not given
            assert type(v) is ag.Tensor
            assert (v.requires_grad, v.is_leaf) == (wanted, True)
            assert np.shares_memory(v.array, given.array)


def test_a_write_through_a_view_reaches_a_gradient_that_lies_otherwise() -> None:
    """The gradient of ``y`` comes back transposed: its copy cannot be seen as ``y.view(6)`` shows ``y``."""
    for lib in libraries():
        x = lib.ones(2, 3, requires_grad=True)
        y = x * 1.0
        y.view(6)[:2].mul_(3.0)
        (y.T * lib.arange(6.0).reshape(3, 2)).sum().backward()
        assert x.grad.tolist() == [[0.0, 6.0, 4.0], [1.0, 3.0, 5.0]]
        x = lib.ones(2, 3, requires_grad=True)
        y = x.T * 1.0
        y.T.reshape(6)[:2].mul_(3.0)
        (y * lib.arange(6.0).reshape(3, 2)).sum().backward()
        assert x.grad.tolist() == [[0.0, 6.0, 4.0], [1.0, 3.0, 5.0]]


def test_a_result_that_was_written_in_place_is_refused_once_it_is_written_again() -> None:
    for lib in libraries():
        x = lib.ones(2, requires_grad=True)
        y = (x * 1.0).sigmoid_()
        y += 1.0
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            y.sum().backward()


def test_parts_of_expanded_and_unfolded_tensors_can_be_written() -> None:
    for lib in libraries():
        x = lib.ones(2, 3, requires_grad=True)
        y = x * 1.0
        y.expand(2, 2, 3)[0].mul_(2.0)
        y.unfold(1, 2, 1)[:, 1, 1].mul_(5.0)
        y.sum().backward()
        assert x.grad.tolist() == [[2.0, 2.0, 10.0]] * 2


def test_a_leaf_that_is_a_view_is_a_leaf() -> None:
    for lib in libraries():
        leaf = lib.zeros(4)[:2].requires_grad_()
        for view in (leaf, leaf[:1], leaf.view(2)):
            with pytest.raises(RuntimeError, match="leaf Variable that requires grad"):
                view.mul_(2.0)


def test_hooks_of_a_view_hear_nothing_of_what_is_written_over_it() -> None:
    for lib in libraries():
        base = lib.ones(2, 3, requires_grad=True) * 1.0
        row, heard = base[0], []
        row.register_hook(heard.append)
        row[1:].mul_(2.0)
        base.sum().backward()
        assert heard == []


def test_a_leaf_that_wants_no_gradient_any_more_gets_none() -> None:
    for lib in libraries():
        x = lib.ones(2, requires_grad=True)
        y = (x * 2.0).sum()
        x.requires_grad_(False)
        y.backward()
        assert x.grad is None


LAST_STEP_IS_A_VIEW = {
    "linear": lambda x: F.linear(x, ag.ones(4, 3)),
    "matmul of three axes": lambda x: x @ ag.ones(3, 2),
    "tensordot": lambda x: ag.tensordot(x, ag.ones(3, 2), 1),
    "one image": lambda x: F.avg_pool2d(x, 1),
    "group norm": lambda x: F.group_norm(x, 1),
    "gather of a number": lambda x: x.sum().gather(0, ag.tensor(0)),
    "quantile": lambda x: x.quantile(0.5),
    "cumsum of a number": lambda x: x.sum().cumsum(0),
    "unfold": lambda x: F.unfold(x, 1),
}


@pytest.mark.parametrize("name", LAST_STEP_IS_A_VIEW)
def test_a_result_is_nobody_s_view(name: str) -> None:
    """Functions whose last step shows another shape of what nobody holds."""
    x = ag.rand(2, 2, 3, requires_grad=True)
    y = LAST_STEP_IS_A_VIEW[name](x)
    view = y.view(-1)[:1]
    y.mul_(2)
    assert type(y.grad_fn).__name__ != "ViewBackward0"
    (g,) = ag.autograd.grad(view.sum(), y)
    assert g.sum() == 1
    again = LAST_STEP_IS_A_VIEW[name](x)
    (of_x,), (wanted,) = ag.autograd.grad(y.sum(), x), ag.autograd.grad((again * 2).sum(), x)
    np.testing.assert_allclose(of_x.array, wanted.array, rtol=1e-6)


def test_a_leaf_that_asks_again_is_the_leaf_that_graphs_lead_to() -> None:
    x, hooked = ag.ones(2, requires_grad=True), []
    x.register_hook(lambda g: hooked.append(g.tolist()))
    y = (x * 3).sum()
    x.requires_grad_(False)
    assert (x * 2).requires_grad is False
    x.requires_grad_()
    assert ag.autograd.grad(y, x, retain_graph=True)[0].tolist() == [3.0, 3.0]
    y.backward()
    assert x.grad.tolist() == [3.0, 3.0]
    assert hooked == [[3.0, 3.0]] * 2


def test_a_leaf_that_became_a_result_gets_no_gradient_of_before() -> None:
    x = ag.ones(3, requires_grad=True)
    y = x.sum()
    x.requires_grad_(False)
    x.sub_(y)
    with pytest.raises(RuntimeError, match="leaf variable has been moved into the graph interior"):
        y.sin().backward()
