"""In-place methods and assignment by index: values, gradients, dtypes and errors against PyTorch."""

import random
from typing import Any

import numpy as np
import pytest

import autograd_cnn as ac
from tests.recorded import kind_of, pytorch


def outcome(t: Any, code: str) -> str:
    """What ``code`` leaves in ``r``, as text; or the type of its error."""
    names: dict[str, Any] = {"t": t, "np": np}
    try:
        exec(code, names)
    except Exception as error:  # noqa: BLE001 - any error that a library means is an outcome to compare
        return kind_of(error)
    return ", ".join(
        repr(v.detach()) + "*" * v.requires_grad if hasattr(v, "detach") else repr(v) for v in names["r"]
    )


def agree(code: str) -> None:
    assert outcome(ac, code) == pytorch(outcome, code), code


HISTORY = (
    "x = t.tensor([1., 2., 3.], requires_grad=True); y = t.tensor([.5, -1., 2.], "
    "requires_grad=True); z = x * 2\n"
)
BACK = "\n(z * t.tensor([1., 10., 100.])).sum().backward(); r = (z, x.grad, y.grad)"


@pytest.mark.parametrize(
    "write",
    """
    z.add_(y)
    z.add_(y, alpha=3)
    z.add_(1)
    z.add_(True)
    z.sub_(y, alpha=2)
    z.mul_(y)
    z.div_(y)
    z.div_(2, rounding_mode="floor")
    z.pow_(2)
    z.pow_(y)
    z.neg_()
    z.abs_()
    z.exp_()
    z.log_()
    z.sqrt_()
    z.relu_()
    z.sigmoid_()
    z.tanh_()
    z.clamp_(3, 5)
    z.clamp_(min=y)
    z.clip_(max=3)
    z.zero_()
    z.fill_(3)
    z.fill_(y[0])
    z.fill_(y)
    z.copy_(y)
    z.copy_(y[0])
    z.copy_(t.ones(2, 3))
    z.masked_fill_(y > 0, 7.)
    z.masked_fill_(y > 0, y[1])
    z.masked_fill_(y, 7.)
    z.addcmul_(y, y, value=2)
    z.addcdiv_(y, y + 3, value=2)
    z.lerp_(y, .3)
    z.normal_().zero_()
    z.uniform_().zero_()
    z.bernoulli_(1.)
    z.mul_(t.tensor(2., dtype=t.float64))
    z.add_(t.ones(3, dtype=t.float64))
    z.add_(t.ones(2, 3))
    z.add_(t.ones(2))
    z += y
    z -= y
    z *= y
    z /= y
    z **= 2
    z[0] = 5
    z[0] = y[1]
    z[1:] = y[1:]
    z[:] = y
    z[...] = y
    z[None] = y
    z[::2] = y[:2]
    z[y > 0] = 0
    z[y > 0] = y[y > 0]
    z[[0, 2]] = y[:2]
    z[t.tensor([0, 2])] = y[:2]
    z[t.tensor(1)] = 4
    z[np.array([0, 1])] = y[:2]
    z[np.int64(1)] = 3
    z[t.tensor([], dtype=t.int64)] = 1
    z[y[0] > 0] = 7
    z[True] = y
    z[False] = 5
    z[0] = t.tensor(3.7, dtype=t.float64)
    z[0] = y[:1]
    z[0] = y[None, :1]
    z[1:] = y[None, 1:]
    z[-1] += y[0]
    z[1:] *= y[1:]
    z[1:].mul_(y[1:])
    z[0].zero_()
    z.view(3, 1)[1] = 9
    z.view(3, 1).add_(y.view(3, 1))
    z[5] = 1
    z[0] = t.ones(2)
    z[1:] = t.ones(3)
    z[1.5] = 1
    z[0, 0] = 1
    z[0] = None
    z[0] = [1, 2]
    z[:2] = [1, 2]
    z[0] = 'a'
    z[t.tensor([True, False])] = 1
    z[t.tensor([0., 1.])] = 1
    z.detach_()
    z[:2].detach_()
    w = z.exp(); z.add_(1); z = w
    w = z * z; z.add_(1); z = w
    w = z + 1; z.mul_(2); z = w
    a = z[:2]; z.mul_(2); z = z + a.sum()
    a = z[:2]; a.mul_(y[:2])
    a = z[1:]; b = a[1:]; b.mul_(y[2:]); a.add_(1)
    x.mul_(3)
    x += 1
    x[0] = 1
    x[0].zero_()
    x.view(3, 1).zero_()
    x.data.mul_(3)
    z = z.expand(2, 3); z.add_(1)
    """.strip().splitlines(),
    ids=str.strip,
)
def test_history(write: str) -> None:
    agree(HISTORY + write.strip() + BACK)


@pytest.mark.parametrize("leaf", ["z", "x"])
def test_no_grad_writes_leave_the_history_alone(leaf: str) -> None:
    agree(HISTORY + f"with t.no_grad(): {leaf}.mul_(3)" + BACK)


@pytest.mark.parametrize(
    "write",
    """
    i.add_(1)
    i.add_(1.5)
    i.mul_(2.)
    i.div_(2)
    i /= 2
    i += 1.5
    i += True
    i //= 2
    i %= 2
    i.add_(t.ones(3))
    i = i.int(); i.add_(t.ones(3, dtype=t.int64))
    i = i.to(t.uint8); i.add_(t.tensor([1, 1, -5]))
    i = i.to(t.uint8); i.sub_(5)
    i = i > 1; i.add_(1)
    i = i > 1; i.fill_(2)
    i = i > 1; i |= True
    i = i > 1; i &= t.tensor([False, True, False])
    i.exp_()
    i.sqrt_()
    i.neg_()
    i.pow_(2)
    i.pow_(.5)
    i.sigmoid_()
    i.clamp_(2)
    i.clamp_(1.5)
    i.fill_(2.7)
    i.fill_(True)
    i.fill_(float('nan'))
    i.copy_(t.tensor([1.9, -1.9, 0.]))
    i.masked_fill_(i > 1, 0)
    i.masked_fill_(i > 1, 2.7)
    i[0] = 2.9
    i[0] = t.tensor(2.9)
    i[i > 1] = -1
    i[0] = True
    i = i.to(t.int8); i[0] = 300
    i.zero_()
    i = t.zeros(3, dtype=t.bool); i[0] = 5
    i = t.ones(3, dtype=t.float16); i.add_(t.ones(3))
    i.bernoulli_(1)
    i.detach_()
    """.strip().splitlines(),
    ids=str.strip,
)
def test_dtypes(write: str) -> None:
    agree(f"i = t.tensor([1, 2, 3])\n{write.strip()}\nr = (i,)")


@pytest.mark.parametrize(
    "index",
    """
    [0] = t.arange(3)
    [:, 1] = 7
    [:, 1] = t.tensor([1., 2.])
    [t.tensor([0, 1]), t.tensor([1, 2])] = t.tensor([1., 2.])
    [:, t.tensor([0, 2])] = t.tensor([1., 2.])
    [t.tensor([1]), :] = t.arange(3.)
    [t.tensor([[True, False, True], [False, False, True]])] = t.arange(3.)
    [t.tensor([True, False])] = t.arange(3.)
    [..., 0] = 1
    [0, ...] = 1
    [None, 0] = 1
    [0] = t.ones(1, 1, 3)
    [0] = t.ones(2, 3)
    [:] = t.ones(3, 1)
    [0, 1] = 1
    [[0, 1], [1, 2]] = 5
    [[0, 1]] = 5
    [[True, False]] = 5
    [0:1, 0:2] = t.ones(1, 2)
    [2] = 1
    [-3] = 1
    [t.tensor([2])] = 1
    [0][1] = 3
    [t.tensor([[True, False], [True, False]])] = 1
    [t.tensor([0, 1], dtype=t.int32)] = t.arange(3.)
    [0, 1, 2] = 1
    """.strip().splitlines(),
    ids=str.strip,
)
def test_assignment(index: str) -> None:
    agree(f"v = t.arange(6.).view(2, 3); v{index.strip()}\nr = (v,)")


@pytest.mark.parametrize(
    "code",
    [
        "v = t.zeros(2, 3); v.t()[0] = t.tensor([1., 2.])",
        "v = t.zeros(2, 3); v.T[2].fill_(4)",
        "v = t.zeros(()); v[...] = 3",
        "v = t.zeros(()); v[()] = 3",
        "v = t.zeros(()); v[0] = 3",
        "v = t.zeros(0, 3); v[:] = 3",
        "v = t.zeros(2, 3, 4); v[0, :, t.tensor([0, 1])] = t.ones(2, 3)",
        "v = t.zeros(2, 3, 4); v[t.tensor([0]), :, t.tensor([0, 1])] = t.arange(6.).view(2, 3)",
        "v = t.arange(6.).view(2, 3); v[0] = v[1]; v[1] = 0",
    ],
)
def test_assignment_into_other_shapes(code: str) -> None:
    agree(code + "\nr = (v,)")


def test_methods_return_the_tensor_itself() -> None:
    x = ac.ones(3)
    for name, args in {
        "add_": (1,),
        "zero_": (),
        "fill_": (2,),
        "copy_": (ac.ones(3),),
        "normal_": (),
        "clamp_": (0, 1),
        "exp_": (),
    }.items():
        assert getattr(x, name)(*args) is x


def test_a_failing_write_changes_nothing() -> None:
    x = ac.arange(3.0)
    for write in (
        "x.add_(ac.ones(2))",
        "x[0:2] = [5, 6]",
        "x[:2] = ac.ones(3)",
        "x.copy_(ac.ones(2, 3))",
        "x.fill_(ac.ones(3))",
    ):
        with pytest.raises((RuntimeError, TypeError)):
            exec(write, {"x": x, "ac": ac})
    assert x.tolist() == [0, 1, 2]


def test_a_tensor_times_itself_keeps_what_its_gradient_needs() -> None:
    """PyTorch refuses this one; here the overwritten operand is kept: d(z*z) = 2z."""
    x = ac.tensor([1.0, 2.0, 3.0], requires_grad=True)
    z = x * 2
    z.mul_(z)
    z.sum().backward()
    assert z.tolist() == [4, 16, 36]
    assert x.grad is not None
    assert x.grad.tolist() == [8, 16, 24]


def views_and_writes(t: Any, seed: int) -> tuple[np.ndarray[Any, Any], ...] | None:
    """Values and gradients of a random program of views and in-place writes; None where backward is
    refused."""
    choose = random.Random(seed)
    start = np.random.default_rng(seed).uniform(0.5, 1.5, (3, 4))
    x, y = t.from_numpy(start).requires_grad_(), t.from_numpy(start.T + 0.3).requires_grad_()
    views = [x * 1.5]
    for _ in range(choose.randint(1, 7)):
        v, action, number = choose.choice(views), choose.randrange(8), choose.random()
        if v.dim() and action < 3:
            views.append((v[int(number * len(v))], v[1:], v.t() if v.dim() == 2 else v[:1])[action])
        elif v.dim() and action == 3:
            v[0] = number
        elif v.dim() and action == 4:
            v[v > 0.8] = y[0, 0]
        else:
            (v.mul_, v.add_, v.copy_)[action % 3](y.sum() * number)
    try:
        sum((v * number).sum() for number, v in enumerate(views, 1)).backward()
    except RuntimeError:
        return None
    zero = np.zeros((4, 3))
    return views[0].detach().numpy().copy(), x.grad.numpy(), zero if y.grad is None else y.grad.numpy()


def test_programs_of_views_and_writes() -> None:
    """What PyTorch computes comes out the same; where it refuses, because a saved value was overwritten, more
    may be allowed here."""
    compared = 0
    for seed in range(150):
        theirs = pytorch(views_and_writes, seed)
        if theirs is not None:
            ours = views_and_writes(ac, seed)
            assert ours is not None
            for a, b in zip(ours, theirs, strict=True):
                np.testing.assert_allclose(a, b, rtol=1e-10)
            compared += 1
    assert compared > 100
