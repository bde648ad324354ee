"""Numbers by position, as programs gave them before PyTorch asked for their names; and functions pickled."""

import pickle

import numpy as np
import pytest

import autograd_cnn as ag

X = ag.tensor([[1.0, 2.0], [3.0, 4.0]])
Y = ag.tensor([[0.5, -1.0], [2.0, 0.25]])
V = ag.tensor([1.0, -2.0])

CALLS = {
    "add": (lambda: ag.add(X, 2, Y), lambda: ag.add(X, Y, alpha=2)),
    "Tensor.add": (lambda: X.add(0.5, Y), lambda: X.add(Y, alpha=0.5)),
    "Tensor.add_": (lambda: X.clone().add_(-0.5, Y), lambda: X.add(Y, alpha=-0.5)),
    "sub": (lambda: ag.sub(X, np.float32(2), Y), lambda: ag.sub(X, Y, alpha=2)),
    "Tensor.sub_": (lambda: X.clone().sub_(2, Y), lambda: X.sub(Y, alpha=2)),
    "addcmul": (lambda: ag.addcmul(X, 3, Y, Y), lambda: ag.addcmul(X, Y, Y, value=3)),
    "Tensor.addcmul_": (lambda: X.clone().addcmul_(3, Y, Y), lambda: X.addcmul(Y, Y, value=3)),
    "addcdiv": (lambda: ag.addcdiv(X, -0.1, Y, X), lambda: ag.addcdiv(X, Y, X, value=-0.1)),
    "Tensor.addcdiv_": (lambda: X.clone().addcdiv_(-0.1, Y, X), lambda: X.addcdiv(Y, X, value=-0.1)),
    "addmm": (lambda: ag.addmm(2, X, 3, Y, Y), lambda: ag.addmm(X, Y, Y, beta=2, alpha=3)),
    "addmm, one number": (lambda: ag.addmm(2, X, Y, Y), lambda: ag.addmm(X, Y, Y, beta=2)),
    "Tensor.addmm_": (lambda: X.clone().addmm_(2, 3, Y, Y), lambda: X.addmm(Y, Y, beta=2, alpha=3)),
    "a tensor as number": (lambda: X.add(ag.tensor(3.0), Y), lambda: X.add(Y, alpha=3)),
    "addcmul, tensor as number": (lambda: ag.addcmul(X, V[0], Y, Y), lambda: ag.addcmul(X, Y, Y)),
    "addcmul, a tensor by name": (
        lambda: ag.addcmul(X, 0.5, Y, tensor2=X),
        lambda: ag.addcmul(X, Y, X, value=0.5),
    ),
    "addmv": (lambda: ag.addmv(2, V, 3, X, V), lambda: ag.addmv(V, X, V, beta=2, alpha=3)),
    "addr": (lambda: ag.addr(2, X, 3, V, V), lambda: ag.addr(X, V, V, beta=2, alpha=3)),
    "baddbmm": (
        lambda: ag.baddbmm(2, X[None], 3, Y[None], Y[None]),
        lambda: ag.baddbmm(X[None], Y[None], Y[None], beta=2, alpha=3),
    ),
    "Tensor.addbmm": (
        lambda: X.addbmm(2, 3, Y[None], Y[None]),
        lambda: X.addbmm(Y[None], Y[None], beta=2, alpha=3),
    ),
}


@pytest.mark.parametrize(("older", "present"), CALLS.values(), ids=CALLS)
def test_numbers_by_position_are_those_by_name(older, present):
    with pytest.warns(UserWarning, match=r"This overload of \w+ is deprecated"):
        found = older()
    assert ag.equal(found, present())


@pytest.mark.parametrize(
    "call",
    [
        lambda: ag.add(X, Y, Y),
        lambda: X.sub_(Y, X),
        lambda: ag.addcmul(X, 1, 2, Y, Y),
        lambda: ag.addmm(1, 2, 3, X, Y, Y),
        lambda: ag.addcmul(X, 2, Y, Y, value=3),
        lambda: ag.addmm(X, X, X, 2),
        lambda: X.addmm(2, X, 3, X),
        lambda: ag.addcmul(X, Y, Y, 0.5),
        lambda: ag.addcmul(X, Y, 0.5, Y),
        lambda: ag.addcmul(0.5, X, Y, Y),
        lambda: ag.add(X, 3, Y, alpha=2),
        lambda: X.sub(3, Y, alpha=2),
        lambda: ag.add(X, 3, older=Y),
    ],
)
def test_other_orders_stay_errors(call):
    with pytest.raises(TypeError):
        call()


@pytest.mark.parametrize("space", [ag, ag.linalg, ag.special, ag.nn.functional], ids=lambda m: m.__name__)
def test_functions_are_pickled_by_their_names(space):
    functions = {
        name: value
        for name, value in vars(space).items()
        if not name.startswith("_") and callable(value) and not isinstance(value, type)
    }
    refused = ("complex", "istft", "polar", "stft", "view_as_complex", "view_as_real")
    assert len(functions) > 30
    for name, function in functions.items():
        if name not in refused and not name.startswith("sparse_"):
            assert pickle.loads(pickle.dumps(function)) is function, name
