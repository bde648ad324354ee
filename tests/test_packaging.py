"""What is installed: every package, the data, and nothing heavy at import."""

import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def folders():
    """The import names of all folders with an __init__.py."""
    own = [path.parent.relative_to(ROOT) for path in (ROOT / "autograd_cnn").rglob("__init__.py")]
    ops = [
        Path("autograd_cnn") / path.parent.relative_to(ROOT) for path in (ROOT / "ops").rglob("__init__.py")
    ]
    return {".".join(path.parts) for path in own + ops}


def test_the_listed_packages_are_the_folders():
    listed = PROJECT["tool"]["setuptools"]["packages"]
    assert len(listed) == len(set(listed))
    assert set(listed) == folders()


def test_importing_loads_numpy_and_nothing_heavy():
    """safetensors, graphviz and the web client come in when they are used."""
    script = (
        "import sys, numpy; before = set(sys.modules); import autograd_cnn; "
        "print(*sorted({m.partition('.')[0] for m in set(sys.modules) - before}))"
    )
    loaded = set(
        subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True
        ).stdout.split()
    )
    heavy = {
        "numba",
        "llvmlite",
        "scipy",
        "cupy",
        "matplotlib",
        "pygraphviz",
        "graphviz",
        "safetensors",
        "tqdm",
        "torch",
        "urllib",
        "http",
        "multiprocessing",
    }
    assert "autograd_cnn" in loaded
    assert loaded & heavy == set()


def test_ops_is_not_imported_by_its_folders_name():
    done = subprocess.run(
        [sys.executable, "-c", "import ops"], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode != 0
    assert "autograd_cnn.ops" in done.stderr


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The wheel's and the sdist's file names, and what the build said."""
    pytest.importorskip("setuptools", minversion="77")
    tree = tmp_path_factory.mktemp("tree") / "project"
    skipped = shutil.ignore_patterns(".*", "__pycache__", "build", "dist", "runs", "*.egg-info")
    shutil.copytree(ROOT, tree, symlinks=True, ignore=skipped)
    script = (
        "from setuptools import build_meta as b; print(b.build_sdist('made')); print(b.build_wheel('made'))"
    )
    (tree / "made").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=tree, check=False
    )
    assert done.returncode == 0, done.stderr
    (wheel,), (sdist,) = (tree / "made").glob("*.whl"), (tree / "made").glob("*.tar.gz")
    with zipfile.ZipFile(wheel) as archive, tarfile.open(sdist) as tar:
        return (
            archive.namelist(),
            [name.partition("/")[2] for name in tar.getnames()],
            done.stdout + done.stderr,
        )


def test_the_wheel(built):
    names, _, said = built
    assert {
        "autograd_cnn/py.typed",
        "autograd_cnn/ops/__init__.py",
        "autograd_cnn/ops/_primitive.py",
        "autograd_cnn/ops/kernels/cuda/common.cuh",
        "autograd_cnn/ops/kernels/cuda/loss.cu",
        "autograd_cnn/datasets/mnist_sample/train-images-idx3-ubyte.gz",
        "autograd_cnn/datasets/mnist_sample/t10k-labels-idx1-ubyte.gz",
        "autograd_cnn/datasets/mnist_sample/LICENSE.md",
    } <= set(names)
    assert not [name for name in names if name.startswith(("ops/", "tests/"))], (
        "the wheel owns a name that is not ours"
    )
    sources = {str(path.relative_to(ROOT)) for path in (ROOT / "autograd_cnn").rglob("*.py")}
    assert sources <= set(names)
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert "absent from" not in said


def test_the_sdist(built):
    _, names, _ = built
    assert {
        "autograd_cnn/ops/_primitive.py",
        "autograd_cnn/py.typed",
        "autograd_cnn/datasets/mnist_sample/LICENSE.md",
        "autograd_cnn/datasets/mnist_sample/train-images-idx3-ubyte.gz",
        "tests/conftest.py",
        "notebooks/fit_a_line.ipynb",
        "scripts/make_mnist_sample.py",
        "pyproject.toml",
        "Makefile",
        "LICENSE",
        "README.md",
        "CHANGELOG.md",
    } <= set(names)
