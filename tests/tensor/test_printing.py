"""Tensors print as in PyTorch, character for character."""

from typing import Any

import numpy as np
import pytest

import autograd_cnn as ac
from autograd_cnn._tensor.printing import printoptions

torch = pytest.importorskip("torch")


def both(array: np.ndarray[Any, Any]) -> tuple[str, str]:
    return repr(ac.from_numpy(array)), repr(torch.from_numpy(array))


def arrays(seed: int) -> list[np.ndarray[Any, Any]]:
    """Arrays of many shapes, dtypes and ranges of numbers."""
    rng = np.random.default_rng(seed)
    shapes: list[tuple[int, ...]] = [
        (),
        (1,),
        (3,),
        (25,),
        (1001,),
        (2, 3),
        (40, 30),
        (2, 2, 3),
        (0,),
        (0, 3),
        (2, 0),
        (3, 1, 2, 2),
        (1, 1200),
        (7, 8, 30),
    ]
    out: list[np.ndarray[Any, Any]] = []
    for shape in shapes:
        normal = rng.normal(size=shape)
        floats = [
            normal,
            np.round(normal * 10),
            normal * 10.0 ** rng.integers(-7, 12),
            normal * 10.0 ** rng.integers(-6, 6, shape),
            np.zeros(shape),
        ]
        special = np.array(normal)
        special[rng.random(shape) < 0.3] = rng.choice([np.nan, np.inf, -np.inf, -0.0, 1.0])
        floats += [
            special,
            np.where(rng.random(shape) < 0.5, np.round(normal * 3), rng.choice([np.nan, np.inf])),
        ]
        for values in floats:
            out += [np.asarray(values, kind) for kind in (np.float32, np.float64)]
            with np.errstate(over="ignore"):
                out.append(np.asarray(values, np.float16))
        out += [
            np.asarray(normal * 10.0 ** rng.integers(0, 5), kind) for kind in (np.int64, np.int32, np.int16)
        ]
        out += [
            np.asarray(np.abs(normal) * 50, np.uint8),
            np.asarray(normal * 20, np.int8),
            np.asarray(normal > 0),
        ]
    return out


@pytest.mark.parametrize("seed", range(4))
def test_as_pytorch(seed: int) -> None:
    for array in arrays(seed):
        ours, theirs = both(array)
        assert ours == theirs


@pytest.mark.parametrize(
    "options",
    [
        {"precision": 2},
        {"precision": 0},
        {"precision": 8, "linewidth": 40},
        {"threshold": 10},
        {"threshold": 5, "edgeitems": 1},
        {"threshold": 5, "edgeitems": 2, "linewidth": 120},
        {"threshold": 5, "edgeitems": 0},
        {"sci_mode": True},
        {"sci_mode": False},
        {"profile": "short"},
        {"profile": "full"},
        {"profile": "short", "precision": 6},
    ],
)
def test_options(options: dict[str, Any]) -> None:
    before = torch._tensor_str.get_printoptions()
    torch.set_printoptions(**options)
    try:
        with printoptions(**options):
            assert ac.get_printoptions() == torch._tensor_str.get_printoptions()
            for array in arrays(7):
                if array.ndim == 1 or options.get("edgeitems") != 0:
                    ours, theirs = both(array)
                    assert ours == theirs
    finally:
        torch.set_printoptions(**before)
    assert ac.get_printoptions() == before


def test_history_is_shown() -> None:
    x, t = ac.tensor([1.0, 2.0], requires_grad=True), torch.tensor([1.0, 2.0], requires_grad=True)
    assert repr(x) == repr(t) == "tensor([1., 2.], requires_grad=True)"
    assert repr(x.exp()) == repr(t.exp()) == "tensor([2.7183, 7.3891], grad_fn=<ExpBackward0>)"
    assert repr(x.detach()) == "tensor([1., 2.])"


def test_long_suffixes_take_their_own_line() -> None:
    values = np.linspace(0, 1, 9)
    x, t = ac.from_numpy(values).requires_grad_(), torch.from_numpy(values).requires_grad_()
    assert repr(x) == repr(t)


def test_default_dtype_is_not_shown() -> None:
    try:
        ac.set_default_dtype(ac.float64)
        torch.set_default_dtype(torch.float64)
        for array in (np.ones(2), np.ones(2, np.float32), np.ones(0), np.ones(0, np.int64)):
            ours, theirs = both(array)
            assert ours == theirs
    finally:
        ac.set_default_dtype(ac.float32)
        torch.set_default_dtype(torch.float32)


def test_str_and_format() -> None:
    x = ac.tensor([1.5])
    assert str(x) == f"{x}" == "tensor([1.5000])"
    assert f"{ac.tensor(3.14159):.2f}" == "3.14"
    with pytest.raises(TypeError, match="unsupported format string"):
        f"{x:.2f}"
