"""Scripts written for PyTorch, run by redirecting their imports."""

import multiprocessing
import subprocess
import sys
from pathlib import Path

import pytest

from autograd_cnn._names import missing_names


def run(tmp_path: Path, source: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    script = tmp_path / "script.py"
    script.write_text(source, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "autograd_cnn.run", str(script), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_script_runs_unmodified(tmp_path):
    done = run(
        tmp_path,
        """
import sys
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.autograd import Variable
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1))
loader = DataLoader(TensorDataset(torch.ones(4, 2), torch.zeros(4, 1)), batch_size=2)
for x, y in loader:
    F.mse_loss(model(Variable(x)), y).backward()
print(sys.argv[1:], torch.tensor([1.0, 2.0]), isinstance(x, Variable), __name__)
""",
        "--epochs",
        "3",
    )
    assert done.stderr == ""
    assert done.stdout == "['--epochs', '3'] tensor([1., 2.]) True __main__\n"
    assert done.returncode == 0


def test_pytorch_itself_is_not_imported(tmp_path):
    done = run(tmp_path, "import torch\nprint(torch.__name__, torch.nn.__name__, torch.nn.__spec__.name)\n")
    assert done.stdout == "autograd_cnn autograd_cnn.nn autograd_cnn.nn\n"


def test_a_function_stays_where_a_module_of_its_name_is_imported(tmp_path):
    done = run(
        tmp_path,
        """
import torch
from torch.autograd.gradcheck import GradcheckError
from torch.autograd.functional import jacobian
from torch.nn.utils.weight_norm import weight_norm
x = torch.rand(2, dtype=torch.double, requires_grad=True)
print(torch.autograd.gradcheck(torch.sin, (x,)), callable(torch.nn.utils.weight_norm), GradcheckError)
""",
    )
    assert done.stderr == ""
    assert done.stdout.startswith("True True <class ")


def test_torchvision_leads_to_our_data_sets(tmp_path):
    done = run(
        tmp_path,
        "from torchvision import datasets\nimport torchvision.datasets as "
        "d\nprint(datasets.MNIST.__module__.split('.')[:2], d is datasets)\n",
    )
    assert done.stdout == "['autograd_cnn', 'datasets'] True\n"


def test_a_missing_name_is_named_with_all_the_others(tmp_path):
    done = run(
        tmp_path,
        "import "
        "torch\nprint('before')\ntorch.fft.fft(torch.ones(3))\ntorch.distributed.init_process_group()\n",
    )
    assert done.stdout == "before\n"
    assert done.returncode == 1
    assert "line 3: torch.fft.fft is not in autograd_cnn; use numpy.fft" in done.stderr
    assert "line 4: torch.distributed.init_process_group is not in autograd_cnn; train" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_error_of_the_script_itself_keeps_its_traceback(tmp_path):
    done = run(tmp_path, "import torch\nclass A: pass\nA().b\n")
    assert "AttributeError: 'A' object has no attribute 'b'" in done.stderr
    assert "Traceback" in done.stderr


@pytest.mark.parametrize(("source", "names"), [
    ("import torch.nn as nn\nnn.Linear\nnn.NoSuchLayer(3)", ["torch.nn.NoSuchLayer"]),
    ("from torch import nn, nope", ["torch.nope"]),
    ("from torch.nn.functional import relu, nope as n", ["torch.nn.functional.nope"]),
    ("import numpy\nnumpy.nope", []),
    ("import torch\nx = torch.zeros(3).nope()", []),
])  # fmt: skip
def test_missing_names_are_read_from_the_syntax_tree(source, names):
    assert [m.name for m in missing_names(source)] == names


def test_a_misspelt_name_gets_a_suggestion():
    (found,) = missing_names("import torch\ntorch.bincountt")
    assert str(found) == "line 2: torch.bincountt is not in autograd_cnn; did you mean bincount?"


def test_bad_arguments_are_one_line(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "autograd_cnn.run", str(tmp_path / "no.py")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("autograd_cnn.run: there is no file")
    done = run(tmp_path, "def f(:\n")
    assert done.returncode == 2
    assert "is not a Python program" in done.stderr


WORKERS = """
import sys
import torch
from torch.utils.data import DataLoader, Dataset

class Numbers(Dataset):
    def __len__(self):
        return 8
    def __getitem__(self, i):
        return torch.tensor([float(i)]), sys.argv[1]

if __name__ == "__main__":
    for way in {ways}:
        batches = list(DataLoader(Numbers(), 2, num_workers=2, multiprocessing_context=way))
        print(sum(numbers.sum().item() for numbers, _ in batches), batches[0][1])
"""


@pytest.mark.quick_share(2)
@pytest.mark.parametrize("way", [None, *multiprocessing.get_all_start_methods()])
def test_workers_import_the_script_redirected(tmp_path, way):
    done = run(tmp_path, WORKERS.replace("{ways}", repr([way])), "one")
    assert done.stdout == "28.0 ('one', 'one')\n", done.stderr
    assert done.returncode == 0


@pytest.mark.skipif(sys.platform != "linux", reason="forks on Linux only")
def test_workers_of_a_script_without_a_guard(tmp_path):
    source = WORKERS.replace('if __name__ == "__main__":', "if True:").replace("{ways}", "[None]")
    done = run(tmp_path, source, "one")
    assert done.stdout == "28.0 ('one', 'one')\n", done.stderr


def test_a_script_is_the_main_module(tmp_path):
    """What it defines is pickled under that name, and other processes of its own find it."""
    done = run(
        tmp_path,
        """
import multiprocessing, pickle, sys
import torch

class Kept:
    pass

def double(x):
    return float(torch.tensor(x) * 2), torch.__name__

if __name__ == "__main__":
    print(type(pickle.loads(pickle.dumps(Kept()))) is Kept, sys.modules["__main__"].Kept is Kept)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(pool.map(double, [1.0, 2.5]))
""",
    )
    assert done.stdout == "True True\n[(2.0, 'autograd_cnn'), (5.0, 'autograd_cnn')]\n", done.stderr
