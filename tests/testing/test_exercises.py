"""Exercises: the right answer is right, and the usual wrong ones are explained."""

import numpy as np
import pytest

from autograd_cnn.testing import EXERCISES, exercise


def softmax(x):
    e = np.exp(x - x.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def col2im(g, x_shape, kernel, stride):
    n, c, h, w = x_shape
    rows, columns = (h - kernel) // stride + 1, (w - kernel) // stride + 1
    g = g.reshape(n, c, kernel, kernel, rows, columns)
    out = np.zeros(x_shape)
    for i in range(kernel):
        for j in range(kernel):
            out[:, :, i : i + stride * rows : stride, j : j + stride * columns : stride] += g[:, :, i, j]
    return out


def batch_norm_x(g, x, weight, epsilon):
    x_hat = (x - x.mean(0)) / np.sqrt(x.var(0) + epsilon)
    return weight / np.sqrt(x.var(0) + epsilon) * (g - g.mean(0) - x_hat * (g * x_hat).mean(0))


def spread(block):
    return block.repeat(2, 2).repeat(2, 3)


ANSWERS = {
    "add": {"x": lambda g: g, "b": lambda g: g.sum(0)},
    "multiply": {"x": lambda g, y: g * y, "y": lambda g, x: g * x},
    "sigmoid": {"x": lambda g, out: g * out * (1 - out)},
    "relu": {"x": lambda g, x: g * (x > 0)},
    "sum": {"x": lambda g, x_shape: np.broadcast_to(g[:, None], x_shape)},
    "matmul": {"x": lambda g, y: g @ y.T, "y": lambda g, x: x.T @ g},
    "linear": {"x": lambda g, w: g @ w.T, "w": lambda g, x: x.T @ g, "b": lambda g: g.sum(0)},
    "softmax": {"x": lambda g, out: out * (g - (g * out).sum(1, keepdims=True))},
    "cross_entropy": {"x": lambda g, x, label: g * (softmax(x) - np.eye(3)[label]) / len(label)},
    "max_pool": {"x": lambda g, x, out: spread(g) * (x == spread(out))},
    "im2col": {"x": col2im},
    "batch_norm": {
        "x": batch_norm_x,
        "weight": lambda g, x, epsilon: (g * (x - x.mean(0)) / np.sqrt(x.var(0) + epsilon)).sum(0),
        "bias": lambda g: g.sum(0),
    },
}


def test_there_are_twelve():
    assert list(EXERCISES) == list(ANSWERS)


@pytest.mark.parametrize("name", ANSWERS)
def test_right_answers(name):
    task = exercise(name)
    verdict = task.check(**ANSWERS[name])
    assert verdict, verdict
    assert repr(verdict).count("right") == len(task.asked)
    assert "to write: the gradient for" in str(task)


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_with_another_sign_are_told_so(name):
    wrong = {operand: _negated(rule) for operand, rule in ANSWERS[name].items()}
    verdict = exercise(name).check(**wrong)
    assert not verdict
    assert repr(verdict).count("exactly minus the right gradient") == len(wrong)


def _negated(rule):
    import functools

    return functools.wraps(rule)(lambda *args, **kwargs: -rule(*args, **kwargs))


@pytest.mark.parametrize(
    ("name", "answer", "says"),
    [
        ("add", {"b": lambda g: g}, "the sum over axes (0,), where the operand was broadcast, is missing"),
        ("add", {"b": lambda g: g.sum(1)}, "summed over axis 1, which is the wrong one"),
        ("add", {"b": lambda g: g.mean(0)}, "1/4 times the right gradient"),
        ("matmul", {"y": lambda g, x: g.T @ x}, "transposed with axes (1, 0) it is right"),
        ("matmul", {"x": lambda g, y: y @ g}, "balance them"),
        ("sigmoid", {"x": lambda out: out * (1 - out)}, "ignores g"),
        ("relu", {"x": lambda g, x: g * (x < 0)}, "the condition of the mask is reversed"),
        (
            "cross_entropy",
            {"x": lambda g, x, label: g * (softmax(x) - np.eye(3)[label])},
            "4 is the length of axis 0",
        ),
        ("cross_entropy", {"x": lambda g, x: g * softmax(x) / 4}, "others are right"),
        ("multiply", {"x": lambda g, z: g}, "can't ask for z"),
        ("multiply", {"x": lambda g, y: g.__imul__(2) * y}, "writes into g"),
        ("multiply", {"x": lambda g: ...}, "not written yet"),
    ],
)
def test_wrong_answers_are_explained(name, answer, says):
    verdict = exercise(name).check(**answer)
    assert not verdict
    assert says in repr(verdict)


def test_any_operator_can_be_an_exercise():
    assert exercise("tanh").check(x=lambda g, out: g * (1 - out * out))
    with pytest.raises(LookupError, match="there is no exercise 'tann'"):
        exercise("tann")
    with pytest.raises(LookupError, match="choose another operator"):
        exercise("concatenate")
    with pytest.raises(TypeError, match="no gradient for y"):
        exercise("tanh").check(y=lambda g: g)
