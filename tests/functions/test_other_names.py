"""Arguments by each of the names that PyTorch's parser takes, and results with names."""

import copy
import importlib
import pickle
import pkgutil

import pytest

import autograd_cnn as ag
from autograd_cnn import _functions
from autograd_cnn._functions._return_types import RETURN_TYPES

X = ag.tensor([[2.0, 1.0], [1.0, 3.0]])


@pytest.mark.parametrize(("call", "same"), [
    (lambda: ag.hsplit(X, sections=2)[0], lambda: ag.hsplit(X, 2)[0]),
    (lambda: ag.vsplit(X, indices=[1])[0], lambda: ag.vsplit(X, [1])[0]),
    (lambda: ag.tensor_split(input=X, tensor_indices_or_sections=ag.tensor(2))[0], lambda: X[:1]),
    (lambda: ag.linalg.cholesky(input=X), lambda: ag.linalg.cholesky(X)),
    (lambda: ag.linalg.lstsq(input=X, b=X).solution, lambda: ag.linalg.lstsq(X, X).solution),
    (lambda: ag.cholesky_solve(input=X, input2=X), lambda: ag.cholesky_solve(X, X)),
    (lambda: ag.triangular_solve(input=X, A=X)[0], lambda: ag.triangular_solve(X, X)[0]),
    (lambda: ag.linalg.tensorsolve(input=X, other=X[0]), lambda: ag.linalg.solve(X, X[0])),
    (lambda: ag.linalg.pinv(X, 0.5), lambda: ag.linalg.pinv(X, rtol=0.5)),
    (lambda: ag.special.hermite_polynomial_h(x=X, n=2), lambda: ag.special.hermite_polynomial_h(X, 2)),
    (lambda: ag.isin(element=1.0, test_elements=X), lambda: ag.isin(1.0, X)),
    (lambda: ag.searchsorted(X[0], self=1.5), lambda: ag.searchsorted(X[0], 1.5)),
    (lambda: ag.mul(x1=X, x2=X), lambda: X * X),
    (lambda: ag.sin(x=X), lambda: X.sin()),
    (lambda: ag.add(a=X, x2=X, alpha=2, out=ag.empty(2, 2)), lambda: 3 * X),
    (lambda: ag.remainder(self=2, other=X), lambda: ag.remainder(2, X)),
    (lambda: ag.special.xlog1py(self=2, other=X), lambda: ag.special.xlog1py(2, X)),
    (lambda: ag.result_type(X, other=X.double()), lambda: ag.float64),
    (lambda: ag.result_type(2, tensor=X), lambda: ag.float32),
    (lambda: X.clone().copy_(other=X[0]), lambda: X.clone().copy_(X[0])),
])  # fmt: skip
def test_arguments_have_the_names_of_each_form(call, same):
    found, expected = call(), same()
    assert ag.equal(found, expected) if isinstance(found, ag.Tensor) else found == expected


def test_types_are_the_same_whoever_comes_first():
    for names in [{"tensor": X, "other": 1}, {"scalar": 1, "tensor": X}, {"scalar1": 1, "scalar2": 2.0}]:
        assert ag.result_type(**names) == ag.float32


@pytest.mark.parametrize(("call", "told"), [
    (lambda: ag.hsplit(X, sektions=2), "sektions"),
    (lambda: ag.sin(y=X), "unexpected keyword argument 'y'"),
    (lambda: ag.add(X), "missing 1 required positional argument: 'other'"),
    (lambda: ag.logical_not(), "missing 1 required positional argument: 'input'"),
    (lambda: ag.sin(X, X), "takes 1 positional argument but 2 were given"),
    (lambda: ag.sin("a"), r"argument 'input' \(position 1\) must be Tensor, not str"),
    (lambda: ag.reshape(object(), (1,)), r"argument 'input' \(position 1\) must be Tensor, not object"),
    (lambda: ag.linalg.det(3), r"must be Tensor, not int"),
])  # fmt: skip
def test_what_does_not_fit_is_named(call, told):
    with pytest.raises(TypeError, match=told):
        call()


class Asked:
    """Answers for itself with what it was asked."""

    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return function.__name__, types, len(args), kwargs


@pytest.mark.parametrize(("call", "name", "places", "options"), [
    (lambda d: ag.sin(d), "sin", 1, {}),
    (lambda d: ag.add(X, d), "add", 2, {}),
    (lambda d: ag.add(d, X, alpha=2), "add", 2, {"alpha": 2}),
    (lambda d: ag.cat([d, X]), "cat", 1, {}),
    (lambda d: ag.matmul(X, d), "matmul", 2, {}),
    (lambda d: ag.clamp(d, max=2), "clamp", 1, {"max": 2}),
    (lambda d: ag.zeros_like(d), "zeros_like", 1, {}),
    (lambda d: ag.isnan(d), "isnan", 1, {}),
    (lambda d: ag.reshape(d, (1,)), "reshape", 2, {}),
])  # fmt: skip
def test_arguments_that_answer_for_themselves_are_asked_by_each_function(call, name, places, options):
    assert call(Asked()) == (name, (Asked,), places, options)


def test_all_types_of_results_have_their_public_place():
    for module in pkgutil.iter_modules(_functions.__path__):
        importlib.import_module(f"{_functions.__name__}.{module.name}")
    names = filter(str.isidentifier, dir(ag.return_types))  # pytest adds some that are none
    public = {name for name in names if not name.startswith("_")}
    assert public == {*RETURN_TYPES, "all_return_types", "pytree_register_structseq"}


def test_results_with_names_are_made_of_a_sequence():
    found = ag.return_types.max((1, 2))
    assert (found.values, found.indices) == (1, 2)
    assert repr(found) == "torch.return_types.max(\nvalues=1,\nindices=2)"
    for given, told in [((1, 2, 3), "2-sequence"), (1, "requires a sequence")]:
        with pytest.raises(TypeError, match=told):
            ag.return_types.max(given)
    assert type(copy.copy(found)) is type(pickle.loads(pickle.dumps(found))) is ag.return_types.max
    assert type(ag.slogdet(X)) is ag.return_types.slogdet
    assert type(ag.qr(X)) is ag.return_types.qr
    assert type(ag.nanmedian(X, 0)) is ag.return_types.nanmedian
    spectrum = ag.linalg.eig(X)
    assert type(spectrum) is type(pickle.loads(pickle.dumps(spectrum))) is ag.return_types.linalg_eig
    written = ag.max(X, 0, out=(ag.empty(2), ag.empty(2, dtype=ag.int64)))
    assert type(written) is ag.return_types.max_out
