"""The names of GPUs on a machine that has none: questions are answered, what is harmless does nothing, the
rest is refused."""

import subprocess
import sys

import pytest

from autograd_cnn import cuda
from autograd_cnn.ops import DeviceError

pytestmark = pytest.mark.skipif(cuda.is_available(), reason="there is a GPU")


def test_questions_are_answered():
    assert not cuda.is_available()
    assert not cuda.is_initialized()
    assert not cuda.is_bf16_supported()
    assert cuda.device_count() == 0
    assert [
        f()
        for f in (
            cuda.memory_allocated,
            cuda.memory_reserved,
            cuda.max_memory_allocated,
            cuda.max_memory_reserved,
        )
    ] == [0] * 4


def test_seeds_and_caches_are_harmless():
    cuda.manual_seed(1)
    cuda.manual_seed_all(1)
    cuda.seed()
    cuda.seed_all()
    cuda.empty_cache()
    cuda.ipc_collect()
    cuda.reset_peak_memory_stats()
    with cuda.device(-1):
        pass
    with cuda.stream(None):
        pass


@pytest.mark.parametrize(
    "use",
    [
        cuda.init,
        cuda.synchronize,
        cuda.current_device,
        cuda.get_device_name,
        cuda.get_device_capability,
        cuda.get_device_properties,
        cuda.mem_get_info,
        lambda: cuda.set_device(0),
        cuda.current_stream,
        cuda.default_stream,
        cuda.Stream,
        lambda: cuda.Event(enable_timing=True),
    ],
)
def test_requests_are_refused_with_what_to_do(use):
    with pytest.raises(DeviceError, match="use device 'cpu'"):
        use()


def test_the_usual_first_lines_of_a_script_run(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        """
import torch
import torch.backends.cudnn as cudnn
import torch.cuda.amp as amp
cudnn.benchmark = True
torch.backends.cudnn.deterministic = True
torch.cuda.manual_seed_all(0)
mps = torch.backends.mps.is_available()
device = torch.device("cuda" if torch.cuda.is_available() else "mps" if mps else "cpu")
scaler = torch.cuda.amp.GradScaler(enabled=device.type == "cuda")
print(device, torch.cuda.device_count())
""",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-m", "autograd_cnn.run", str(script)], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("cpu 0\n", "")
