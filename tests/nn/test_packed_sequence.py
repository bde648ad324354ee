"""Sequences of different lengths: packing, padding, and recurrent layers over them, beside PyTorch."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn.nn.utils import rnn
from tests.recorded import pytorch

rng = np.random.default_rng(0)
PADDED = rng.normal(size=(5, 3, 4))


def same(function: Callable[[Any], Any]) -> None:
    """``function(library)``: tensors, tuples and lists of tensors, or None, that are equal."""
    pytorch.gives(function(ag), function, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("batch_first", [False, True])
@pytest.mark.parametrize(
    ("lengths", "enforce_sorted"), [((5, 3, 3), True), ((2, 5, 3), False), ((4, 1, 2), False)]
)
def test_packing_and_padding_are_pytorchs(lengths, enforce_sorted, batch_first):
    x = PADDED.swapaxes(0, 1).copy() if batch_first else PADDED

    def packed(t: Any) -> Any:
        return t.nn.utils.rnn.pack_padded_sequence(t.tensor(x), lengths, batch_first, enforce_sorted)

    same(packed)
    for options in ({}, {"batch_first": True}, {"padding_value": -1.0, "total_length": 7}):
        same(lambda t, options=options: t.nn.utils.rnn.pad_packed_sequence(packed(t), **options))
    same(lambda t: t.nn.utils.rnn.unpack_sequence(packed(t)))


@pytest.mark.parametrize(
    "options", [{}, {"batch_first": True}, {"padding_value": 2.0, "padding_side": "left"}], ids=str
)
def test_padding_a_list_is_pytorchs(options):
    parts = [np.random.default_rng(n).normal(size=(n, 2)) for n in (3, 1, 4)]
    same(lambda t: t.nn.utils.rnn.pad_sequence([t.tensor(p) for p in parts], **options))
    same(lambda t: t.nn.utils.rnn.pack_sequence([t.tensor(p) for p in parts], enforce_sorted=False))


@pytest.mark.parametrize("given_state", [False, True])
@pytest.mark.parametrize("name", ["RNN", "LSTM", "GRU"])
def test_recurrent_layers_run_over_packed_sequences(name, given_state):
    start = np.random.default_rng(7).normal(size=(4, 3, 6))  # the same in any order of tests

    def seen(library: Any) -> list[Any]:
        library.manual_seed(0)
        layer = getattr(library.nn, name)(4, 6, num_layers=2, bidirectional=True).double()
        x = library.tensor(PADDED, requires_grad=True)
        h = library.tensor(start, requires_grad=True)
        state = (h, h * 2) if name == "LSTM" else h
        packed = library.nn.utils.rnn.pack_padded_sequence(x, [2, 5, 3], enforce_sorted=False)
        output, last = layer(packed, state) if given_state else layer(packed)
        padded, _ = library.nn.utils.rnn.pad_packed_sequence(output)
        last = last if isinstance(last, tuple) else (last,)
        ((padded**2).sum() + sum((part**3).sum() for part in last)).backward()
        return [
            padded,
            *last,
            x.grad,
            *([h.grad] if given_state else []),
            *(p.grad for p in layer.parameters()),
        ]

    same(seen)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: rnn.pack_padded_sequence(ag.tensor(PADDED), [2, 5, 3]),
            RuntimeError,
            "must be sorted in decreasing order",
        ),
        (lambda: rnn.pack_padded_sequence(ag.tensor(PADDED), [5, 3]), RuntimeError, "equal to batch_size"),
        (lambda: rnn.pack_padded_sequence(ag.tensor(PADDED), [5, 3, 0]), RuntimeError, "greater than 0"),
        (lambda: rnn.pack_padded_sequence(ag.tensor(PADDED), [6, 3, 1]), RuntimeError, "at most 5"),
        (lambda: ag.nn.LSTM(4, 3)(ag.zeros(5, 2, 3)), RuntimeError, "input_size. Expected 4, got 3"),
        (
            lambda: ag.nn.GRU(4, 3)(ag.zeros(5, 2, 4), ag.zeros(1, 3, 3)),
            RuntimeError,
            r"Expected hidden size \(1, 2, 3\), got \[1, 3, 3\]",
        ),
        (lambda: ag.nn.RNN(4, 3)(ag.zeros(5)), ValueError, "Expected input to be 2D or 3D"),
        (lambda: ag.nn.LSTM(4, 3, proj_size=3), ValueError, "proj_size has to be smaller"),
        (lambda: ag.nn.GRUCell(4, 3)(ag.zeros(2, 3)), RuntimeError, "got 3, expected 4"),
    ],
)
def test_what_does_not_fit_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_dropout_between_layers_acts_in_training_only():
    ag.manual_seed(0)
    layer = ag.nn.LSTM(4, 6, num_layers=2, dropout=0.5)
    x = ag.tensor(PADDED, dtype=ag.float32)
    first, second = layer(x)[0].detach().array, layer(x)[0].detach().array
    assert not np.allclose(first, second)
    layer.eval()
    np.testing.assert_array_equal(layer(x)[0].detach().array, layer(x)[0].detach().array)
    with pytest.warns(UserWarning, match="num_layers greater than 1"):
        ag.nn.GRU(4, 3, dropout=0.5)


def test_a_packed_sequence_takes_the_dtypes_of_tensors_and_finds_the_way_back():
    packed = rnn.pack_padded_sequence(ag.tensor(PADDED), [2, 5, 3], enforce_sorted=False)
    for name, dtype in {"half": "float16", "float": "float32", "long": "int64", "byte": "uint8"}.items():
        converted = getattr(packed, name)()
        assert isinstance(converted, rnn.PackedSequence)
        assert converted.data.dtype == getattr(ag, dtype)
        assert converted.batch_sizes is packed.batch_sizes
    assert packed.double() is packed
    again = rnn.PackedSequence(packed.data, packed.batch_sizes, packed.sorted_indices)
    assert again.unsorted_indices is not None
    assert again.unsorted_indices.tolist() == packed.unsorted_indices.tolist()


def test_what_packing_refuses_first():
    with pytest.raises(RuntimeError, match="Cannot pack empty tensors"):
        rnn.pack_padded_sequence(ag.zeros(0, 1, 2), [])
    with pytest.raises(RuntimeError, match="Expected iterable for input sequences, but got arg of type"):
        rnn.pad_sequence(5)
