"""CIFAR's binary files, images in folders, grids of images."""

import gzip
import hashlib
import io
import tarfile
from pathlib import Path

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import FileFormatError, utils
from autograd_cnn.datasets import CIFAR10, CIFAR100, ImageFolder, VisionDataset

rng = np.random.default_rng(0)


def cifar_files(cls, count=3):
    """Files as the archive has them, with few records, and what is in them."""
    classes = [f"class{i}" for i in range(10 if cls is CIFAR10 else 100)]
    files, content = {}, {}
    for name in (*cls.train_list, *cls.test_list):
        images, labels = (
            rng.integers(0, 256, (count, 3, 32, 32), dtype=np.uint8),
            rng.integers(0, len(classes), count),
        )
        records = [
            bytes([7] * (cls._labels - 1) + [int(label)]) + image.tobytes()
            for label, image in zip(labels, images, strict=True)
        ]
        files[name] = b"".join(records)
        content[name] = images, labels
    files[cls._names] = "\n".join([*classes, ""]).encode()
    return files, content


def packed(cls, files):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(f"{cls.base_folder}/{name}")
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


@pytest.mark.parametrize("cls", [CIFAR10, CIFAR100])
@pytest.mark.parametrize("as_archive", [False, True])
def test_cifar(cls, as_archive, tmp_path, monkeypatch):
    files, content = cifar_files(cls)
    if as_archive:
        data = packed(cls, files)
        (tmp_path / cls.filename).write_bytes(data)
        monkeypatch.setattr(cls, "tgz_md5", hashlib.md5(data).hexdigest())
    else:
        (tmp_path / cls.base_folder).mkdir()
        for name, data in files.items():
            (tmp_path / cls.base_folder / name).write_bytes(data)
    for train in (True, False):
        dataset = cls(tmp_path, train=train)
        names = cls.train_list if train else cls.test_list
        images = np.concatenate([content[name][0] for name in names])
        labels = np.concatenate([content[name][1] for name in names])
        np.testing.assert_array_equal(dataset.data, images.transpose(0, 2, 3, 1))
        assert dataset.targets == labels.tolist()
        assert dataset[1][0].shape == (32, 32, 3)
        assert dataset[1][1] == labels[1]
        assert len(dataset) == len(labels)
        assert dataset.classes[3] == "class3"
        assert dataset.class_to_idx["class3"] == 3
        changed = cls(
            tmp_path,
            train=train,
            transform=lambda image: image.sum(),
            target_transform=lambda target: target + 100,
        )
        assert changed[1] == (images[1].sum(), labels[1] + 100)
    assert CIFAR10.tgz_md5 != CIFAR100.tgz_md5


def test_damaged_cifar_is_refused_by_name(tmp_path, monkeypatch):
    with pytest.raises(FileNotFoundError, match="neither cifar-10-binary"):
        CIFAR10(tmp_path)
    files, _ = cifar_files(CIFAR10)
    data = packed(CIFAR10, files)
    archive = tmp_path / CIFAR10.filename
    archive.write_bytes(data)
    with pytest.raises(FileFormatError, match="MD5"):
        CIFAR10(tmp_path)
    for damaged, said in (
        (data[:-200], "cut off or damaged"),
        (gzip.compress(b"no archive" * 100, mtime=0), "cut off or damaged"),
        (packed(CIFAR10, {"x": b""}), "there is no"),
        (packed(CIFAR10, {**files, "data_batch_2.bin": b"1"}), "no number of records"),
    ):
        archive.write_bytes(damaged)
        monkeypatch.setattr(CIFAR10, "tgz_md5", hashlib.md5(damaged).hexdigest())
        with pytest.raises(FileFormatError, match=said):
            CIFAR10(tmp_path)


def python2_pickle(pixels, **lists):
    """The opcodes that Python 2 wrote: byte strings, and NumPy's array of bytes by the name it had."""

    def word(text):
        return b"U" + bytes([len(text)]) + text.encode()

    def numbers(values):
        return b"](" + b"".join(word(v) if isinstance(v, str) else b"K" + bytes([v]) for v in values) + b"e"

    rows, columns = pixels.shape
    shape = b"".join(b"M" + n.to_bytes(2, "little") for n in (rows, columns)) + b"\x86"
    dtype = (
        b"cnumpy\ndtype\n"
        + word("u1")
        + b"K\0K\1\x87R(K\3"
        + word("|")
        + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb"
    )
    raw = b"T" + pixels.size.to_bytes(4, "little") + pixels.tobytes()
    array = (
        b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\0\x85"
        + word("b")
        + b"\x87R(K\1"
        + shape
        + dtype
        + b"\x89"
        + raw
        + b"tb"
    )
    return (
        b"\x80\2}(" + b"".join(word(k) + numbers(v) for k, v in lists.items()) + word("data") + array + b"u."
    )


@pytest.mark.parametrize("cls", [CIFAR10, CIFAR100])
@pytest.mark.parametrize("as_archive", [True, False])
def test_cifar_in_the_python_version(cls, as_archive, tmp_path, monkeypatch):
    """As torchvision leaves it: pickles, which are read and not executed."""
    random = np.random.default_rng(0)
    folder, filename, _ = cls._python
    meta, key = cls._python_names
    files = {meta: f"(dS'{key}'\n(lS'cat'\naS'dog'\nas.".encode()}  # protocol 0
    expected = []
    for name in cls.train_list:
        pixels = random.integers(0, 256, (3, 3072), dtype=np.uint8)
        files[name.removesuffix(".bin")] = python2_pickle(
            pixels, **{k: [1, 0, 1] for k in cls._python_labels}
        )
        expected.append(pixels)
    if as_archive:
        with tarfile.open(tmp_path / filename, "w:gz") as tar:
            for name, content in files.items():
                info = tarfile.TarInfo(f"{folder}/{name}")
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
        with pytest.raises(FileFormatError, match="its MD5 is"):
            cls(tmp_path)
        digest = hashlib.md5((tmp_path / filename).read_bytes()).hexdigest()
        monkeypatch.setattr(cls, "_python", (folder, filename, digest))
    else:
        (tmp_path / folder).mkdir()
        for name, content in files.items():
            (tmp_path / folder / name).write_bytes(content)
    data = cls(tmp_path)
    assert data.classes == ["cat", "dog"]
    assert data.targets == [1, 0, 1] * len(cls.train_list)
    np.testing.assert_array_equal(
        data.data, np.concatenate(expected).reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"cos\nsystem\n(S'touch executed'\ntR.", r"it calls os\.system"),
        (b"\x80\2}.", "no dictionary with data, labels"),
        (python2_pickle(np.zeros((3, 3072), np.uint8), labels=[1, 0]), "a row of 3072 for each label"),
        (python2_pickle(np.zeros((2, 4), np.uint8), labels=[1, 0]), "a row of 3072"),
        (b"(dS'data'\nI1\nsS'labels'\nI1\ns.", "a row of 3072"),
        (
            b"cnumpy.core.multiarray\n_reconstruct\n(tR(I1\n(I1\ntI0\nI00\nI5\ntb.",
            "the bytes of an array in it are int",
        ),
        (b"cnumpy\ndtype\n(S'O8'\ntR.", "it calls numpy.dtype"),
        (python2_pickle(np.zeros((2, 3072), np.uint8), labels=["a", "b"]), "no class"),
        (python2_pickle(np.zeros((2, 3072), np.uint8), labels=[1, 0])[:-500], "damaged"),
    ],
)
def test_another_pickle_in_cifars_place_is_refused_by_name(content, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cifar-10-batches-py").mkdir()
    for name in (*(f"data_batch_{i}" for i in range(1, 6)), "batches.meta"):
        (tmp_path / "cifar-10-batches-py" / name).write_bytes(content)
    with pytest.raises(FileFormatError, match=f"cifar-10-batches-py/data_batch_1.*{said}"):
        CIFAR10(tmp_path)
    assert not (tmp_path / "executed").exists()


def test_cifar_is_downloaded_once_and_only_if_asked(tmp_path, monkeypatch):
    files, _ = cifar_files(CIFAR10)
    data = packed(CIFAR10, files)
    (tmp_path / "mirror").mkdir()
    (tmp_path / "mirror" / CIFAR10.filename).write_bytes(data)
    monkeypatch.setattr(CIFAR10, "url", (tmp_path / "mirror").as_uri() + "/")
    with pytest.raises(OSError, match=r"could not download cifar-10-binary.*its MD5 is"):
        CIFAR10(tmp_path / "new", download=True)
    assert not (tmp_path / "new").exists()
    monkeypatch.setattr(CIFAR10, "tgz_md5", hashlib.md5(data).hexdigest())
    assert len(CIFAR10(tmp_path / "new", download=True)) == 15
    (tmp_path / "mirror" / CIFAR10.filename).unlink()
    assert len(CIFAR10(tmp_path / "new", download=True)) == 15


def test_cifar_with_odd_names_and_classes(tmp_path):
    files, _ = cifar_files(CIFAR10)
    (tmp_path / CIFAR10.base_folder).mkdir()
    for name, data in files.items():
        (tmp_path / CIFAR10.base_folder / name).write_bytes(data)
    names = tmp_path / CIFAR10.base_folder / CIFAR10._names
    names.write_bytes(names.read_bytes().replace(b"class3", b"caf\xe9"))
    assert CIFAR10(tmp_path).classes[3] == "caf\ufffd"
    names.write_bytes(b"only one")
    with pytest.raises(FileFormatError, match=r"a class \d where batches\.meta\.txt names 2"):
        CIFAR10(tmp_path)
    names.unlink()
    with pytest.raises(FileNotFoundError, match="neither"):
        CIFAR10(tmp_path)


def test_a_folder_in_the_archive_is_no_file(tmp_path, monkeypatch):
    files, _ = cifar_files(CIFAR10)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name in files:
            info = tarfile.TarInfo(f"{CIFAR10.base_folder}/{name}")
            info.type = tarfile.DIRTYPE
            tar.addfile(info)
    (tmp_path / CIFAR10.filename).write_bytes(buffer.getvalue())
    monkeypatch.setattr(CIFAR10, "tgz_md5", hashlib.md5(buffer.getvalue()).hexdigest())
    with pytest.raises(FileFormatError, match=r"data_batch_1\.bin in it is no file"):
        CIFAR10(tmp_path)


def test_images_in_folders(tmp_path):
    """With a loader of one's own: Pillow is not needed."""
    for name in ("dog/b.png", "cat/z.jpg", "cat/deep/a.PNG", "dog/notes.txt", "elsewhere/c.bmp"):
        (tmp_path / "root" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "root" / name).write_text(name)
    root = (tmp_path / "root" / "elsewhere").rename(tmp_path / "elsewhere").parent / "root"
    (root / "dog" / "link").symlink_to(tmp_path / "elsewhere")
    (root / "readme.txt").write_text("no class")

    def loader(path):
        return Path(path).read_text()

    dataset = ImageFolder(root, loader=loader)
    assert (
        repr(dataset)
        == f"Dataset ImageFolder\n    Number of datapoints: {len(dataset)}\n    Root location: {root}"
    )
    assert dataset.classes == ["cat", "dog"]
    assert dataset.class_to_idx == {"cat": 0, "dog": 1}
    assert len(dataset) == 4
    assert [dataset[i] for i in range(4)] == [
        ("cat/z.jpg", 0),
        ("cat/deep/a.PNG", 0),
        ("dog/b.png", 1),
        ("elsewhere/c.bmp", 1),
    ]
    assert dataset.imgs == dataset.samples
    assert dataset.targets == [0, 0, 1, 1]
    changed = ImageFolder(root, loader=loader, transform=str.upper, target_transform=lambda t: t + 10)
    assert changed[0] == ("CAT/Z.JPG", 10)

    def is_text(path):
        return path.endswith(".txt")

    with pytest.raises(FileNotFoundError, match="no valid file for the classes cat"):
        ImageFolder(root, loader=loader, is_valid_file=is_text)
    assert ImageFolder(root, loader=loader, is_valid_file=is_text, allow_empty=True).samples == [
        (str(root / "dog" / "notes.txt"), 1)
    ]
    with pytest.raises(FileNotFoundError, match="class folder"):
        ImageFolder(tmp_path / "elsewhere")


def test_image_folder(tmp_path):
    pillow = pytest.importorskip("PIL.Image")
    pixels = rng.integers(0, 256, (4, 5, 3), dtype=np.uint8)
    for name in ("dog/b.png", "cat/z.png", "cat/deep/a.PNG"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        pillow.fromarray(pixels).save(tmp_path / name)
    (tmp_path / "dog" / "notes.txt").write_text("no image")
    dataset = ImageFolder(tmp_path, transform=np.asarray, target_transform=lambda t: t + 10)
    assert dataset.classes == ["cat", "dog"]
    assert [path.removeprefix(str(tmp_path)) for path, _ in dataset.samples] == [
        "/cat/z.png",
        "/cat/deep/a.PNG",
        "/dog/b.png",
    ]
    image, target = dataset[2]
    np.testing.assert_array_equal(image, pixels)
    assert target == 11
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileNotFoundError, match="classes empty"):
        ImageFolder(tmp_path)
    with pytest.raises(FileNotFoundError, match="class folder"):
        ImageFolder(tmp_path / "empty")


def test_grid():
    images = ag.from_numpy(rng.uniform(size=(5, 1, 3, 4)).astype(np.float32))
    grid = utils.make_grid(images, nrow=2, padding=1, pad_value=0.5).numpy()
    assert grid.shape == (3, 3 * 4 + 1, 2 * 5 + 1)
    np.testing.assert_array_equal(grid[:, 5:8, 6:10], np.repeat(images.numpy()[3], 3, 0))
    assert (grid[:, 9:12, 6:10] == 0.5).all()
    scaled = utils.make_grid(images * 3 - 1, normalize=True, scale_each=True, padding=0).numpy()
    assert scaled.min() == 0
    assert scaled.max() == 1
    assert utils.make_grid(images[0]).shape == (3, 3, 4)
    with pytest.raises(TypeError, match="ndarray"):
        utils.make_grid(np.zeros((2, 2)))


@pytest.mark.parametrize("name", ["grid.png", "grid.bmp"])
def test_a_saved_image_is_what_pillow_reads(name, tmp_path):
    pillow = pytest.importorskip("PIL.Image")
    images = ag.from_numpy(rng.uniform(size=(2, 3, 6, 7)).astype(np.float32))
    utils.save_image(images, tmp_path / name, padding=3)
    expected = utils.make_grid(images, padding=3).numpy() * 255
    with pillow.open(tmp_path / name) as found:
        assert np.abs(np.asarray(found).transpose(2, 0, 1) - expected).max() <= 0.5001


def test_images_go_into_an_open_file_too_and_a_missing_format_is_asked_for(tmp_path):
    images = ag.zeros(2, 3, 4, 4)
    utils.save_image(images, tmp_path / "grid.png")
    utils.save_image(images, buffer := io.BytesIO(), format="png")
    assert buffer.getvalue() == (tmp_path / "grid.png").read_bytes()
    for where in (io.BytesIO(), tmp_path / "grid"):
        with pytest.raises(ValueError, match=r"give it an extension such as \.png, or format='png'"):
            utils.save_image(images, where)


def test_a_dataset_of_ones_own(tmp_path):
    """What a subclass is given by its base: where it is, what changes its items, how it prints."""

    class Squares(VisionDataset):
        def __getitem__(self, index):
            return self.transforms(index, index**2)

        def __len__(self):
            return 3

        def extra_repr(self):
            return "Kind: numbers"

    both = Squares(tmp_path, transforms=lambda x, y: (y, x))
    assert list(map(both.__getitem__, range(3))) == [(0, 0), (1, 1), (4, 2)]
    one = Squares(None, transform=float)
    assert one[2] == (2.0, 4)
    assert repr(one).splitlines() == [
        "Dataset Squares",
        "    Number of datapoints: 3",
        "    Kind: numbers",
        "    StandardTransform",
        "Transform: <class 'float'>",
    ]
    with pytest.raises(ValueError, match="Only transforms or transform/target_transform"):
        Squares(None, transforms=max, target_transform=float)
