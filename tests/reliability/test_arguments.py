"""Arguments of a wrong kind: the error is the type that PyTorch raises, and says which argument, and what it
was."""

import inspect

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import nn
from autograd_cnn._functions._arguments import names_arguments
from autograd_cnn.nn import functional as F

X = ag.rand(2, 2)


@names_arguments
def images_of(batch):
    """A function that looks into its argument."""
    return batch["images"].array


NOT_A_TENSOR = {
    "mm": (lambda: ag.mm(X, 3), r"mm\(\): argument 'mat2' \(position 2\) must be Tensor, not int"),
    "matmul": (lambda: X.matmul(3), r"matmul\(\): argument 'other' \(position 2\) must be Tensor, not int"),
    "matmul of a 0-d tensor": (
        lambda: ag.matmul(X.sum(), None),
        r"'other' \(position 2\) must be Tensor, not NoneType",
    ),
    "bmm": (lambda: ag.bmm("x", X), r"bmm\(\): argument 'input' \(position 1\) must be Tensor, not str"),
    "stack": (
        lambda: ag.stack([X, 3]),
        r"stack\(\): argument 'tensors'.* found element of type int at pos 1",
    ),
    "cat": (
        lambda: ag.cat([X, None]),
        r"cat\(\): argument 'tensors'.* found element of type NoneType at pos 1",
    ),
    "sum": (lambda: ag.sum([1.0]), r"sum\(\): argument 'input' \(position 1\) must be Tensor, not list"),
    "softmax": (
        lambda: ag.softmax(2.0, 0),
        r"softmax\(\): argument 'input' \(position 1\) must be Tensor, not float",
    ),
    "allclose": (lambda: ag.allclose(X, 1.0), r"argument 'other' \(position 2\) must be Tensor, not float"),
    "gather": (
        lambda: ag.gather(X, 0, None),
        r"gather\(\): argument 'index' \(position 3\) must be Tensor, not NoneType",
    ),
    "a method": (lambda: X.mm((1, 2)), r"mm\(\): argument 'mat2' \(position 2\) must be Tensor, not tuple"),
    "conv2d": (
        lambda: F.conv2d(ag.rand(1, 1, 3, 3), 3),
        r"conv2d\(\): argument 'weight' \(position 2\) must be Tensor, not int",
    ),
    "an array": (
        lambda: F.linear(X, np.ones((2, 2))),
        r"linear\(\): argument 'weight' \(position 2\) must be Tensor, not ndarray",
    ),
    "cross_entropy": (
        lambda: F.cross_entropy(X, [0, 1]),
        r"cross_entropy\(\): argument 'target' \(position 2\) must be Tensor, not list",
    ),
    "batch_norm": (
        lambda: F.batch_norm(X, 0, 1),
        r"batch_norm\(\): argument 'running_mean' \(position 2\) must be Tensor, not int",
    ),
    "a module": (
        lambda: nn.Linear(2, 2)("x"),
        r"linear\(\): argument 'input' \(position 1\) must be Tensor, not str",
    ),
    "a module that looks first": (
        lambda: nn.BatchNorm1d(3)("x"),
        r"BatchNorm1d\(\): argument 'input' \(position 1\) must be Tensor, not str",
    ),
    "a recurrent module": (
        lambda: nn.LSTM(3, 4)(None),
        r"LSTM\(\): argument 'input' \(position 1\) must be Tensor, not NoneType",
    ),
    "a cell": (
        lambda: nn.GRUCell(3, 4)([1.0]),
        r"GRUCell\(\): argument 'input' \(position 1\) must be Tensor, not list",
    ),
    "unfold": (
        lambda: F.unfold(np.ones((1, 2, 4, 4)), 2),
        r"unfold\(\): argument 'input' \(position 1\) must be Tensor, not ndarray",
    ),
    "a part of a batch": (
        lambda: images_of({"images": np.ones(2)}),
        r"images_of\(\): expected a Tensor, but got ndarray; use tensor\(\.\.\.\)",
    ),
    "data": (lambda: setattr(X.clone(), "data", 3), r"data has to be a tensor, but got int"),
    "an operator": (
        lambda: ag.exp(None),
        r"exp\(\): argument 'input' \(position 1\) must be Tensor, not NoneType",
    ),
    "an operator of a word": (
        lambda: ag.sin("x"),
        r"sin\(\): argument 'input' \(position 1\) must be Tensor, not str",
    ),
    "an operator of a truth value": (
        lambda: ag.neg(True),
        r"neg\(\): argument 'input' \(position 1\) must be Tensor, not bool",
    ),
    "a method's": (
        lambda: X.expand_as(None),
        r"expand_as\(\): argument 'other' \(position 2\) must be Tensor, not NoneType",
    ),
    "a power": (lambda: ag.pow(2, None), r"argument 'exponent' \(position 2\) must be Tensor, not NoneType"),
    "a dtype's": (
        lambda: X.type_as(3),
        r"type_as\(\): argument 'other' \(position 2\) must be Tensor, not int",
    ),
}


@pytest.mark.parametrize(("call", "text"), NOT_A_TENSOR.values(), ids=NOT_A_TENSOR)
def test_what_is_no_tensor_is_a_type_error_that_names_the_argument(call, text):
    with pytest.raises(TypeError, match=text):
        call()


IN_PLACE = [
    name
    for name, value in vars(ag).items()
    if name.endswith("_") and getattr(value, "__module__", "").startswith("autograd_cnn._functions.")
]


@pytest.mark.parametrize("name", IN_PLACE)
def test_what_is_written_in_place_is_a_tensor(name):
    """Another name of the same function (arcsin_) answers to the first."""
    function = getattr(ag, name)
    required = [p for p in inspect.signature(function).parameters.values() if p.default is p.empty]
    others = [1.0 for p in required[1:] if p.kind is p.POSITIONAL_OR_KEYWORD]
    text = rf"{function.__name__}\(\): argument 'input' \(position 1\) must be Tensor, not list"
    with pytest.raises(TypeError, match=text):
        function([1.0], *others)


NOT_A_WHOLE_NUMBER = {
    "dim": (lambda: ag.softmax(X, 0.5), r"'dim' \(position 2\) must be int, not float"),
    "a dim that is a bool": (
        lambda: X.log_softmax(True),
        r"'dim' \(position 2\) must be int, not bool",
    ),
    "dims": (lambda: X.sum("x"), r"'dim' \(position 2\) must be int, not str"),
    "a dim among others": (
        lambda: X.amax((0, None)),
        r"'dim' \(position 2\) must be int, not NoneType",
    ),
    "a size": (lambda: X.reshape(2.0, 2), r"'size' must be int, not float"),
    "a size that is a bool": (lambda: X.reshape(True, 4), r"'size' must be int, not bool"),
    "a size of a new tensor": (lambda: ag.zeros("3"), r"'size' must be a tuple of ints, not \(str\)"),
    "a kernel": (
        lambda: F.max_pool2d(ag.rand(1, 1, 4, 4), 2.5),
        r"argument 'kernel_size' \(position 2\) must be int, not float",
    ),
    "a stride": (
        lambda: F.conv2d(ag.rand(1, 1, 4, 4), ag.rand(1, 1, 2, 2), stride=(1, None)),
        r"argument 'stride' \(position 4\) must be int, not NoneType",
    ),
}


@pytest.mark.parametrize(("call", "text"), NOT_A_WHOLE_NUMBER.values(), ids=NOT_A_WHOLE_NUMBER)
def test_what_is_no_whole_number_is_a_type_error_that_names_it(call, text):
    with pytest.raises(TypeError, match=text):
        call()


UNFIT = {
    "a list of tensors": (
        lambda: ag.cat(None),
        r"cat\(\): argument 'tensors' \(position 1\) must not be NoneType",
    ),
    "a probability": (lambda: F.dropout(X, "x"), r"dropout\(\): argument 'p' \(position 2\) must not be str"),
    "a count": (lambda: ag.topk(X, None), r"topk\(\): argument 'k' \(position 2\) must not be NoneType"),
    "a size": (lambda: ag.eye(None), r"eye\(\): argument 'n' \(position 1\) must not be NoneType"),
    "dims": (lambda: ag.roll(X, None), r"roll\(\): argument 'shifts' \(position 2\) must not be NoneType"),
}


@pytest.mark.parametrize(("call", "text"), UNFIT.values(), ids=UNFIT)
def test_what_cannot_be_compared_or_iterated_is_a_type_error_that_names_it(call, text):
    with pytest.raises(TypeError, match=text):
        call()


def test_whether_a_gradient_is_wanted_is_a_truth_value():
    with pytest.raises(TypeError, match=r"'requires_grad' must be bool, not str"):
        ag.ones(2).requires_grad_("no")


def test_initial_values_of_integers_are_refused():
    x = ag.arange(6).reshape(2, 3)
    for fill in (
        nn.init.normal_,
        nn.init.uniform_,
        nn.init.trunc_normal_,
        nn.init.xavier_uniform_,
        nn.init.kaiming_normal_,
        nn.init.orthogonal_,
    ):
        with pytest.raises(NotImplementedError, match="int64; choose a floating-point dtype"):
            fill(x)
    assert x.tolist() == [[0, 1, 2], [3, 4, 5]]


def test_a_parameter_group_needs_parameters():
    optimizer = ag.optim.SGD([ag.ones(2, requires_grad=True)])
    with pytest.raises(KeyError, match=r"needs 'params'.* has only \['lr'\]"):
        optimizer.add_param_group({"lr": 1.0})
    assert len(optimizer.param_groups) == 1


def test_a_type_error_of_the_callers_own_stays_one():
    def distance(x, y):
        return x - y < len(3)

    with pytest.raises(TypeError, match=r"^object of type 'int' has no len"):
        F.triplet_margin_with_distance_loss(X, X, X, distance_function=distance)


SHAPES = {
    "the first operand and the third": lambda: ag.where(ag.ones(2, 3) > 0, ag.ones(()), ag.ones(2, 6)),
    "a mask": lambda: ag.ones(2, 6).masked_fill(ag.ones(3) > 0, 1.0),
    "batches of matrices": lambda: ag.linalg.solve(ag.rand(4, 3, 3), ag.rand(2, 3, 2)),
    "indices": lambda: ag.take_along_dim(ag.rand(2, 3), ag.zeros(3, 1).long(), 1),
    "bilinear": lambda: F.bilinear(X, X, X),
    "geqrf": lambda: ag.geqrf(ag.rand(3)),
}


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_that_do_not_fit_are_told_of_by_ourselves(name):
    with pytest.raises(RuntimeError, match=r"\d") as error:
        SHAPES[name]()
    assert "operands could not be broadcast" not in str(error.value)


def test_an_attribute_error_of_the_callers_own_stays_one():
    class Broken(nn.Module):
        def forward(self, x):
            return self.absent(x)

    with pytest.raises(AttributeError, match="absent"):
        Broken()(X)


def test_running_moments_come_together_and_fit():
    x = ag.rand(4, 3, 5)
    with pytest.raises(
        ValueError, match="running_mean and running_var must either both be None or neither be None"
    ):
        F.batch_norm(x, None, ag.ones(3), training=True)
    with pytest.raises(RuntimeError, match="running_var should contain 3 elements not 2"):
        F.instance_norm(x, ag.zeros(3), ag.ones(2))


def test_a_failing_normalisation_moves_no_running_moment():
    x, mean, var = ag.rand(4, 3, 5), ag.zeros(3), ag.ones(3)
    for norm in (F.batch_norm, F.instance_norm):
        with pytest.raises(RuntimeError, match="weight should contain 3 elements not 2"):
            norm(x, mean, var, ag.ones(2), None, True)
    layer = nn.BatchNorm1d(3)
    with pytest.raises(RuntimeError, match="running_mean should contain"):
        layer(ag.rand(4, 2, 5))
    assert layer.num_batches_tracked.item() == 0
    assert mean.tolist() == [0, 0, 0]
    assert var.tolist() == [1, 1, 1]


def test_a_bias_that_would_add_axes_is_refused():
    with pytest.raises(RuntimeError, match=r"expected bias \(3,\) or \(\), but got \[1, 1, 3\]"):
        F.linear(ag.rand(2, 4), ag.rand(3, 4), ag.rand(1, 1, 3))


def test_a_gradient_that_cannot_be_written_is_added_out_of_place():
    """Leaves whose gradient came first would else be changed by a pass that fails at the next."""
    a, b = ag.ones(2, requires_grad=True), ag.ones(2, requires_grad=True)
    b.grad = ag.ones(1).expand(2)
    (a * b).sum().backward()
    assert a.grad.tolist() == [1, 1]
    assert b.grad.tolist() == [2, 2]
