"""DLPack: memory shared with other libraries, in both directions."""

import gc
from typing import Any

import numpy as np
import pytest

import autograd_cnn as ac
from autograd_cnn._engine import memory
from autograd_cnn.utils.dlpack import from_dlpack, to_dlpack


@pytest.fixture(params=["numpy", "torch"])
def other(request: pytest.FixtureRequest) -> Any:
    """Another library that speaks DLPack."""
    return pytest.importorskip(request.param)


@pytest.mark.parametrize(
    "dtype", ["float16", "float32", "float64", "int8", "uint8", "int16", "int32", "int64", "bool"]
)
def test_another_library_and_we_share_memory_both_ways(other: Any, dtype: str) -> None:
    theirs = other.asarray(np.array([[0, 1, 1], [1, 0, 1]], dtype))
    ours = ac.from_dlpack(theirs)
    assert ours.dtype == getattr(ac, dtype)
    assert ours.tolist() == theirs.tolist()
    theirs[0, 0] = 1
    assert ours[0, 0].item() == 1
    back = other.from_dlpack(ours)
    back[0, 1] = 0
    assert np.shares_memory(np.asarray(back), np.asarray(theirs))
    assert theirs.tolist() == [[1, 0, 1], [1, 0, 1]]


def test_strides_and_offsets_go_along(other: Any) -> None:
    theirs = other.arange(24).reshape(4, 6)[1:, ::2].T
    ours = ac.from_dlpack(theirs)
    assert ours.stride() == (2, 6)
    assert ours.tolist() == other.from_dlpack(ours).tolist() == theirs.tolist()


def test_numpy_takes_and_gives() -> None:
    array = np.arange(3.0)
    ours = ac.from_dlpack(array)
    ours[0] = 7.0
    assert array[0] == 7.0
    assert np.shares_memory(np.from_dlpack(ours), array)
    assert ours.__dlpack_device__() == (1, 0)


def test_a_bare_capsule_is_taken() -> None:
    t = ac.arange(3)
    assert from_dlpack(to_dlpack(t)).data_ptr() == t.data_ptr()
    torch = pytest.importorskip("torch")  # NumPy takes none
    assert torch.utils.dlpack.from_dlpack(to_dlpack(t)).tolist() == [0, 1, 2]


def test_a_tensor_that_wants_a_gradient_is_not_exported(other: Any) -> None:
    with pytest.raises(BufferError, match="detach"):
        other.from_dlpack(ac.ones(2, requires_grad=True))


def test_a_tensor_of_pytorch_that_wants_a_gradient_is_not_taken() -> None:
    torch = pytest.importorskip("torch")
    with pytest.raises(BufferError, match="grad"):
        ac.from_dlpack(torch.ones(2, requires_grad=True))


def test_copies_where_they_are_asked_for_and_errors_where_they_are_forbidden() -> None:
    t = ac.ones(2)
    assert ac.from_dlpack(t, copy=True).data_ptr() != t.data_ptr()
    assert ac.from_dlpack(t, copy=False).data_ptr() == t.data_ptr()
    with pytest.raises(TypeError, match="list has no __dlpack__"):
        ac.from_dlpack([1.0])
    with pytest.raises(TypeError, match="expected a Tensor"):
        to_dlpack([1.0])


def test_memory_of_another_kind_is_refused_by_number() -> None:
    class Elsewhere:
        def __dlpack__(self) -> None: ...

        def __dlpack_device__(self) -> tuple[int, int]:
            return 10, 0

    with pytest.raises(RuntimeError, match="device 10:0 is not known"):
        ac.from_dlpack(Elsewhere())


def test_a_write_by_the_other_library_is_noticed(other: Any) -> None:
    ours = ac.ones(3, requires_grad=True)
    values = ac.tensor([1.0, 2.0, 3.0])
    theirs = other.from_dlpack(values)
    loss = (ours * values).sum()
    theirs += 1
    with pytest.raises(RuntimeError, match="overwritten from outside"):
        loss.backward()


def test_loans_end_with_the_memory(other: Any) -> None:
    gc.collect()  # what other tests left
    before = len(memory.lent)
    ours = ac.from_dlpack(other.ones(3))
    shared = ac.from_numpy(np.frombuffer(bytearray(8), np.float32))
    assert len(memory.lent) == before + 2
    del ours, shared
    gc.collect()
    assert len(memory.lent) == before
