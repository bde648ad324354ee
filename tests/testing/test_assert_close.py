"""``assert_close`` and ``make_tensor`` say and draw what PyTorch's do."""

import re

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import nn, testing

NAN = float("nan")

COMPARED = {
    "a wrong element": lambda t: ((t.tensor([1.0, 2, 3]), t.tensor([1.0, 2, 4])), {}),
    "a wrong integer": lambda t: ((t.tensor([1, 2, 3]), t.tensor([1, 2, 4])), {}),
    "numbers": lambda t: ((1.0, 2.0), {}),
    "types of numbers": lambda t: ((1, 2.0), {}),
    "types that may differ": lambda t: ((1, 1.0), {"check_dtype": False}),
    "whole numbers": lambda t: ((1, 2), {}),
    "booleans": lambda t: ((True, False), {}),
    "none": lambda t: ((None, 1), {}),
    "a scalar tensor": lambda t: ((t.tensor(1.0), t.tensor(2.0)), {}),
    "a scalar of truth": lambda t: ((t.tensor(True), t.tensor(False)), {}),
    "shapes": lambda t: ((t.ones(2, 3), t.ones(3)), {}),
    "dtypes": lambda t: ((t.ones(3).double(), t.ones(3)), {}),
    "dtypes that may differ": lambda t: ((t.ones(2).double(), t.ones(2) + 1e-6), {"check_dtype": False}),
    "lengths": lambda t: (([1.0], [1.0, 3.0]), {}),
    "keys": lambda t: (({"a": 1.0}, {"b": 1.0}), {}),
    "deep inside": lambda t: (({1: [1.0, {"x": t.ones(1)}]}, {1: [1.0, {"x": t.zeros(1)}]}), {}),
    "texts": lambda t: (("a", "a"), {}),
    "a tensor and a list": lambda t: ((t.ones(2), [1.0, 1.0]), {}),
    "an array": lambda t: ((np.ones(2), t.ones(2)), {}),
    "one tolerance": lambda t: ((1.0, 2.0), {"rtol": 0.1}),
    "no tolerance": lambda t: ((t.eye(2), t.eye(2) * 2), {"rtol": 0, "atol": 0}),
    "a text": lambda t: ((1.0, 2.0), {"msg": "told"}),
    "a text around": lambda t: ((1.0, 2.0), {"msg": lambda said: f"told\n{said}"}),
    "nan": lambda t: ((t.tensor([NAN]), t.tensor([NAN])), {}),
    "equal nan": lambda t: ((t.tensor([NAN, 1]), t.tensor([NAN, 1])), {"equal_nan": True}),
    "infinite": lambda t: ((t.tensor([float("inf"), 1]), t.tensor([1.0, 1])), {}),
    "halves": lambda t: ((t.ones(2, 2).half() * 1.1, t.ones(2, 2).half()), {}),
    "strides": lambda t: ((t.ones(2, 2).t(), t.ones(2, 2)), {"check_stride": True}),
    "a parameter": lambda t: ((t.nn.Parameter(t.ones(2)), t.ones(2)), {}),
    "nothing": lambda t: ((t.ones(0), t.ones(0)), {}),
}


def said(library, check, case):
    try:
        args, options = case(library)
        check(*args, **options)
    except (AssertionError, TypeError, ValueError) as error:
        return type(error).__name__, re.sub(r"\b(torch|autograd_cnn)[a-z._]*\.", "", str(error))
    return None


@pytest.mark.parametrize("case", COMPARED.values(), ids=COMPARED)
def test_what_differs_is_told_in_pytorchs_words(case):
    torch = pytest.importorskip("torch")
    assert nn is ag.nn
    assert said(ag, testing.assert_close, case) == said(torch, torch.testing.assert_close, case)


DRAWN = [
    {"dtype": "float32"},
    {"dtype": "float64", "low": 0},
    {"dtype": "float16"},
    {"dtype": "int64"},
    {"dtype": "int8", "low": -200, "high": 5},
    {"dtype": "uint8"},
    {"dtype": "bool"},
    {"dtype": "float32", "noncontiguous": True},
    {"dtype": "int64", "low": -1, "high": 2, "exclude_zero": True},
    {"dtype": "int64", "low": 0.5, "high": 3.5},
    {"dtype": "float32", "low": 3, "high": 1},
    {"dtype": "int8", "low": 300, "high": 400},
    {"dtype": "float32", "low": NAN},
    {"dtype": "int64", "requires_grad": True},
]


@pytest.mark.parametrize("options", DRAWN, ids=str)
def test_tensors_are_drawn_as_pytorchs(options):
    torch = pytest.importorskip("torch")

    def drawn(library):
        library.manual_seed(0)
        try:
            made = library.testing.make_tensor(
                3, 4, device="cpu", **{**options, "dtype": getattr(library, options["dtype"])}
            )
        except ValueError as error:
            return re.sub(r"\b(torch|autograd_cnn)\.", "", str(error))
        return made.tolist(), made.stride()

    assert drawn(ag) == drawn(torch)
