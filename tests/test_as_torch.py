"""install_as_torch(): ``import torch`` gives this package, here and in the processes that are started."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import autograd_cnn
from autograd_cnn._paths import MODULES, PACKAGE

ROOT = Path(__file__).parent.parent


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False, timeout=60)


def said(source: str) -> str:
    done = run("-c", source)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_torch_and_its_versions_are_answered():
    assert said("""
import autograd_cnn
own = autograd_cnn.__version__
autograd_cnn.install_as_torch()
autograd_cnn.install_as_torch()  # a second time: nothing
import importlib.metadata, importlib.util
import torch, torch.nn.functional as F, torchvision, functorch
from torch.nn.modules.flatten import Flatten
from torch.autograd.profiler import record_function
print(torch is autograd_cnn, Flatten is torch.nn.Flatten,
      functorch.vmap(torch.sin)(torch.zeros(2)).tolist() == [0, 0])
print(torch.__version__ >= "2.1", torch.__version__ > (1, 13), str(torch.__version__) != own)
print([importlib.metadata.version(n) == m.__version__ for n, m in [("torch", torch)]])
print(importlib.metadata.version("torchvision")[:2], importlib.util.find_spec("torch") is not None)
""").split("\n")[:4] == ["True True True", "True True True", "[True]", "0. True"]


def test_what_is_imported_already_is_refused():
    done = run("-c", "import sys, types; sys.modules['torch'] = types.ModuleType('torch')\n"
               "import autograd_cnn; autograd_cnn.install_as_torch()")  # fmt: skip
    assert "RuntimeError: torch is imported already" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("way", ["fork", "spawn", "forkserver"])
@pytest.mark.parametrize("module", [False, True])
def test_workers_import_it_too(tmp_path, way, module):
    (tmp_path / "part.py").write_text("""
import torch
class Numbers(torch.utils.data.Dataset):
    def __len__(self):
        return 4
    def __getitem__(self, i):
        return torch.tensor([float(i)])
""", encoding="utf-8")  # fmt: skip
    (tmp_path / "program.py").write_text(f"""
if __name__ == "__main__":
    import autograd_cnn
    autograd_cnn.install_as_torch()
from part import Numbers
from torch.utils.data import DataLoader
if __name__ == "__main__":
    loader = DataLoader(Numbers(), 2, num_workers=1, multiprocessing_context="{way}")
    print(sum(batch.sum().item() for batch in loader))
""", encoding="utf-8")  # fmt: skip
    command = ["-m", "program"] if module else ["program.py"]
    done = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, check=False, timeout=60, cwd=tmp_path,
        env={"PYTHONPATH": f"{ROOT}:{tmp_path}", "PATH": ""},
    )  # fmt: skip
    assert done.stdout == "6.0\n", done.stderr


@pytest.mark.parametrize("path", sorted(path for path in MODULES if path.startswith("torch.")))
def test_paths_that_lead_elsewhere_have_no_file_of_their_own(path):
    place = ROOT / PACKAGE / Path(*path.split(".")[1:])
    assert not place.with_suffix(".py").exists()
    assert not (place / "__init__.py").exists()
    assert import_module(PACKAGE + path.removeprefix("torch")).__name__ == MODULES[path]


@pytest.mark.parametrize("name", ["numpy.sin", "numpy", "torch.no_such.thing", ""])
def test_names_that_are_not_pytorchs_stand_for_nothing(name):
    with pytest.raises(AttributeError, match="is not"):
        autograd_cnn._paths.resolve(name)


def test_a_function_keeps_its_name_beside_a_module_of_that_name():
    from autograd_cnn.nn.parallel.data_parallel import data_parallel

    assert autograd_cnn.nn.parallel.data_parallel is data_parallel
    assert autograd_cnn._paths.resolve("torch.nn.parallel.data_parallel") is data_parallel
    error = autograd_cnn._paths.resolve("torch.autograd.gradcheck.GradcheckError")
    assert issubclass(error, RuntimeError)
    assert autograd_cnn._paths.resolve("torch.nn.modules.loss.KLDivLoss") is autograd_cnn.nn.KLDivLoss
    assert autograd_cnn.nn.modules.conv.LazyConv2d is autograd_cnn.nn.LazyConv2d


def test_a_path_of_pytorchs_is_imported_under_this_packages_name():
    from autograd_cnn.nn.modules.flatten import Flatten

    from autograd_cnn.optim.adamw import AdamW

    assert Flatten is autograd_cnn.nn.Flatten
    assert AdamW is autograd_cnn.optim.AdamW
    assert autograd_cnn.nn.modules.instancenorm.InstanceNorm2d is autograd_cnn.nn.InstanceNorm2d
    with pytest.raises(ModuleNotFoundError):
        import_module("autograd_cnn.nn.modules.nothing")
