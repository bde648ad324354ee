"""dtypes that exist by name only."""

import copy
import pickle

import pytest

import autograd_cnn as torch

NAMES = ["bfloat16", "complex64", "uint16", "uint32", "uint64", "float8_e4m3fn", "qint8", "int4", "bits8"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("use", [
    lambda t, d: t.zeros(2, dtype=d),
    lambda t, d: t.tensor([1], dtype=d),
    lambda t, d: t.ones(2).to(d),
    lambda t, d: t.ones(2).type(d),
    lambda t, d: t.arange(2, dtype=d),
    lambda t, d: t.ones(2).sum(dtype=d),
    lambda t, d: t.nn.Linear(1, 1, dtype=d),
    lambda t, d: t.set_default_dtype(d),
    lambda t, d: t.promote_types(d, t.float32),
])  # fmt: skip
def test_use_says_that_it_can_not_be_and_what_can(name, use):
    with pytest.raises(TypeError, match=rf"torch\.{name} is here by name only.*; (use|keep) "):
        use(torch, getattr(torch, name))
    assert torch.get_default_dtype() == torch.float32


@pytest.mark.parametrize("use", [
    lambda t: t.randn(2, dtype=t.bfloat16),
    lambda t: t.nn.Linear(1, 1).to(dtype=t.bfloat16),
    lambda t: t.finfo(t.float8_e5m2),
])  # fmt: skip
def test_what_takes_floating_point_only_says_it_of_these(use):
    with pytest.raises(TypeError, match="is here by name only"):
        use(torch)


@pytest.mark.parametrize("name", NAMES)
def test_it_prints_and_compares_as_one_of_its_own(name):
    kind = getattr(torch, name)
    assert repr(kind) == f"torch.{name}"
    assert kind == kind
    assert kind != torch.float32
    assert torch.float32 != kind
    assert torch.ones(1).dtype not in {kind}
    assert pickle.loads(pickle.dumps(kind)) is kind
    assert copy.deepcopy(kind) is kind
    assert isinstance(kind, torch.dtype)


def test_what_kind_of_numbers_it_would_have():
    assert (torch.bfloat16.is_floating_point, torch.bfloat16.itemsize) == (True, 2)
    assert torch.complex64.is_complex
    assert not torch.uint16.is_signed
    assert torch.cfloat is torch.complex64
