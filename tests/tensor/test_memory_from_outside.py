"""Storages and tensors whose memory comes from a file, or from what a bytes-like object holds."""

import pickle
import struct

import pytest

import autograd_cnn as torch

pytestmark = pytest.mark.filterwarnings("ignore:TypedStorage is deprecated")

BIG = struct.pack(">3i", 1, -2, 3)


@pytest.mark.parametrize(("options", "numbers"), [
    ({"byte_order": "big"}, [1, -2, 3]),
    ({"byte_order": "big", "offset": 4}, [-2, 3]),
    ({"byte_order": "big", "count": 1}, [1]),
    ({"byte_order": "big", "offset": 4, "count": 1}, [-2]),
    ({"byte_order": "big", "offset": 12}, []),
    ({"byte_order": "little"}, [1 << 24, -16777217, 3 << 24]),
])  # fmt: skip
def test_bytes_are_read_in_their_order(options, numbers):
    assert torch.IntStorage.from_buffer(BIG, **options).tolist() == numbers
    untyped = torch.UntypedStorage.from_buffer(bytearray(BIG), dtype=torch.int32, **options)
    assert torch.TypedStorage(wrap_storage=untyped, dtype=torch.int32).tolist() == numbers


@pytest.mark.parametrize(("options", "error", "told"), [
    ({}, RuntimeError, "missing required argument 'byte_order'"),
    ({"byte_order": "middle"}, ValueError, "invalid byte_order"),
    ({"byte_order": "big", "offset": 13}, ValueError, "no greater than buffer length"),
    ({"byte_order": "big", "offset": 2}, ValueError, "multiple of element size"),
    ({"byte_order": "big", "count": 4}, ValueError, "specified a size of 4"),
    ({"byte_order": "big", "nonsense": 3}, TypeError, "nonsense"),
    ({"byte_order": "big", "dtype": torch.int8}, RuntimeError, "'dtype' can only be specified"),
])  # fmt: skip
def test_options_that_do_not_fit_the_bytes(options, error, told):
    with pytest.raises(error, match=told):
        torch.IntStorage.from_buffer(BIG, **options)


def test_a_dtype_is_needed_where_the_class_says_none():
    with pytest.raises(RuntimeError, match="'dtype' cannot be None"):
        torch.UntypedStorage.from_buffer(BIG, byte_order="big")
    with pytest.raises(RuntimeError, match="derived classes"):
        torch.TypedStorage.from_file("numbers", True, 3)


@pytest.mark.parametrize("make", [
    lambda: torch.FloatStorage(2, device="cpu"),
    lambda: torch.FloatStorage(2, dtype=torch.float32),
    lambda: torch.TypedStorage(2, device="foo"),
    lambda: torch.UntypedStorage(2, device="foo"),
    lambda: torch.UntypedStorage(-2),
    lambda: torch.UntypedStorage("abc"),
])  # fmt: skip
def test_what_a_storage_can_not_be_made_of(make):
    with pytest.raises(RuntimeError):
        make()


def test_a_file_as_memory(tmp_path):
    path = tmp_path / "numbers"
    shared = torch.from_file(path, shared=True, size=4)
    shared[1] = 7.0
    own = torch.from_file(path, size=2, dtype=torch.float32)
    own[0] = 9.0  # stays here
    assert torch.FloatStorage.from_file(path, True, 2).tolist() == [0.0, 7.0]
    assert torch.from_file(path, size=4).tolist() == [0.0, 7.0, 0.0, 0.0]
    storage = torch.UntypedStorage.from_file(path, shared=True, nbytes=4)
    storage[3] = 64
    assert shared[0] == 2.0
    assert (storage.filename, storage.resizable()) == (str(path), False)
    assert torch.UntypedStorage.from_file(path, nbytes=4).filename is None
    assert pickle.loads(pickle.dumps(storage)).tolist() == [0, 0, 0, 64]


@pytest.mark.parametrize("mapped", [
    lambda *given: torch.from_file(*given, dtype=torch.uint8), torch.UntypedStorage.from_file,
    torch.ByteStorage.from_file,
])  # fmt: skip
def test_files_that_can_not_be_mapped(tmp_path, mapped):
    path = tmp_path / "six"
    path.write_bytes(bytes(6))
    for given, told in [
        (
            (tmp_path / "none", False, 1),
            "unable to open file <.*> in read-only mode: No such file or directory",
        ),
        ((tmp_path / "no" / "none", True, 1), "unable to open file <.*> in read-write mode: No such file"),
        ((tmp_path, True, 1), "read-write mode: Is a directory"),
        ((path, False, 7), "size <6> is smaller than the required mapping size <7>"),
        ((path, False, -3), "unable to mmap -3 bytes from file"),
    ]:
        with pytest.raises(RuntimeError, match=told):
            mapped(*given)
    assert len(mapped(tmp_path / "none", False, 0)) == 0
