"""Tensors print as in PyTorch, character for character."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest

import autograd_cnn as ac
from autograd_cnn._tensor.printing import printoptions
from tests.recorded import libraries, pytorch


def texts(t: Any, arrays: Iterable[np.ndarray[Any, Any]]) -> list[str]:
    return [repr(t.from_numpy(array)) for array in arrays]


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
    pytorch.gives(texts(ac, arrays(seed)), texts, arrays(seed))


@pytest.mark.quick_share(3)
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
    wanted = [a for a in arrays(7) if a.ndim == 1 or options.get("edgeitems") != 0]

    def said(torch: Any) -> tuple[Any, ...]:
        before = torch._tensor_str.get_printoptions()
        torch.set_printoptions(**options)
        try:
            return torch._tensor_str.get_printoptions(), texts(torch, wanted), before
        finally:
            torch.set_printoptions(**before)

    with printoptions(**options):
        ours = ac.get_printoptions(), texts(ac, wanted)
    pytorch.gives((*ours, ac.get_printoptions()), said)


def test_history_is_shown() -> None:
    for t in libraries():
        x = t.tensor([1.0, 2.0], requires_grad=True)
        assert repr(x) == "tensor([1., 2.], requires_grad=True)"
        assert repr(x.exp()) == "tensor([2.7183, 7.3891], grad_fn=<ExpBackward0>)"
        assert repr(x.detach()) == "tensor([1., 2.])"


def test_long_suffixes_take_their_own_line() -> None:
    values = np.linspace(0, 1, 9)

    def said(t: Any) -> str:
        return repr(t.from_numpy(values).requires_grad_())

    assert said(ac) == pytorch(said)


def test_default_dtype_is_not_shown() -> None:
    def said(t: Any) -> list[str]:
        try:
            t.set_default_dtype(t.float64)
            return texts(t, (np.ones(2), np.ones(2, np.float32), np.ones(0), np.ones(0, np.int64)))
        finally:
            t.set_default_dtype(t.float32)

    assert said(ac) == pytorch(said)


def test_str_and_format() -> None:
    x = ac.tensor([1.5])
    assert str(x) == f"{x}" == "tensor([1.5000])"
    assert f"{ac.tensor(3.14159):.2f}" == "3.14"
    with pytest.raises(TypeError, match="unsupported format string"):
        f"{x:.2f}"
