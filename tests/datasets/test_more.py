"""Datasets of other letters and digits, random images, folders of any files, and what users derive."""

import bz2
import gzip
import hashlib
import zipfile

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import FileFormatError, datasets
from autograd_cnn.datasets._idx import idx_bytes
from autograd_cnn.datasets.vision import StandardTransform

rng = np.random.default_rng(0)


def files(prefix, count, classes):
    """The images and the labels of made-up letters, and the files that hold them."""
    images = rng.integers(0, 256, (count, 28, 28))
    labels = np.arange(count) % classes
    contents = {
        f"{prefix}-images-idx3-ubyte": idx_bytes(images),
        f"{prefix}-labels-idx1-ubyte": idx_bytes(labels),
    }
    return images, labels, contents


def test_kana(tmp_path, monkeypatch):
    images, labels, contents = files("t10k", 12, 10)
    raw = tmp_path / "KMNIST" / "raw"
    with pytest.raises(FileNotFoundError, match=r"KMNIST is not complete: no t10k-images.*download=True"):
        datasets.KMNIST(tmp_path, train=False)
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    for name, content in contents.items():
        (mirror / f"{name}.gz").write_bytes(gzip.compress(content))
    monkeypatch.setattr(datasets.KMNIST, "mirrors", (mirror.as_uri() + "/",))
    with pytest.raises(OSError, match="its MD5 is"):
        datasets.KMNIST(tmp_path, train=False, download=True)
    sums = {n: hashlib.md5((mirror / f"{n}.gz").read_bytes()).hexdigest() for n in contents}
    monkeypatch.setattr(datasets.KMNIST, "_packed", sums)
    data = datasets.KMNIST(tmp_path, train=False, download=True)
    assert sorted(path.name for path in raw.iterdir()) == sorted(f"{n}.gz" for n in contents)
    np.testing.assert_array_equal(data.data.numpy(), images)
    assert data.targets.tolist() == labels.tolist()
    assert data.classes[data[3][1]] == "tsu"
    assert data.class_to_idx["wo"] == 9
    with pytest.raises(ValueError, match="no bundled sample"):
        datasets.KMNIST()


@pytest.mark.parametrize("packing", ["zip", "files", "gzip"])
def test_letters(tmp_path, packing):
    images, labels, contents = files("emnist-letters-train", 54, 27)
    raw = tmp_path / "EMNIST" / "raw"
    raw.mkdir(parents=True)
    if packing == "zip":
        with zipfile.ZipFile(raw / "gzip.zip", "w") as archive:
            for name, content in contents.items():
                archive.writestr(f"gzip/{name}.gz", gzip.compress(content))
    for name, content in {} if packing == "zip" else contents.items():
        if packing == "files":
            (raw / name).write_bytes(content)
        else:
            (tmp_path / f"{name}.gz").write_bytes(gzip.compress(content))
    data = datasets.EMNIST(str(tmp_path), "letters", transform=np.transpose)
    np.testing.assert_array_equal(data[5][0], images[5].T)
    assert data.targets.tolist() == labels.tolist()
    assert data.classes[1:3] == ("a", "b")
    with pytest.raises((FileFormatError, FileNotFoundError), match=r"emnist-letters-test"):
        datasets.EMNIST(tmp_path, "letters", train=False)


def test_splits_of_letters(tmp_path):
    sizes = {split: len(names) for split, names in datasets.EMNIST.classes_split_dict.items()}
    assert sizes == {"byclass": 62, "bymerge": 47, "balanced": 47, "letters": 27, "digits": 10, "mnist": 10}
    with pytest.raises(ValueError, match="Unknown value 'kana' for argument split"):
        datasets.EMNIST(tmp_path, "kana")
    with pytest.raises(FileNotFoundError, match=r"no emnist-digits-train-images-idx3-ubyte\.gz"):
        datasets.EMNIST(tmp_path, "digits")
    (tmp_path / "gzip.zip").write_bytes(b"PK and no archive")
    with pytest.raises(FileFormatError, match=r"gzip\.zip: cut off or another archive"):
        datasets.EMNIST(tmp_path, "digits")
    _, _, contents = files("emnist-digits-train", 22, 11)
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    with pytest.raises(FileFormatError, match="of 0 to 9 do not fit together"):
        datasets.EMNIST(tmp_path, "digits")


def test_digits_on_letters(tmp_path):
    pixels = np.linspace(-1, 1, 3 * 256, dtype=np.float32).reshape(3, 256)
    lines = [
        f"{label} " + " ".join(f"{i}:{value}" for i, value in enumerate(row, 1))
        for label, row in zip((10, 1, 4), pixels, strict=True)
    ]
    (tmp_path / "usps.t.bz2").write_bytes(bz2.compress("\n".join(lines).encode()))
    data = datasets.USPS(tmp_path, train=False, target_transform=str)
    assert data.targets == [9, 0, 3]
    assert data.data.shape == (3, 16, 16)
    assert data.data.dtype == np.uint8
    assert (int(data.data[0, 0, 0]), int(data.data[2, 15, 15]), data[0][1]) == (0, 255, "9")
    with pytest.raises(FileNotFoundError, match=r"no usps\.bz2 in"):
        datasets.USPS(tmp_path)
    whole = (tmp_path / "usps.t.bz2").read_bytes()
    for damaged in (
        whole[:-9],
        b"text",
        bz2.compress(b"1 1:0.5 2:0.5"),
        bz2.compress(lines[0].replace("10 ", "11 ", 1).encode()),
        bz2.compress(lines[0].replace("10 ", "x ", 1).encode()),
    ):
        (tmp_path / "usps.t.bz2").write_bytes(damaged)
        with pytest.raises(FileFormatError, match=r"usps\.t\.bz2"):
            datasets.USPS(tmp_path, train=False)


def test_random_images_are_the_same_at_each_look():
    data = datasets.FakeData(4, (1, 6, 5), num_classes=3, transform=np.asarray, target_transform=str)
    pytest.importorskip("PIL.Image")
    image, target = data[2]
    assert (image.shape, image.dtype, type(target)) == ((6, 5), np.uint8, str)
    assert np.array_equal(image, data[2][0])
    assert not np.array_equal(image, data[3][0])
    later = datasets.FakeData(4, (1, 6, 5), num_classes=3, transform=np.asarray, random_offset=2)
    assert np.array_equal(later[0][0], image)
    assert len(data) == len(list(data)) == 4
    with pytest.raises(IndexError, match="index out of range"):
        data[4]


def test_folders_of_any_files(tmp_path):
    for name in ("b/1.npy", "b/2.NPY", "a/x/3.npy", "a/4.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    data = datasets.DatasetFolder(str(tmp_path), loader=len, extensions=(".npy",))
    assert [path.rpartition("/")[2] for path, _ in data.samples] == ["3.npy", "1.npy", "2.NPY"]
    assert data[0] == (len(data.samples[0][0]), 0)
    assert data.targets == [0, 1, 1]
    with pytest.raises(ValueError, match="cannot be None or not None at the same time"):
        datasets.DatasetFolder(tmp_path, loader=len)

    class Reversed(datasets.DatasetFolder):
        def find_classes(self, directory):
            return ["b"], {"b": 7}

    assert Reversed(tmp_path, len, ".npy").targets == [7, 7]


def test_texts_are_torchvisions():
    class Numbers(datasets.VisionDataset):
        def __len__(self):
            return 3

    steps = ag.transforms.Compose([ag.transforms.ToTensor(), ag.transforms.Normalize((0.5,), (0.5,))])
    assert repr(Numbers("r", transform=steps, target_transform=ag.nn.Identity())) == (
        "Dataset Numbers\n"
        "    Number of datapoints: 3\n"
        "    Root location: r\n"
        "    StandardTransform\n"
        "Transform: Compose(\n"
        "               ToTensor()\n"
        "               Normalize(mean=(0.5,), std=(0.5,))\n"
        "           )\n"
        "Target transform: Identity()"
    )
    assert "~" not in Numbers("~").root
    assert repr(StandardTransform()) == "StandardTransform"
    assert repr(datasets.FakeData(3)) == "Dataset FakeData\n    Number of datapoints: 3"
    assert repr(datasets.MNIST(train=False)) == (
        "Dataset MNIST\n    Number of datapoints: 1000\n    Split: Test"
    )
    with pytest.raises(NotImplementedError):
        Numbers("r")[0]
