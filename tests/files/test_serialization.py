"""save and load: what goes in comes out, and damaged files are refused by one exception."""

import io
import json
import math
import os
import pickle
import struct

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import FileFormatError, Tensor, load, save


def same(a, b):
    """Equal in type, structure and every bit."""
    if isinstance(a, Tensor):
        return (
            isinstance(b, Tensor)
            and a.dtype == b.dtype
            and a.shape == b.shape
            and a.array.tobytes() == b.array.tobytes()
        )
    if isinstance(a, dict):
        return isinstance(b, dict) and list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    if isinstance(a, (list, tuple)):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and (a == b or (a != a and b != b))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state.safetensors"


STATE = {
    "model": {
        "conv1.weight": ag.tensor(np.arange(8, dtype=np.float32).reshape(2, 2, 2)),
        "steps": ag.tensor(3),
    },
    "state": {0: {"momentum": ag.tensor([0.5, -0.0, math.inf, math.nan])}, 1: {}},
    "lr": [0.1, 1e-300, math.inf, -math.inf, math.nan, True, None, 2**70, -1],
    "betas": (0.9, (0.999,)),
    "text": 'é"\\\n',
    "empty": ag.zeros(0, 3),
    "": [],
    None: False,
    1.5: (),
}


def test_nested_state_comes_back(path):
    save(STATE, path)
    assert same(load(path), STATE)


@pytest.mark.parametrize(
    "kind", ["float16", "float32", "float64", "uint8", "int8", "int16", "int32", "int64", "bool"]
)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0), (2, 3)])
def test_each_dtype_and_shape(path, kind, shape):
    t = ag.tensor((np.arange(math.prod(shape)).reshape(shape) % 2).astype(kind))
    save({"t": t}, path)
    assert same(load(path)["t"], t)


@pytest.mark.parametrize("obj", [3, "x", None, [], ag.tensor([1.0]), (ag.tensor(1),)])
def test_anything_may_be_the_whole(path, obj):
    save(obj, path)
    assert same(load(path), obj)


def test_other_memory_layouts(path):
    t = ag.tensor(np.arange(6.0).reshape(2, 3))
    save({"transposed": t.transpose(0, 1), "strided": t[:, ::2]}, path)
    back = load(path)
    assert back["transposed"].tolist() == t.array.T.tolist()
    assert back["strided"].tolist() == t.array[:, ::2].tolist()


def test_a_tensor_that_wants_a_gradient_is_saved_without_its_graph(path):
    w = ag.tensor([1.0, 2.0], requires_grad=True)
    save({"w": w, "twice": w * 2}, path)
    back = load(path)
    assert back["twice"].tolist() == [2.0, 4.0]
    assert back["w"].requires_grad
    assert back["w"].is_leaf
    assert back["twice"].is_leaf


def test_loaded_memory_is_writable_and_its_own(path):
    save({"a": ag.ones(2), "b": ag.ones(2)}, path)
    a, b = load(path).values()
    a.array[:] = 7
    assert b.tolist() == [1, 1]


def test_names_that_meet(path):
    """'a.b' as one key, and b within a."""
    state = {"a.b": ag.tensor(1), "a": {"b": ag.tensor(2)}, "__metadata__": ag.tensor(3)}
    save(state, path)
    assert same(load(path), state)


@pytest.mark.parametrize(
    ("obj", "said"),
    [
        ({"a": [object()]}, r"a\.0: it is a object"),
        ({"w": np.array([None])}, r"w: it is a ndarray"),
        ({b"k": 1}, "a key is a bytes"),
        ({"s": {(b"k",): 1}, 5: iter([])}, "5: it is a list_iterator"),
    ],
)
def test_what_cannot_be_saved_is_named_and_the_file_is_kept(path, obj, said):
    save(1, path)
    with pytest.raises(TypeError, match=said):
        save(obj, path)
    assert load(path) == 1


@pytest.mark.parametrize(
    ("obj", "said"),
    [
        ({"\ud800": ag.ones(1)}, "lone surrogates"),
        ({"n": [10**4001]}, r"n\.0: it is a number of more than 4000 digits"),
    ],
)
def test_what_no_file_can_hold_is_said(path, obj, said):
    with pytest.raises(ValueError, match=f"cannot save .*{said}"):
        save(obj, path)
    assert not path.exists()


def test_the_same_state_is_the_same_bytes():
    written = []
    for _ in range(20):
        save(STATE, buffer := io.BytesIO())
        written.append(buffer.getvalue())
    assert len(set(written)) == 1


def test_open_files_in_place_of_paths(path):
    buffer = io.BytesIO()
    save(STATE, buffer)
    buffer.seek(0)
    assert same(load(buffer, weights_only=True), STATE)
    save(STATE, os.fsencode(path))
    assert path.read_bytes() == buffer.getvalue()
    with open(path, "rb") as file:
        assert same(load(file), STATE)
    path.write_bytes(b"x" * 20)
    with open(path, "rb") as file, pytest.raises(FileFormatError, match=f"{path}: not a safetensors file"):
        load(file)
    with pytest.raises(FileFormatError, match="BytesIO: Ran out of input"):
        load(io.BytesIO())
    for call in (lambda: save(1, 3), lambda: load(None), lambda: load(io.StringIO("x"))):
        with pytest.raises(TypeError, match="must be a path or a binary file"):
            call()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with a name are POSIX's")
@pytest.mark.parametrize("special", ["pipe", "/dev/zero", "/dev/null"])
def test_pipes_and_devices_are_refused_and_not_waited_for(tmp_path, special):
    if special == "pipe":
        os.mkfifo(tmp_path / special)
    with pytest.raises(FileFormatError, match="it is a pipe or a device"):
        load(tmp_path / special)


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"PK\x03\x04" + b"\xff" * 8,
        b"\x80\x02" + b"\xff" * 8,
        struct.pack("<Q", 20) + b'{"w":{"dtype":"U8"}}',
    ],
)
def test_of_a_huge_file_only_the_header_is_read_before_it_is_refused(path, start):
    """A sparse file of 4 TiB, more than there is memory."""
    path.write_bytes(start)
    os.truncate(path, 1 << 42)
    with pytest.raises(FileFormatError, match=path.name):
        load(path)


def test_something_within_itself_is_refused(path):
    loop = []
    loop.append({"again": loop})
    with pytest.raises(ValueError, match="contains itself"):
        save(loop, path)


@pytest.mark.parametrize("kind", [list, tuple, lambda parts: {"a": parts[0]}], ids=["list", "tuple", "dict"])
def test_what_is_nested_a_hundred_deep_is_kept_and_deeper_refused(path, kind):
    value = 1
    for _ in range(100):
        value = kind([value])
    save(value, path)
    assert same(load(path), value)
    with pytest.raises(ValueError, match="nested more than 100 deep"):
        save(kind([value]), path)


def test_one_thing_in_two_places_is_not_within_itself(path):
    part = [ag.ones(2)]
    save([part, part], path)
    assert same(load(path), [part, part])


def test_every_single_flipped_bit_is_noticed(path):
    save({"w": ag.tensor([1.0, 2.0]), "lr": 0.5, "n": [1, None]}, path)
    good = path.read_bytes()
    unnoticed = []
    for bit in range(8 * len(good)):
        bad = bytearray(good)
        bad[bit // 8] ^= 1 << bit % 8
        path.write_bytes(bad)
        try:
            load(path)
        except FileFormatError:
            continue
        unnoticed.append(bit)
    assert unnoticed == []


def test_every_truncation_is_noticed(path):
    save({"w": ag.tensor([1.0, 2.0])}, path)
    good = path.read_bytes()
    for size in range(len(good)):
        path.write_bytes(good[:size])
        with pytest.raises(FileFormatError, match=path.name):
            load(path)
    path.write_bytes(good + b"\0")
    with pytest.raises(FileFormatError, match="1 bytes follow"):
        load(path)


def written(path, header, data=b""):
    """A file with any header."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def entry(dtype="F32", shape=(2,), offsets=(0, 8)):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}


@pytest.mark.parametrize(
    ("header", "data", "said"),
    [
        (b"[]", b"", "does not begin with '{'"),
        (b"{", b"", "not JSON"),
        (b"\xff", b"", "does not begin"),
        (b"  {}", b"", "does not begin"),
        (b" " * 5000 + b"{}", b"", "does not begin"),
        (b"[" * 100_000, b"", "not JSON"),
        (b'{"w":1,"w":1}', b"", "'w' stands twice"),
        ({"w": 1}, b"", "tensor 'w'"),
        ({"w": {**entry(), "more": 1}}, bytes(8), "tensor 'w'"),
        ({"__metadata__": {"a": 1}}, b"", "table of strings"),
        ({"__metadata__": []}, b"", "table of strings"),
        ({"w": entry("F31")}, bytes(8), "tensor 'w': dtype 'F31'"),
        ({"w": entry("BF16", (4,))}, bytes(8), "tensor 'w': dtype 'BF16'"),
        ({"w": entry(["F32"])}, bytes(8), "tensor 'w': dtype"),
        ({"w": entry(shape=(-1,))}, bytes(8), "tensor 'w': shape"),
        ({"w": entry(shape=(True, 2))}, bytes(8), "tensor 'w': shape"),
        ({"w": entry(shape=(2.0,))}, bytes(8), "tensor 'w': shape"),
        ({"w": entry(shape=(1,) * 40 + (2,))}, bytes(8), "tensor 'w': shape"),
        ({"w": entry(offsets=(0, 8, 9))}, bytes(8), "tensor 'w': shape"),
        ({"w": entry(shape=(3,))}, bytes(8), "tensor 'w': 12 bytes needed"),
        ({"w": entry(shape=(2**62, 2**62))}, bytes(8), "tensor 'w'"),
        ({"w": entry(shape=(4,), offsets=(0, 16))}, bytes(8), "tensor 'w'.*cut off"),
        ({"w": entry(offsets=(8, 0))}, bytes(8), "tensor 'w'"),
        ({"w": entry(offsets=(4, 12))}, bytes(12), "tensor 'w': its data begin at 4"),
        ({"v": entry(), "w": entry()}, bytes(8), "tensor 'w': its data begin at 0"),
        ({"v": entry(), "w": entry(offsets=(12, 20))}, bytes(20), "tensor 'w': its data begin at 12"),
        ({"w": entry()}, bytes(12), "4 bytes follow"),
        ({"__metadata__": {"autograd_cnn.structure": "1"}}, b"", "checksum"),
        ({"__metadata__": {"autograd_cnn.sha256": "0" * 64}}, b"", "checksum"),
        ({"__metadata__": {"autograd_cnn.sha256": ""}}, b"", "checksum"),
    ],
)
def test_bad_headers_are_refused(path, header, data, said):
    written(path, header, data)
    with pytest.raises(FileFormatError, match=said) as caught:
        load(path)
    assert str(path) in str(caught.value)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("length", [0, 1, 7, 2**40, 2**63, 2**64 - 1])
def test_header_lengths_that_lie(path, length):
    path.write_bytes(struct.pack("<Q", length) + b"{}")
    with pytest.raises(FileFormatError):
        load(path)


@pytest.mark.parametrize("length", [3, 2**40])
def test_a_header_that_is_cut_off_says_so(path, length):
    path.write_bytes(struct.pack("<Q", length) + b"{}")
    with pytest.raises(FileFormatError, match=f"cut off: 10 bytes, a header of {length} announced"):
        load(path)


@pytest.mark.parametrize(
    "structure",
    [
        "{",
        '{"tensor":"x"}',
        '{"tensor":[]}',
        '{"tensor":"w","tensor":"w"}',
        '{"dict":[[1]]}',
        '{"dict":[[[1],2]]}',
        '{"dict":["ab"]}',
        '{"dict":[["a",1],["a",2]]}',
        '{"dict":{"ab":1}}',
        '{"list":"nan"}',
        '{"tuple":"nan"}',
        '{"list":{"a":1}}',
        '{"list":1}',
        '{"a":1}',
        "[]",
        '{"float":"x"}',
        "[" * 99_999,
        "9" * 5000,
        '{"list":[' * 600 + "]}" * 600,
    ],
)
def test_structures_that_do_not_fit_are_refused(path, structure):
    """With a right checksum, as a hostile writer would make it."""
    from autograd_cnn._files import serialization

    path.write_bytes(serialization._pack({"w": np.zeros(2)}, {serialization._STRUCTURE: structure}))
    with pytest.raises(FileFormatError, match="structure"):
        load(path)


def test_files_of_the_safetensors_library_load_and_ours_load_there(path):
    numpy = pytest.importorskip("safetensors.numpy")
    numpy.save_file({"w": np.ones((2, 3)), "b": np.array([1], np.int8)}, path, {"format": "pt"})
    back = load(path)
    assert back["w"].tolist() == np.ones((2, 3)).tolist()
    assert back["b"].array.dtype == np.int8
    save({"conv.weight": ag.ones(2), "nested": {"x": ag.zeros(1)}}, path)
    assert sorted(numpy.load_file(path)) == ["conv.weight", "nested.x"]


def test_files_of_pytorch(path):
    torch = pytest.importorskip("torch")
    other = pytest.importorskip("safetensors.torch")
    model = torch.nn.Linear(3, 2)
    other.save_file(model.state_dict(), path)
    assert load(path)["weight"].tolist() == model.weight.tolist()
    save({"weight": ag.ones(2, 3), "bias": ag.zeros(2)}, path)
    model.load_state_dict(other.load_file(path))
    assert model.weight.sum() == 6


def test_a_pickle_is_not_executed(path):
    path.write_bytes(b"cos\nsystem\n(S'touch executed'\ntR.")
    with pytest.raises(FileFormatError, match="not a safetensors file"):
        load(path)
    assert not os.path.exists("executed")


def test_a_missing_file_is_an_oserror(path):
    with pytest.raises(FileNotFoundError, match=path.name):
        load(path)


def test_map_location(path):
    save({"w": ag.ones(2)}, path)
    assert load(path, map_location="cpu")["w"].device == ag.device("cpu")


@pytest.mark.parametrize("length", range(64))
def test_a_header_of_any_length_is_no_pickle_and_no_archive(tmp_path, length):
    """A header of 128 (or 640, ...) bytes begins as a pickle does."""
    path = tmp_path / "state.safetensors"
    state = {"name" * (1 + length): ag.ones(2), "pad": "x" * (8 * length)}
    ag.save(state, path)
    assert ag.load(path)["pad"] == state["pad"]


def test_a_bare_pickle_is_refused(tmp_path):
    (tmp_path / "old.pth").write_bytes(pickle.dumps({"w": [1.0, 2.0]}, 2))
    with pytest.raises(
        ag.FileFormatError, match="it is a bare pickle, which could run any program, and is never read"
    ):
        ag.load(tmp_path / "old.pth")
