"""PyTorch's own files: read without PyTorch and without executing anything."""

import contextlib
import io
import os
import pickle
import random
import subprocess
import sys
import time
import zipfile
from collections import OrderedDict

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn._files import torch_zip
from autograd_cnn._files.torch_zip import RefusedError


def read(data: bytes):
    """The object in a file of this content."""
    return torch_zip.read(io.BytesIO(data), len(data), lambda tensor, _: tensor)


def written_by_torch(obj) -> bytes:
    torch = pytest.importorskip("torch")
    buffer = io.BytesIO()
    torch.save(obj, buffer)
    return buffer.getvalue()


def archive_with(pickled: bytes, **storages: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("archive/data.pkl", pickled)
        for key, raw in storages.items():
            archive.writestr(f"archive/data/{key}", raw)
    return buffer.getvalue()


def test_a_training_checkpoint_is_read():
    torch = pytest.importorskip("torch")
    model = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2))
    optimizer = torch.optim.Adam(model.parameters())
    model(torch.ones(1, 1, 4, 4)).sum().backward()
    optimizer.step()
    state = {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "epoch": 3,
        "name": "net",
        "lr": 0.1,
        "done": False,
        "none": None,
    }
    found = read(written_by_torch(state))
    assert {k: found[k] for k in ("epoch", "name", "lr", "done", "none")} == {
        "epoch": 3,
        "name": "net",
        "lr": 0.1,
        "done": False,
        "none": None,
    }
    assert list(found["model"]) == list(state["model"])
    for key, value in state["model"].items():
        np.testing.assert_array_equal(found["model"][key].numpy(), value.numpy())
    moments, theirs = found["optimizer"]["state"][0]["exp_avg"], state["optimizer"]["state"][0]["exp_avg"]
    np.testing.assert_array_equal(moments.numpy(), theirs.numpy())
    assert found["optimizer"]["param_groups"][0]["betas"] == (0.9, 0.999)


@pytest.mark.parametrize(
    "dtype", ["float16", "float32", "float64", "uint8", "int8", "int16", "int32", "int64", "bool"]
)
def test_every_dtype_and_every_stride(dtype):
    torch = pytest.importorskip("torch")
    t = torch.arange(24).reshape(2, 3, 4).to(getattr(torch, dtype))
    for view in (t, t.permute(2, 0, 1), t[1, ::2], t[:0], t[0, 0, 0]):
        found = read(written_by_torch(view))
        np.testing.assert_array_equal(found.numpy(), view.numpy())
        assert found.dtype == getattr(ag, dtype)


def test_parameters_and_shared_storages():
    torch = pytest.importorskip("torch")
    base = torch.arange(6.0)
    found = read(
        written_by_torch({"a": base, "b": base[2:], "p": torch.nn.Parameter(torch.ones(2)), "s": base.shape})
    )
    assert found["b"].tolist() == [2.0, 3.0, 4.0, 5.0]
    assert found["p"].requires_grad
    assert found["s"] == (6,)


def test_it_works_without_pytorch(tmp_path):
    (tmp_path / "weights.pt").write_bytes(written_by_torch({"w": pytest.importorskip("torch").ones(3)}))
    code = "import sys; sys.modules['torch'] = None\nimport autograd_cnn as ag\nprint(ag.load('weights.pt'))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == "{'w': tensor([1., 1., 1.])}\n"


@pytest.mark.parametrize("state", ["whole", ["in a list"], ("in a tuple",), {"in": "a dict"}])
def test_map_location_is_where_every_tensor_goes(state, tmp_path):
    torch = pytest.importorskip("torch")

    def with_tensors(part):
        if isinstance(part, dict):
            return {key: with_tensors(value) for key, value in part.items()}
        return torch.ones(2) if isinstance(part, str) else type(part)(map(with_tensors, part))

    path = tmp_path / "state.pt"
    torch.save(with_tensors(state), path)
    assert type(ag.load(path, map_location="cpu")) is type(ag.load(path))
    with pytest.raises((RuntimeError, AssertionError), match=r"device|CUDA|nowhere"):
        ag.load(path, map_location="nowhere")


def test_what_is_kept_of_a_schedule_is_read():
    torch = pytest.importorskip("torch")
    theirs = torch.optim.lr_scheduler.MultiStepLR(
        torch.optim.SGD([torch.ones(1, requires_grad=True)]), [2, 2, 5]
    )
    found = read(written_by_torch(theirs.state_dict()))
    ours = ag.optim.lr_scheduler.MultiStepLR(ag.optim.SGD([ag.ones(1, requires_grad=True)]), [1])
    ours.load_state_dict(found)
    assert ours.milestones == {2: 2, 5: 1}


def test_a_tensor_that_is_stored_negated_is_refused():
    torch = pytest.importorskip("torch")
    negated = torch.imag(torch.complex(torch.ones(2), torch.ones(2)).conj())
    with pytest.raises(RefusedError, match=r"is to be read as neg of its storage; save x\.resolve_neg"):
        read(written_by_torch(negated))


class Bomb:
    def __init__(self, *call):
        self.call = call

    def __reduce__(self):
        return self.call[0], self.call[1:]


@pytest.mark.parametrize(
    ("bomb", "name"),
    [
        (Bomb(os.system, "touch pwned"), "posix.system"),
        (Bomb(eval, "1"), "builtins.eval"),
        (Bomb(getattr, OrderedDict, "fromkeys"), "builtins.getattr"),
    ],
)
@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_a_pickle_bomb_is_refused_by_name(tmp_path, monkeypatch, bomb, name, protocol):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RefusedError) as caught:
        read(archive_with(pickle.dumps({"w": bomb}, protocol)))
    assert name.replace("builtins", "__builtin__") in str(caught.value) or name in str(caught.value)
    assert not os.listdir(tmp_path)


def test_a_class_of_the_users_own_is_refused_by_name():
    torch = pytest.importorskip("torch")
    with pytest.raises(
        RefusedError,
        match=r"it calls torch\.nn\.modules\.linear\.Linear|copyreg\._reconstructor|pickle operation NEWOBJ",
    ):
        read(written_by_torch(torch.nn.Linear(2, 2)))


def test_a_tensor_that_reaches_beyond_its_storage_is_refused():
    whole = written_by_torch(pytest.importorskip("torch").arange(4.0))
    damaged = whole.replace(b"K\x04\x85", b"K\x09\x85")
    assert damaged != whole
    with pytest.raises(RefusedError, match=r"beyond its storage of 4 elements|can't be read"):
        read(damaged)


def pickled(*operations: bytes) -> bytes:
    """A pickle of these operations that leaves what they leave on the stack."""
    return b"\x80\x02" + b"".join(operations) + b"."


def name(module: str, attribute: str) -> bytes:
    return f"c{module}\n{attribute}\n".encode()


def text(value: str) -> bytes:
    return b"X" + len(value).to_bytes(4, "little") + value.encode()


def number(value: int) -> bytes:
    return b"J" + value.to_bytes(4, "little", signed=True)


def group(*parts: bytes) -> bytes:
    return b"(" + b"".join(parts) + b"t"


FLOATS, INTS = name("torch", "FloatStorage"), name("torch", "IntStorage")


def storage(kind: bytes = FLOATS, key: str = "0", size: bytes = number(4), word: str = "storage") -> bytes:
    return group(text(word), kind, text(key), text("cpu"), size) + b"Q"


def tensor(
    stored: bytes, offset: int = 0, size: tuple[int, ...] = (4,), stride: tuple[int, ...] = (1,)
) -> bytes:
    rest = (number(offset), group(*map(number, size)), group(*map(number, stride)), b"\x89", b"N")
    return name("torch._utils", "_rebuild_tensor_v2") + group(stored, *rest) + b"R"


def parameter(of: bytes) -> bytes:
    return name("torch._utils", "_rebuild_parameter") + group(of, b"\x88", b"N") + b"R"


STORED = np.arange(4, dtype=np.float32).tobytes()


def test_the_pickles_of_these_tests_are_sound():
    for described in (tensor(storage()), parameter(tensor(storage()))):
        assert read(archive_with(pickled(described), **{"0": STORED})).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("described", "said"),
    [
        (text("collections.OrderedDict") + b")R", "it calls collections.OrderedDict"),
        (name("collections", "OrderedDict") + b"]R", "it calls collections.OrderedDict"),
        (name("collections", "deque") + b")R", "it calls collections.deque"),
        (tensor(storage(word="module")), "it refers to 'module'"),
        (tensor(storage(kind=text("FloatStorage"))), "it refers to 'storage' of FloatStorage"),
        (tensor(storage(kind=name("evil", "FloatStorage"))), "it refers to 'storage' of evil.FloatStorage"),
        (tensor(storage(size=text("4"))), "it refers to 'storage'"),
        (tensor(storage(kind=name("torch", "BFloat16Storage"))), "it holds a torch.BFloat16Storage"),
        (tensor(storage(size=number(3))), "storage 0 should have 3 elements"),
        (tensor(storage(key="1")), "'archive/data/1' is missing"),
        (group(tensor(storage()), tensor(storage(INTS))), "storage 0 is used as float32 and as int32"),
        (tensor(text("0")), "a tensor in it has no storage"),
        (tensor(storage(), size=(4,), stride=(1, 1)), "size"),
        (tensor(storage(), offset=-1), "offset -1"),
        (tensor(storage(), size=(-4,)), r"size \(-4,\)"),
        (tensor(storage(), stride=(-1,)), r"stride \(-1,\)"),
        (tensor(storage(), offset=1), "reaches beyond its storage of 4"),
        (tensor(storage(), size=(5,)), "reaches beyond its storage of 4"),
        (tensor(storage(), size=(2, 2), stride=(2, 2)), "reaches beyond its storage of 4"),
        (tensor(storage(), size=(2**23,), stride=(0,)), "many times over"),
        (group(*[tensor(storage(), size=(2**19,), stride=(0,))] * 9), "many times over"),
        (tensor(storage(), offset=5, size=(0,)), "reaches beyond its storage of 4"),
        (parameter(text("x")), "a parameter in it is no tensor"),
        (parameter(tensor(storage(INTS))), "a parameter in it of dtype torch.int32 wants a gradient"),
        (b"}" + text("a") + b"]" + FLOATS + b"as", "it holds torch.FloatStorage"),
        (b"}" + FLOATS + text("a") + b"s", "it holds torch.FloatStorage"),
        (group(storage()), "it holds .*which is neither"),
        (b"(", "it holds .*which is neither"),
        (text("a") + text("b") + b"a", "it appends to str"),
        (text("a") + text("b") + text("c") + b"s", "it sets items of str"),
        (b"]" + b"}b", "it sets the state of list"),
        (b"]" + text("a") + b"\x87", "the stack is too short"),
        (b"}(" + text("a") + b"u", "damaged"),
        (b"}" + b"]" + text("a") + b"s", "damaged"),
        (b"h\x07", "damaged"),
        (b"u", "damaged"),
        (b"", "damaged"),
    ],
)
def test_what_asks_for_anything_else_is_refused(described, said):
    with pytest.raises(RefusedError, match=said):
        read(archive_with(pickled(described), **{"0": STORED}))


def laughs(join: bytes) -> bytes:
    """A container of two of what holds two of what ... thirty deep, in few bytes."""
    return b")q\x00" + b"".join(b"(h%ch%c%sq%c" % (i, i, join, i + 1) for i in range(30))


@pytest.mark.parametrize(
    ("described", "said"),
    [
        (laughs(b"t") + b"}h\x1eNs", "a key in it is a tensor, or holds tuples within a tuple"),
        (b"}" + tensor(storage()) + b"Ns", "a key in it is a tensor"),
        (b"(" * 300_000, "neither a tensor nor a plain container"),
        (b"(t" * 300_000 + b"t", "damaged"),
        (group(*[number(1)] * 65) + b"q\x00" + name("torch", "Size") + b"h\x00\x85R", "a torch.Size in it"),
        (
            b"}("
            + b"".join(number(i) + b"N" for i in range(5000))
            + b"uq\x00"
            + (name("collections", "Counter") + b"h\x00\x85R") * 100,
            "many times over",
        ),
    ],
    ids=["keys", "a tensor as key", "marks", "groups", "sizes", "counters"],
)
def test_few_bytes_do_not_ask_for_much_time_or_memory(described, said):
    start = time.perf_counter()
    with pytest.raises(RefusedError, match=said):
        read(archive_with(pickled(described), **{"0": STORED}))
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize(
    "described",
    [laughs(b"l"), laughs(b"t"), b"]q\x00h\x00a", b"]" * 10_000 + b"a" * 9_999],
    ids=["lists", "tuples", "itself", "deep"],
)
def test_what_is_nested_oddly_goes_to_its_device_too(described, tmp_path):
    path = tmp_path / "odd.pt"
    path.write_bytes(archive_with(pickled(described)))
    assert len(ag.load(path, map_location="cpu")) in (1, 2)


def test_views_that_just_fit_are_read():
    def found(**view):
        return read(archive_with(pickled(tensor(storage(), **view)), **{"0": STORED})).tolist()

    assert found(offset=3, size=(1,)) == [3]
    assert found(offset=3, size=(), stride=()) == 3
    assert found(offset=4, size=(0,)) == []
    assert found(size=(2, 2), stride=(2, 1)) == [[0, 1], [2, 3]]
    assert found(offset=2, size=(4000,), stride=(0,)) == [2] * 4000
    assert len(found(size=(2**20,), stride=(0,))) == 2**20
    assert found(size=(1000, 0), stride=(1, 1)) == [[]] * 1000


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK",
        b"\x80\x02}q\x00.",
        archive_with(b""),
        archive_with(b"\x80\x02"),
        archive_with(pickle.dumps(1))[:-30],
    ],
)
def test_what_is_no_such_file_is_refused(data):
    with pytest.raises(RefusedError):
        read(data)


def test_mutated_files_are_read_or_refused():
    whole = written_by_torch(
        {"w": pytest.importorskip("torch").arange(6.0).reshape(2, 3), "n": [1, (2, "x")]}
    )
    rng = random.Random(0)
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(rng.randrange(1, 4)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        with contextlib.suppress(RefusedError):  # any other exception fails the test
            read(bytes(data))
