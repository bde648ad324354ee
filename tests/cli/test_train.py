"""``autograd-cnn train`` as a program: what it writes, how it goes on, and what it says to nonsense."""

import csv
import importlib.util
import os
import re
import signal
import subprocess
import sys

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn.datasets import MNIST
from autograd_cnn.datasets._idx import idx_bytes

ENVIRONMENT = {**os.environ, "PYTHONWARNINGS": "error", "PYTHONUNBUFFERED": "1"}


def command(*args):
    return [sys.executable, "-m", "autograd_cnn", *map(str, args)]


def run(*args, cwd=None):
    """The finished program."""
    return subprocess.run(
        command(*args), capture_output=True, text=True, cwd=cwd, env=ENVIRONMENT, timeout=300, check=False
    )


@pytest.fixture(scope="session")
def few(tmp_path_factory):
    """A stand-in for the dataset's files: 200 and 100 of the bundled digits, accepted without their sums
    through ``few_main``."""
    root = tmp_path_factory.mktemp("few")
    for part, train, count in (("train", True, 200), ("t10k", False, 100)):
        data = MNIST(train=train)
        (root / f"{part}-images-idx3-ubyte").write_bytes(idx_bytes(data.data.array[:count]))
        (root / f"{part}-labels-idx1-ubyte").write_bytes(idx_bytes(data.targets.array[:count]))
    return root


FEW_MAIN = """
import sys
from autograd_cnn.datasets import mnist as _mnist
_mnist.MNIST._digests = dict.fromkeys(_mnist.MNIST._digests)
from autograd_cnn.cli import main
sys.exit(main(sys.argv[1:]))
"""


HELD_MAIN = """
import signal, time
from autograd_cnn.cli import _debug
ordinary, show = signal.getsignal(signal.SIGINT), _debug.GradientPrinter.print
def print_and_wait(printer, step):
    show(printer, step)
    while step == HELD and signal.getsignal(signal.SIGINT) is not ordinary:
        time.sleep(0.01)
_debug.GradientPrinter.print = print_and_wait
"""
"""Step HELD waits for Ctrl-C, which gives the signal its ordinary handler back: it never comes too late."""


def few_command(few, *args, held=None):
    """The program, on few digits; at step ``held`` it waits for Ctrl-C."""
    main = FEW_MAIN if held is None else f"HELD = {held}\n{HELD_MAIN}{FEW_MAIN}"
    return [sys.executable, "-c", main, "train", "lenet", "--root", str(few), *map(str, args)]


def run_few(few, *args):
    return subprocess.run(
        few_command(few, *args), capture_output=True, text=True, env=ENVIRONMENT, timeout=300, check=False
    )


def table(folder):
    """metrics.csv as dicts."""
    with open(folder / "metrics.csv", newline="") as file:
        return list(csv.DictReader(file))


def same_model(a, b):
    """Whether two runs ended at the same bits."""
    ours, theirs = (ag.load(folder / "model.safetensors") for folder in (a, b))
    return list(ours) == list(theirs) and all(
        ours[k].array.tobytes() == theirs[k].array.tobytes() for k in ours
    )


@pytest.fixture(scope="session")
def whole(few, tmp_path_factory):
    """A run of three epochs that was never stopped."""
    out = tmp_path_factory.mktemp("whole")
    done = run_few(few, "--epochs", 3, "--out", out)
    assert done.returncode == 0, done.stderr
    return out, done


def test_what_is_written(whole):
    out, done = whole
    expected = {"model.safetensors", "checkpoint.safetensors", "metrics.csv"}
    if not (importlib.util.find_spec("matplotlib") and importlib.util.find_spec("pygraphviz")):
        assert "was left out" in done.stderr
    else:
        expected |= {"curves.png", "backward.svg"}
        assert (out / "curves.png").read_bytes().startswith(b"\x89PNG")
        picture = (out / "backward.svg").read_text()
        assert picture.rstrip().endswith("</svg>")
        assert "conv1" in picture
    assert {path.name for path in out.iterdir()} == expected
    assert [row["epoch"] for row in table(out)] == ["1", "2", "3"]
    assert 0 < float(table(out)[-1]["test_accuracy"]) <= 1
    shapes = {name: tuple(t.shape) for name, t in ag.load(out / "model.safetensors").items()}
    assert shapes == {
        "conv1.weight": (20, 1, 5, 5),
        "conv1.bias": (20,),
        "conv2.weight": (50, 20, 5, 5),
        "conv2.bias": (50,),
        "fc1.weight": (500, 800),
        "fc1.bias": (500,),
        "fc2.weight": (10, 500),
        "fc2.bias": (10,),
    }
    assert re.search(r"test accuracy \d+\.\d\d% after 3 epochs", done.stdout)
    pytest.importorskip("tqdm")
    assert re.search(r"loss \d.*accuracy .*%.* images/s", done.stderr)


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", ["sgd", pytest.param("adam", marks=pytest.mark.slow)])
def test_fewer_epochs_and_then_resume(few, whole, tmp_path, optimizer):
    """One epoch, then on to three: the same bits as three at once; the options need not be said again."""
    chosen = ["--optimizer", optimizer]
    target = whole[0]
    if optimizer != "sgd":
        target = tmp_path / "whole"
        assert run_few(few, "--epochs", 2, "--out", target, *chosen).returncode == 0
    out = tmp_path / "out"
    assert run_few(few, "--epochs", 1, "--out", out, *chosen).returncode == 0
    done = run_few(few, "--epochs", len(table(target)), "--out", out, "--resume")
    assert done.returncode == 0, done.stderr
    assert same_model(out, target)
    kept = [[row[name] for name in row if name != "seconds"] for row in table(out)]
    assert kept == [[row[name] for name in row if name != "seconds"] for row in table(target)]


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX's")
def test_ctrl_c_leaves_a_checkpoint_that_resumes_to_the_same_bits(few, whole, tmp_path):
    """Stopped at the first step, at the last of an epoch, and at the last but one of all; then it is done."""
    arguments = ["--epochs", 3, "--out", tmp_path]
    for stops, held in enumerate((1, 4, 11)):
        resume = ["--resume"] if stops else []
        with subprocess.Popen(
            few_command(few, *arguments, *resume, "--debug-info", held=held),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=ENVIRONMENT,
        ) as child:
            assert any(line == f"step {held}\n" for line in child.stdout)
            child.send_signal(signal.SIGINT)
            out, err = child.communicate(timeout=120)
        assert child.returncode == 130, err
        assert "Traceback" not in err
        assert "--resume goes on from" in out
        assert (tmp_path / "checkpoint.safetensors").exists()
    done = run_few(few, *arguments, "--resume")
    assert done.returncode == 0, done.stderr
    assert same_model(tmp_path, whole[0])


def test_debug_info(few, tmp_path):
    """The printed means are those of the gradients."""
    done = run_few(few, "--epochs", 1, "--batch-size", 100, "--out", tmp_path, "--debug-info")
    assert done.returncode == 0, done.stderr
    lines = re.findall(r"Layer (\w+), (?:param )?(\w+) diff: (\S+)", done.stdout)
    assert len(lines) % 2 == 0
    step = lines[: len(lines) // 2]
    names = [line[:2] for line in step]
    assert (
        names.index(("fc2", "output"))
        < names.index(("fc1", "output"))
        < names.index(("conv2", "output"))
        < names.index(("conv1", "output"))
    )
    for layer in ("conv1", "conv2", "fc1", "fc2"):
        assert {(layer, "output"), (layer, "weight"), (layer, "bias")} <= set(names)
    assert all(np.isfinite(float(value)) for *_, value in lines)
    assert float({(a, b): v for a, b, v in step}[("fc2", "output")]) > 0


def one_line(done):
    """The program refused: exit code 2, one line on stderr, no traceback."""
    assert done.returncode == 2, (done.returncode, done.stdout, done.stderr)
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.startswith("autograd-cnn: error: ")
    return done.stderr


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ([], "required"),
        (["fly"], "fly"),
        (["train"], "required"),
        (["train", "resnet"], "resnet"),
        (["train", "lenet", "--epochs", "0"], "'0' is not a whole number"),
        (["train", "lenet", "--epochs", "many"], "'many' is not a whole number"),
        (["train", "lenet", "--batch-size", "-3"], "batch-size"),
        (["train", "lenet", "--lr", "0"], "'0' is not a positive number"),
        (["train", "lenet", "--lr", "nan"], "'nan' is not a positive number"),
        (["train", "lenet", "--lr"], "expected one argument"),
        (["train", "lenet", "--momentum", "1"], "'1' is not a number from 0"),
        (["train", "lenet", "--seed", "-1"], "'-1' is not a whole number"),
        (["train", "lenet", "--optimizer", "newton"], "newton"),
        (["train", "lenet", "--data", "imagenet"], "imagenet"),
        (["train", "lenet", "--data", "fashion-mnist"], "--root"),
        (["train", "lenet", "--device", "tpu"], "tpu"),
        (["train", "lenet", "--device", "cuda:x"], "cuda:x"),
        (["train", "lenet", "--root", "/nowhere"], "/nowhere"),
        (["train", "lenet", "--nonsense"], "--nonsense"),
        (["train", "lenet", "--resume"], "there is no runs/lenet/checkpoint.safetensors"),
    ],
)
def test_bad_options(args, said, tmp_path, monkeypatch, capsys):
    """In this process, for speed; one of them as a program below."""
    from autograd_cnn.cli import main

    monkeypatch.chdir(tmp_path)
    assert main(args) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert said in err
    assert not list(tmp_path.iterdir())


def test_a_bad_option_as_a_program(tmp_path):
    assert "'0' is not a whole number" in one_line(run("train", "lenet", "--epochs", 0, cwd=tmp_path))


@pytest.mark.skipif(importlib.util.find_spec("cupy") is not None, reason="CuPy is here")
def test_no_gpu_is_one_line(tmp_path):
    assert "CuPy" in one_line(run("train", "lenet", "--device", "cuda", "--out", tmp_path))


@pytest.mark.slow
def test_warmup():
    done = run("warmup")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("ready after")


def test_help():
    done = run("train", "--help")
    assert done.returncode == 0
    assert "--debug-info" in done.stdout


@pytest.mark.parametrize("damage", ["missing", "cut", "not idx"])
def test_damaged_datasets(few, tmp_path, damage):
    """With the sums checked every one of these files is refused; here most are refused before."""
    root = tmp_path / "root"
    root.mkdir()
    for path in few.iterdir():
        content = path.read_bytes()
        if path.name == "t10k-labels-idx1-ubyte":
            content = {
                "missing": None,
                "cut": content[:-1],
                "not idx": b"\x1f\x8b" + content,
            }[damage]
        if content is not None:
            (root / path.name).write_bytes(content)
    out = ["--out", tmp_path / "out"]
    done = run_few(root, *out)
    assert str(root) in one_line(done)
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_bad_checkpoints(few, whole, tmp_path):
    """Damaged, of another program, of another shape, of other options: one line each, and the file stays as
    it was."""
    path = tmp_path / "checkpoint.safetensors"
    good = (whole[0] / "checkpoint.safetensors").read_bytes()
    state = ag.load(whole[0] / "checkpoint.safetensors")
    flipped = bytearray(good)
    flipped[len(good) // 2] ^= 1

    def written(obj):
        ag.save(obj, path)
        return path.read_bytes()

    cases = [
        (b"", [], "checkpoint.safetensors"),
        (good[:-7], [], "cut off"),
        (bytes(flipped), [], "checksum"),
        (written({"w": ag.ones(2)}), [], "not a checkpoint of this program"),
        (written({**state, "model": {**state["model"], "fc2.bias": ag.ones(11)}}), [], "fc2.bias"),
        (written({**state, "model": {"fc9.bias": ag.ones(11)}}), [], "no checkpoint of this model"),
        (written({**state, "optimizer": {}}), [], "no checkpoint of this model"),
        (written({**state, "random": ag.ones(3)}), [], "no checkpoint of this model"),
        (written({**state, "images": 60_000}), [], "60000 training images"),
        (written({**state, "options": None}), [], "not a checkpoint of this program"),
        (
            written({**state, "options": {**state["options"], "batch_size": 0}}),
            [],
            "not a checkpoint of this program",
        ),
        (written({**state, "epoch": "3"}), [], "not a checkpoint of this program"),
        (written({**state, "epoch": 2}), [], "does not fit together: 2 epochs, 3 rows"),
        (written({**state, "rows": [[1]] * 3}), [], "does not fit together"),
        (written({**state, "losses": state["losses"][:-1]}), [], "does not fit together"),
        (good, ["--batch-size", 32], "--batch-size 32"),
        (good, ["--lr", 1], "--lr 1.0"),
    ]
    for content, options, said in cases:
        path.write_bytes(content)
        assert said in one_line(run_few(few, "--epochs", 4, "--out", tmp_path, "--resume", *options))
        assert path.read_bytes() == content


@pytest.mark.skipif(
    os.name == "nt" or (hasattr(os, "geteuid") and os.geteuid() == 0), reason="root may write everywhere"
)
def test_a_folder_that_may_not_be_written(few, tmp_path):
    tmp_path.chmod(0o500)
    assert str(tmp_path) in one_line(run_few(few, "--epochs", 1, "--out", tmp_path / "out"))


def test_a_file_where_the_folder_should_be(few, tmp_path):
    (tmp_path / "out").write_text("")
    assert "out" in one_line(run_few(few, "--epochs", 1, "--out", tmp_path / "out"))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_three_epochs_of_the_bundled_digits_end_above_95_percent(seed, tmp_path):
    done = run("train", "lenet", "--epochs", 3, "--seed", seed, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    assert float(table(tmp_path)[-1]["test_accuracy"]) > 0.95


@pytest.mark.slow
def test_the_rate_of_caffes_inv_policy(few, tmp_path):
    """base (1 + gamma step)^-power, its LeNet's gamma 0.0001 and power 0.75; a resumed run takes it over."""
    from autograd_cnn.cli._training import learning_rate

    assert learning_rate({"lr": 0.01, "schedule": "inv"}, 0) == 0.01
    assert learning_rate({"lr": 0.01, "schedule": "inv"}, 5000) == pytest.approx(0.00737788)
    assert learning_rate({"lr": 0.01, "schedule": "none"}, 5000) == 0.01
    for out, options in ((tmp_path / "whole", ["--epochs", 2]), (tmp_path / "parts", ["--epochs", 1])):
        assert run_few(few, *options, "--schedule", "inv", "--out", out).returncode == 0
    assert run_few(few, "--epochs", 2, "--resume", "--out", tmp_path / "parts").returncode == 0
    assert same_model(tmp_path / "whole", tmp_path / "parts")
    rate = ag.load(tmp_path / "parts" / "checkpoint.safetensors")["optimizer"]["param_groups"][0]["lr"]
    assert rate == learning_rate({"lr": 0.05, "schedule": "inv"}, 7)
