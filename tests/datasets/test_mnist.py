"""MNIST: the bundled sample, files on disk, and files that are not what they should be."""

import contextlib
import gzip
import hashlib
import http.client
import http.server
import io
import os
import threading
import tracemalloc
import zlib
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from autograd_cnn import FileFormatError
from autograd_cnn.datasets import MNIST, FashionMNIST, _download, _idx
from autograd_cnn.datasets._idx import idx_bytes, read_idx
from autograd_cnn.utils.data import DataLoader

FULL = os.environ.get("AUTOGRAD_CNN_DATA")


@pytest.fixture
def small(monkeypatch, tmp_path):
    """A class of a few made-up digits, and a folder with its files."""
    rng = np.random.default_rng(0)
    contents = {}
    for part, n in (("train", 20), ("t10k", 10)):
        contents[f"{part}-images-idx3-ubyte"] = idx_bytes(rng.integers(0, 256, (n, 28, 28)))
        contents[f"{part}-labels-idx1-ubyte"] = idx_bytes(rng.integers(0, 10, n))

    class Small(MNIST):
        _counts: ClassVar = {"train": 20, "t10k": 10}
        _digests: ClassVar = {name: hashlib.sha256(data).hexdigest() for name, data in contents.items()}

    for name, content in contents.items():
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(content, mtime=0))
    return Small, tmp_path


def test_the_sample():
    train, test = MNIST(train=True), MNIST(train=False)
    assert (len(train), len(test)) == (6000, 1000)
    assert train.data.shape == (6000, 28, 28)
    assert train.targets[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert test.targets[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    image, target = train[0]
    assert (image.shape, image.dtype, target, type(target)) == ((28, 28), np.uint8, 5, int)
    assert train.classes[target] == "5 - five"


def test_transforms():
    data = MNIST(
        transform=lambda image: image.astype(np.float32) / 255, target_transform=lambda target: target + 100
    )
    image, target = data[0]
    assert image.max() == 1
    assert target == 105
    images, targets = next(iter(DataLoader(data, batch_size=3)))
    assert images.shape == (3, 28, 28)
    assert targets.tolist() == [105, 100, 104]


@pytest.mark.skipif(
    not (FULL and (Path(FULL) / "mnist").is_dir()),
    reason="AUTOGRAD_CNN_DATA does not name a folder with mnist/",
)
def test_the_full_files():
    train = MNIST(Path(FULL) / "mnist")
    assert len(train) == 60_000
    assert len(MNIST(Path(FULL) / "mnist", train=False)) == 10_000
    sample = MNIST()
    assert np.array_equal(train.data.array[:6000], sample.data.array)
    assert np.array_equal(train.targets.array[:6000], sample.targets.array)


@pytest.mark.skipif(
    not (FULL and (Path(FULL) / "fashion-mnist").is_dir()),
    reason="AUTOGRAD_CNN_DATA does not name a folder with fashion-mnist/",
)
def test_the_full_files_of_fashion_mnist():
    """As its authors describe them: every class as often as the others."""
    for train, count in ((True, 6000), (False, 1000)):
        data = FashionMNIST(Path(FULL) / "fashion-mnist", train=train)
        assert np.bincount(data.targets.array).tolist() == [count] * 10


@pytest.mark.parametrize("layout", ["Small/raw", "."])
@pytest.mark.parametrize("packed", [True, False])
def test_places_and_packings(small, tmp_path, layout, packed):
    cls, folder = small
    root = tmp_path / "root"
    (root / layout).mkdir(parents=True)
    for file in folder.glob("*.gz"):
        content = file.read_bytes()
        (root / layout / (file.name if packed else file.stem)).write_bytes(
            content if packed else gzip.decompress(content)
        )
    assert len(cls(root)) == 20
    assert len(cls(str(root), train=False)) == 10


def test_missing_files_are_named():
    with pytest.raises(FileNotFoundError, match=r"train-images-idx3-ubyte\.gz in /nowhere.*download=True"):
        MNIST("/nowhere")
    with pytest.raises(ValueError, match="no bundled sample"):
        FashionMNIST()


def test_a_changed_pixel_is_noticed(small):
    cls, folder = small
    path = folder / "train-images-idx3-ubyte.gz"
    content = bytearray(gzip.decompress(path.read_bytes()))
    content[-1] ^= 1
    path.write_bytes(gzip.compress(content))
    with pytest.raises(FileFormatError, match=r"train-images-idx3-ubyte\.gz.*SHA-256"):
        cls(folder)


def test_other_data_in_the_same_format_are_read(small, monkeypatch):
    """Fewer images than MNIST has are not MNIST damaged. The folder may be given from the home folder on."""
    cls, folder = small
    monkeypatch.setenv("HOME", str(folder.parent))
    assert len(MNIST(f"~/{folder.name}")) == 20
    with pytest.raises(FileNotFoundError, match=str(folder.parent)):
        cls("~/nowhere")


@pytest.mark.parametrize("cut", [0, 1, 5, 20, -9, -1])
def test_a_cut_off_gzip_file_is_noticed(small, cut):
    cls, folder = small
    path = folder / "train-labels-idx1-ubyte.gz"
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(FileFormatError, match="train-labels"):
        cls(folder)


def test_every_flipped_bit_of_a_gzip_file_is_noticed_or_harmless(small):
    cls, folder = small
    path = folder / "t10k-labels-idx1-ubyte.gz"
    good, labels = path.read_bytes(), cls(folder, train=False).targets.tolist()
    for bit in range(8 * len(good)):
        bad = bytearray(good)
        bad[bit // 8] ^= 1 << bit % 8
        path.write_bytes(bad)
        with contextlib.suppress(FileFormatError):
            assert cls(folder, train=False).targets.tolist() == labels


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "nothing"),
        (b"\0\0\x08", "not an IDX file"),
        (b"\0\0\x09\x01\0\0\0\0", "not an IDX file"),
        (b"\0\0\x08\x03" + bytes(12), "not an IDX file of bytes with 1"),
        (b"\0\0\x08\x01\0\0\0\x05abc", "announces"),
        (b"\0\0\x08\x01\0\0\0\x02abc", "announces"),
        (b"\0\0\x08\x01\xff\xff\xff\xff", "announces"),
        (b"\x1f\x8b", "gzip"),
    ],
)
def test_malformed_idx_files(tmp_path, content, said):
    path = tmp_path / "labels"
    path.write_bytes(content)
    with pytest.raises(FileFormatError, match=said):
        read_idx(path, dims=1)


def test_idx_back_and_forth(tmp_path):
    array = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    (tmp_path / "a").write_bytes(idx_bytes(array))
    found = read_idx(tmp_path / "a", dims=3)
    assert np.array_equal(found, array)
    assert found.flags.writeable


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_that_announces_too_much_is_refused(tmp_path, monkeypatch, packed):
    content = idx_bytes(np.arange(24, dtype=np.uint8).reshape(2, 3, 4))
    (tmp_path / "a").write_bytes(gzip.compress(content) if packed else content)
    monkeypatch.setattr(_idx, "_LARGEST", 24)
    assert read_idx(tmp_path / "a", dims=3).shape == (2, 3, 4)
    monkeypatch.setattr(_idx, "_LARGEST", 23)
    with pytest.raises(FileFormatError, match=r"announces \(2, 3, 4\), more than 23 bytes"):
        read_idx(tmp_path / "a", dims=3)


def test_no_more_is_unpacked_than_is_announced(tmp_path):
    (tmp_path / "bomb").write_bytes(gzip.compress(idx_bytes(np.zeros(9, np.uint8)) + bytes(1 << 25)))
    tracemalloc.start()
    try:
        with pytest.raises(
            FileFormatError, match=r"bomb: its header announces \(9,\), 9 bytes, but more follow"
        ):
            read_idx(tmp_path / "bomb", dims=1)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("images", "labels"), [((19, 28, 28), 9), ((20, 28, 27), 9), ((20, 28, 28), 10)])
def test_images_and_labels_that_do_not_fit_together(tmp_path, images, labels):
    contents = {
        "train-images-idx3-ubyte": idx_bytes(np.zeros(images)),
        "train-labels-idx1-ubyte": idx_bytes(np.full(20, labels)),
    }

    class Odd(MNIST):
        _digests: ClassVar = {name: hashlib.sha256(data).hexdigest() for name, data in contents.items()}

    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    with pytest.raises(FileFormatError, match="do not fit together"):
        Odd(tmp_path)


@pytest.fixture
def mirror(small):
    """A web server on this machine with the files of ``small``, and what it was asked for."""
    _, folder = small
    asked = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=str(folder))

        def log_message(self, *args):
            asked.append(self.path)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/", asked
        server.shutdown()
        thread.join()


def test_download(small, mirror, tmp_path, monkeypatch):
    """The first mirror has nothing, the second serves; what is there is not fetched again."""
    cls, _ = small
    url, asked = mirror
    monkeypatch.setattr(cls, "mirrors", (url + "absent/", url), raising=False)
    root = tmp_path / "new"
    assert len(cls(root, train=False, download=True)) == 10
    assert sorted(os.listdir(root / "Small" / "raw")) == [
        "t10k-images-idx3-ubyte.gz",
        "t10k-labels-idx1-ubyte.gz",
    ]
    asked.clear()
    cls(root, train=False, download=True)
    assert asked == []


def test_a_damaged_download_is_refused_and_not_kept(small, mirror, tmp_path, monkeypatch):
    cls, folder = small
    url, _ = mirror
    monkeypatch.setattr(cls, "mirrors", (url,), raising=False)
    path = folder / "t10k-images-idx3-ubyte.gz"
    for bad in (path.read_bytes()[:-20], gzip.compress(b"something else"), b"<html>"):
        path.write_bytes(bad)
        with pytest.raises(OSError, match="could not download t10k-images"):
            cls(tmp_path / "new", train=False, download=True)
        assert not list((tmp_path / "new").rglob("*.gz"))


@pytest.mark.parametrize(
    "data", [b"", b"<html>", zlib.compress(b"digits"), gzip.compress(b"digits", mtime=0)[:-1]]
)
def test_what_is_no_gzip_file_is_not_kept(data):
    with pytest.raises(FileFormatError, match="not gzip data"):
        _download.gzip_digest(data)


def test_each_mirror_that_fails_is_listed_and_none_may_hang(tmp_path, monkeypatch):
    answers = {
        "a": http.client.BadStatusLine("odd"),
        "b": OSError("gone"),
        "c": b"wrong",
        "d": b"right",
        "e": b"never asked",
    }
    asked = []

    def urlopen(url, timeout=None):
        asked.append((url, timeout))
        if isinstance(answers[url], Exception):
            raise answers[url]
        return io.BytesIO(answers[url])

    def accept(data):
        if data != b"right":
            raise FileFormatError("it is wrong")

    monkeypatch.setattr("urllib.request.urlopen", urlopen)
    with pytest.raises(OSError, match=r"could not download file: a: odd; b: gone; c: it is wrong$"):
        _download.fetch("abc", tmp_path / "new" / "file", accept)
    assert not (tmp_path / "new").exists()
    _download.fetch("abcde", tmp_path / "new" / "file", accept)
    assert (tmp_path / "new" / "file").read_bytes() == b"right"
    assert [url for url, _ in asked] == list("abcabcd")
    assert all(timeout is not None and 0 < timeout <= 120 for _, timeout in asked)
    _download.fetch("d", tmp_path / "new" / "file", accept)
