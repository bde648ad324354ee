"""Damaged and hostile files: loaded right, or refused by name with one exception class, quickly and in little
memory."""

import gzip
import random
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save as other_writer

import autograd_cnn as ag
from autograd_cnn.datasets._idx import read_idx

STATE = {"w": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.ones(3), "n": np.arange(4)}


def mutated(data: bytes, rng: random.Random) -> bytes:
    """Bytes flipped, cut out, repeated or appended."""
    out = bytearray(data)
    for _ in range(rng.randrange(1, 5)):
        place = rng.randrange(len(out))
        kind = rng.randrange(5)
        if kind == 0:
            out[place] ^= 1 << rng.randrange(8)
        elif kind == 1:
            out[place] = rng.randrange(256)
        elif kind == 2:
            del out[place : place + rng.randrange(1, 20)]
        elif kind == 3:
            out[place:place] = out[: rng.randrange(1, 20)]
        else:
            out += bytes(rng.randrange(1, 9))
        if not out:
            break
    return bytes(out)


def same(loaded, state) -> bool:
    return loaded.keys() == state.keys() and all(np.array_equal(loaded[k].numpy(), state[k]) for k in state)


def files(tmp_path: Path) -> dict[str, bytes]:
    """The same state as written by us and by the safetensors library."""
    ag.save({k: ag.from_numpy(v) for k, v in STATE.items()}, tmp_path / "ours.safetensors")
    return {"ours": (tmp_path / "ours.safetensors").read_bytes(), "theirs": other_writer(STATE)}


@pytest.mark.parametrize("writer", ["ours", "theirs"])
@pytest.mark.parametrize("seed", range(5))
def test_mutated_safetensors_are_loaded_right_or_refused(tmp_path, writer, seed):
    whole, rng, path = files(tmp_path)[writer], random.Random(seed), tmp_path / "mutated.safetensors"
    for _ in range(150):
        data = mutated(whole, rng)
        path.write_bytes(data)
        start = time.perf_counter()
        tracemalloc.start()
        try:
            loaded = ag.load(path)
        except ag.FileFormatError as error:
            assert str(path) in str(error)  # noqa: PT017 - which of both happens is what varies
        else:
            assert writer == "theirs" or same(loaded, STATE)
        finally:
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        assert time.perf_counter() - start < 1
        assert peak < 2 * len(data) + 100_000


@pytest.mark.parametrize("zipped", [False, True])
def test_mutated_idx_files_are_read_or_refused(tmp_path, zipped):
    whole = b"\x00\x00\x08\x03" + b"".join(n.to_bytes(4) for n in (2, 3, 4)) + bytes(range(24))
    rng, path = random.Random(0), tmp_path / ("images-idx3-ubyte" + (".gz" if zipped else ""))
    for _ in range(300):
        data = mutated(whole, rng)
        path.write_bytes(
            mutated(gzip.compress(data), rng)
            if zipped and rng.random() < 0.5
            else gzip.compress(data)
            if zipped
            else data
        )
        try:
            found = read_idx(path, dims=3)
        except ag.FileFormatError as error:
            assert "images-idx3-ubyte" in str(error)  # noqa: PT017 - which of both happens is what varies
        else:
            assert found.dtype == np.uint8


HOSTILE = {
    "lists": '{"a":[' + "[]," * 100_000 + "[]]}",
    "tables": '{"a":[' + "{}," * 100_000 + "{}]}",
    "a shape of lists": '{"a":{"dtype":"U8","shape":[' + "[]," * 100_000 + '1],"data_offsets":[0,0]}}',
    "metadata of numbers": '{"__metadata__":{' + ",".join(f'"{i}":1' for i in range(20_000)) + "}}",
    "nesting": "[" * 300_000,
}


@pytest.mark.parametrize("header", HOSTILE.values(), ids=HOSTILE)
def test_a_header_that_is_cheap_to_write_is_cheap_to_refuse(tmp_path, header):
    path = tmp_path / "hostile.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header.encode())
    start = time.perf_counter()
    tracemalloc.start()
    try:
        with pytest.raises(ag.FileFormatError, match=r"hostile\.safetensors") as told:
            ag.load(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2 * len(header) + 100_000
    assert time.perf_counter() - start < 1
    assert len(str(told.value)) < 1000
