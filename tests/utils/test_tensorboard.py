"""The event files of a SummaryWriter, read by a reader of their format."""

import struct

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn.utils.tensorboard import SummaryWriter, _events


def fields(message):
    """The fields of a protocol buffer: (number, value)."""
    at, found = 0, []

    def varint():
        nonlocal at
        number = shift = 0
        while True:
            byte = message[at]
            at += 1
            number |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return number

    while at < len(message):
        key = varint()
        if key & 7 == 0:
            value = varint()
        else:
            size = {1: 8, 5: 4}.get(key & 7) or varint()
            value = message[at : at + size]
            at += size
            if key & 7 != 2:
                (value,) = struct.unpack("<d" if key & 7 == 1 else "<f", value)
        found.append((key >> 3, value))
    return found


def values(folder):
    """(step, tag, fields of the value) of everything in the folder's only file."""
    (path,) = folder.glob("events.out.tfevents.*")
    data, found = path.read_bytes(), []
    while data:
        (size,) = struct.unpack("<Q", data[:8])
        assert data[8:12] == _events._masked(data[:8])
        event, data = data[12 : 12 + size], data[12 + size :]
        assert data[:4] == _events._masked(event)
        data, told = data[4:], dict(fields(event))
        for _, value in fields(told.get(5, b"")):
            parts = dict(fields(value))
            found.append((told[2], parts[1].decode(), parts))
    return found


def test_the_sum_is_castagnolis():
    """The check value of CRC-32C."""
    assert _events.crc32c(b"123456789") == 0xE3069283


def test_curves_histograms_images_and_texts(tmp_path):
    with SummaryWriter(tmp_path) as writer:
        writer.add_scalar("loss", ag.tensor(0.5), 3)
        writer.add_histogram("weights", ag.tensor([-1.0, 0.0, 2.0, 2.0]), 4)
        writer.add_image("picture", ag.ones(3, 2, 5), 5)
        writer.add_images("grid", np.zeros((9, 1, 2, 3), np.float32))
        writer.add_text("note", "**bold**", 6)
        writer.add_graph(ag.nn.Linear(1, 1), ag.ones(1))
    curve, histogram, picture, grid, note = values(tmp_path)
    assert (curve[0], curve[1], curve[2][2]) == (3, "loss", 0.5)
    told = dict(fields(histogram[2][5]))
    assert [told[i] for i in range(1, 6)] == [-1, 2, 4, 3, 9]
    counts = np.frombuffer(told[7])
    limits = np.frombuffer(told[6])
    assert counts.sum() == 4
    assert len(counts) == len(limits)
    assert counts[limits >= 2][0] == 2
    size = dict(fields(picture[2][4]))
    assert (size[1], size[2], size[3]) == (2, 5, 3)
    assert size[4].startswith(b"\x89PNG")
    assert dict(fields(grid[2][4]))[2] == 8 * 3
    assert note[1] == "note/text_summary"
    assert dict(fields(note[2][8]))[8] == b"**bold**"


def test_several_curves_have_a_folder_each(tmp_path):
    writer = SummaryWriter(str(tmp_path))
    writer.add_scalars("loss", {"train": 1.0, "test": np.float64(2.0)}, 7)
    writer.add_hparams({"lr": 0.1, "net": "small"}, {"accuracy": 0.9}, run_name="run")
    writer.close()
    assert [v[:2] for v in values(tmp_path / "loss_test")] == [(7, "loss")]
    assert [v[1] for v in values(tmp_path / "run")] == ["_hparams_/session_start_info", "accuracy"]


def test_what_is_no_number_or_picture_is_refused(tmp_path):
    with SummaryWriter(tmp_path) as writer:
        with pytest.raises(AssertionError, match="scalar should be 0D"):
            writer.add_scalar("loss", ag.ones(2))
        with pytest.raises(AssertionError, match="input format are different"):
            writer.add_image("picture", ag.ones(2, 5))
        with pytest.raises(ValueError, match="no element"):
            writer.add_histogram("nothing", ag.ones(0))
