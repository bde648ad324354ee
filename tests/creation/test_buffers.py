"""Tensors of memory that lies elsewhere, or lies in a wanted order: frombuffer, asarray, empty_strided."""

import array

import numpy as np
import pytest

import autograd_cnn as ag


def test_frombuffer_shares_memory():
    memory = bytearray(8)
    x = ag.frombuffer(memory, dtype=ag.int32)
    x[1] = 7
    assert memory[4] == 7
    assert ag.frombuffer(memory, dtype=ag.int32, count=1, offset=4).tolist() == [7]
    assert ag.frombuffer(memory, dtype=ag.float32, requires_grad=True).requires_grad


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"buffer": bytearray(7)}, "must be a multiple of element size"),
        ({"buffer": bytearray(0)}, "both buffer length .0. and count"),
        ({"buffer": bytearray(8), "count": 0}, "both buffer length .8. and count .0."),
        ({"buffer": bytearray(8), "offset": 8}, "must be non-negative and no greater than buffer length"),
        ({"buffer": bytearray(8), "count": 3}, "must not be greater than actual buffer length"),
        ({"buffer": [1, 2]}, "object does not implement Python buffer protocol"),
    ],
)
def test_what_frombuffer_refuses(options, said):
    with pytest.raises(ValueError, match=said):
        ag.frombuffer(dtype=ag.int32, **options)


@pytest.mark.parametrize(
    "source",
    [
        lambda x: x,
        lambda x: x.numpy(),
        lambda x: memoryview(x.numpy()),
        lambda x: array.array("f", x.tolist()),
        lambda x: ag.utils.dlpack.to_dlpack(x),
    ],
)
def test_asarray_shares_what_has_memory(source):
    given = source(ag.arange(3.0))
    assert ag.asarray(given, copy=False, dtype=ag.float32).tolist() == [0.0, 1.0, 2.0]


def test_what_asarray_cannot_alias():
    with pytest.raises(RuntimeError, match="can't alias NumPy scalars"):
        ag.asarray(np.float64(1.0), copy=False)
    with pytest.raises(ValueError, match="can't alias arbitrary sequence"):
        ag.asarray([1.0], copy=False)
    with pytest.raises(ValueError, match=r"with dtype 'torch\.float32' into dtype 'torch\.float64'"):
        ag.asarray(ag.ones(2), dtype=ag.float64, copy=False)
    x = ag.ones(2)
    assert ag.asarray(x, copy=True) is not x


def test_a_read_only_array_warns():
    fixed = np.ones(2)
    fixed.flags.writeable = False
    with pytest.warns(UserWarning, match="not writable"):
        ag.from_numpy(fixed)


def test_memory_with_steps():
    assert ag.empty_strided((2, 3), (1, 2)).stride() == (1, 2)
    assert ag.ones(1, dtype=ag.int64).new_empty_strided((2, 3), (3, 1)).dtype == ag.int64
    with pytest.raises(
        RuntimeError, match=r"dimensionality of sizes \(1\) must match dimensionality of strides"
    ):
        ag.empty_strided((2,), (1, 2))
    with pytest.raises(RuntimeError, match="physical_layout"):
        ag.empty_permuted((2, 3), (0, 0))


def test_range_includes_its_end():
    with pytest.warns(UserWarning, match="range is deprecated"):
        assert ag.range(1, 2, 0.5).tolist() == [1.0, 1.5, 2.0]


@pytest.mark.parametrize(
    ("call", "kind", "said"),
    [
        (lambda: ag.ones(3).uniform_(2, 1), RuntimeError, r"uniform_ expects to return a \[from, to\) range"),
        (lambda: ag.ones(3).normal_(0, -1), RuntimeError, "normal expects std >= 0.0, but found std -1"),
        (lambda: ag.normal(0.0, -1.0, (2,)), RuntimeError, "normal expects std >= 0.0"),
        (lambda: ag.ones(3).roll((), ()), RuntimeError, "`shifts` required"),
        (lambda: ag.ones(2, 2).flip(), TypeError, 'missing 1 required positional argument: "dims"'),
        (lambda: ag.ones(2, 2).movedim((0, 0), (0, 1)), RuntimeError, "repeated dim in `source`"),
        (lambda: ag.ones(2, 2).movedim((0, 1), (1, 1)), RuntimeError, "repeated dim in `destination`"),
        (lambda: ag.repeat_interleave(ag.arange(4.0)), RuntimeError, "repeats has to be Long or Int"),
        (lambda: ag.zeros(5, 6).copy_(ag.zeros(30)), RuntimeError, r"size of tensor a \(6\) must match"),
        (lambda: ag.ones(5)[ag.tensor([True])], IndexError, "shape of the mask"),
        (
            lambda: ag.ones(4, 4).topk(2, True),
            TypeError,
            r"topk\(\): argument 'dim' .* must be int, not bool",
        ),
        (lambda: ag.tensor([_nested()]), TypeError, "self-referential lists are incompatible"),
        (lambda: ag.ones(1).expand(3).add_(1), RuntimeError, "unsupported operation: more than one element"),
    ],
)
def test_refusals_in_pytorchs_words(call, kind, said):
    with pytest.raises(kind, match=said):
        call()


def _nested() -> list:
    found: list = [0]
    found.append(found)
    return [found]


def test_what_pytorch_warns_of():
    with pytest.warns(UserWarning, match="degrees of freedom is <= 0"):
        ag.ones(1).std()
    with pytest.warns(UserWarning, match=r"indexing with dtype torch\.uint8 is now deprecated"):
        ag.ones(2)[ag.tensor([1, 0], dtype=ag.uint8)]
    with pytest.warns(UserWarning, match="from is out of bounds"):
        ag.ones(2).random_(-(2**30), 0)


@pytest.mark.parametrize("name", ["sum", "prod", "cumsum", "cumprod"])
@pytest.mark.parametrize("dtype", [ag.int8, ag.int32, ag.int64, ag.float64])
def test_sums_keep_the_dtype_asked_for(name, dtype):
    x = ag.ones(3, dtype=ag.int16)
    assert getattr(x, name)(0, dtype=dtype).dtype == dtype


def test_random_integers_from_a_bound_on():
    drawn = ag.empty(100, dtype=ag.int8).random_(100, None)
    assert 100 <= int(drawn.min()) <= int(drawn.max()) <= 127
