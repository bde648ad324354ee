"""Numbers as arguments: NumPy's count as Python's do, and a bool is no whole number where PyTorch says so."""

import numpy as np
import pytest

import autograd_cnn as ag
from tests.recorded import pytorch

X = [[-2.0, 0.5, 3.0], [1.0, -0.25, 4.0]]

OF_TWO = [
    "add",
    "sub",
    "rsub",
    "mul",
    "div",
    "true_divide",
    "floor_divide",
    "remainder",
    "fmod",
    "pow",
    "float_power",
    "copysign",
    "xlogy",
    "clamp_min",
    "clamp_max",
    "eq",
    "ne",
    "lt",
    "le",
    "gt",
    "ge",
    "bitwise_and",
    "bitwise_or",
    "bitwise_xor",
    "bitwise_left_shift",
    "bitwise_right_shift",
    "fill",
]
OF_ONE_DIMENSION = ["softmax", "log_softmax", "size", "stride"]


def outcome(call):
    """What a call gives, or the type and the text of its error."""
    try:
        result = call()
    except (RuntimeError, TypeError, IndexError) as error:
        return type(error), str(error)
    if isinstance(result, ag.Tensor):
        return result.dtype, str(result.tolist())
    return result


@pytest.mark.parametrize("name", OF_TWO)
@pytest.mark.parametrize("number", [2, -1, 0.5, True], ids=str)
@pytest.mark.parametrize("dtype", [ag.float32, ag.int64, ag.bool], ids=str)
def test_a_number_of_numpys_is_the_number(name, number, dtype):
    x, function = ag.tensor(X).to(dtype), getattr(ag, name)
    for theirs in (
        np.asarray(number)[()],
        np.float32(number) if isinstance(number, float) else np.asarray(number)[()],
    ):
        assert isinstance(theirs, np.generic)
        found = outcome(lambda: function(x, theirs))  # noqa: B023 - called at once
        assert found == outcome(lambda: function(x, number))


@pytest.mark.parametrize("number", [2, 0.5], ids=str)
@pytest.mark.parametrize("dtype", [ag.float32, ag.int64, ag.bool], ids=str)
@pytest.mark.parametrize("call", [ag.add, ag.rsub, lambda x, y, alpha: ag.addcmul(x, y, y, value=alpha)])
def test_a_factor_of_numpys_is_the_factor(call, number, dtype):
    x = ag.tensor(X).to(dtype)
    theirs = (
        [np.float32(number), np.float64(number)]
        if isinstance(number, float)
        else [np.int64(number), np.uint8(number)]
    )
    for factor in theirs:
        found = outcome(lambda: call(x, x, alpha=factor))  # noqa: B023 - called at once
        assert found == outcome(lambda: call(x, x, alpha=number))


@pytest.mark.parametrize("name", OF_ONE_DIMENSION)
def test_a_dimension_is_a_whole_number_and_no_bool(name):
    x = ag.tensor(X)
    for dim in (0, 1, -1, 2):
        # the lambdas are called here, before the loop goes on
        of_numpys = outcome(lambda: getattr(x, name)(np.int64(dim)))  # noqa: B023 - called here
        assert of_numpys == outcome(lambda: getattr(x, name)(dim))  # noqa: B023 - called here
    with pytest.raises(TypeError, match=r"'dim' (\(position 2\) )?must be int, not bool"):
        getattr(x, name)(True)


AS_PYTORCH = """
    t.pow(i, np.int64(-1))
    i ** np.int64(-1)
    i ** -1
    t.pow(i, np.float32(-1))
    t.pow(i, True)
    t.add(i, i, alpha=2.0)
    t.add(i, i, alpha=np.float32(2))
    t.add(i, i, alpha=np.int64(2))
    t.add(i, i, alpha=True)
    t.add(x, x, alpha=True)
    t.add(b, b, alpha=True)
    t.add(b, b, alpha=2)
    t.add(b, b, alpha=0)
    t.add(b, b, alpha=0.5)
    t.rsub(x, x, alpha=True)
    t.addcmul(x, x, x, value=True)
    t.addcdiv(x, x, x + 9, value=True)
    t.softmax(x, True)
    t.softmax(x, np.True_)
    t.sum(x, True)
    t.sum(x, (True,))
    t.max(x, True)
    x.reshape(True, 6)
    x.reshape((True, 6))
    x.reshape(np.int64(3), np.int64(2))
    x.size(True)
    x.size(np.int64(1))
    x.stride(True)
    x.flip(True)
    x.flip(np.int64(1))
    t.relu(b)
    t.relu_(b)
    b.relu()
    t.nn.functional.relu(b)
    t.nn.functional.relu(b, inplace=True)
    t.nn.ReLU()(b)
    t.relu(i)
    t.sigmoid(b)
    t.tanh(i)
""".strip().splitlines()


@pytest.mark.parametrize("expression", AS_PYTORCH, ids=str.strip)
def test_as_pytorch(expression):
    def result(t):
        x = t.tensor(X)
        names = {"t": t, "np": np, "x": x, "i": x.long(), "b": x > 0}
        try:
            return eval(expression.strip(), names)
        except (RuntimeError, TypeError) as error:
            return "TypeError" if isinstance(error, TypeError) else "RuntimeError"

    pytorch.gives(result(ag), result, rtol=1e-6)


def test_numpys_functions_take_numpys_numbers():
    x = ag.tensor(X)
    assert (
        np.pad(x, 1, constant_values=np.int64(3)).tolist()
        == np.pad(np.array(X), 1, constant_values=3).tolist()
    )
    with pytest.raises(ValueError, match="equal division"):
        np.split(x, np.int64(2), axis=1)


def test_a_device_is_counted_with_numpys_numbers():
    assert ag.device(np.int64(1)) == ag.device("cuda:1")
    with pytest.raises(RuntimeError, match="device type at start of device string: True"):
        ag.device(True)
