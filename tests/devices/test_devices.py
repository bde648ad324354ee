"""Device arrays: operators, layers, training, tensors and failures, on a GPU where there is one, and always
on a strict stand-in for CuPy.

The stand-in makes code that quietly needs NumPy fail on any machine. What only it can show (a full memory, a
lost device, reading during a capture) is tested on it alone.
"""

import pickle
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

import autograd_cnn as ac
from autograd_cnn import cuda, models, nn, optim, testing
from autograd_cnn.cli import main
from autograd_cnn.datasets import MNIST
from autograd_cnn.datasets._idx import idx_bytes
from autograd_cnn.nn import functional as F
from autograd_cnn.ops import DeviceError, OutOfMemoryError, ShapeError, registry
from autograd_cnn.ops.kernels import _switches
from tests import standin
from tests.conftest import gpu_is_here


@pytest.fixture(params=["standin", pytest.param("cuda", marks=pytest.mark.gpu)], autouse=True)
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """CuPy's stand-in, or CuPy itself; each test runs on both."""
    monkeypatch.setattr(_switches, "cudnn_tf32", False)  # float32 is compared as float32
    if request.param == "standin":
        with standin.installed():
            yield "standin"
    elif gpu_is_here():
        yield "cuda"
    else:
        pytest.skip("no GPU with CuPy on this machine")


@pytest.fixture
def only_standin(library: str) -> None:
    if library != "standin":
        pytest.skip("the stand-in shows it")


def gpu(*shape: int) -> ac.Tensor:
    return ac.rand(*shape).cuda()


# operators


@pytest.mark.quick_share(10)
@pytest.mark.parametrize("name", sorted(registry))
def test_every_operator_on_device_arrays(name: str, library: str) -> None:
    if library == "standin" and registry[name].__module__.rpartition(".")[2] in (
        "_special",
        "_scaled",
        "_incomplete_gamma",
    ):
        pytest.importorskip("scipy")  # stands in for cupyx.scipy
    for case in testing.cases(name, on="cuda"):
        case.run()


# layers, losses, optimizers

LAYERS: dict[str, tuple[Callable[[], nn.Module], Callable[[], tuple[ac.Tensor, ...]]]] = {
    "linear": (lambda: nn.Linear(4, 3), lambda: (gpu(2, 4),)),
    "conv1d": (lambda: nn.Conv1d(4, 3, 3, padding=1), lambda: (gpu(2, 4, 6),)),
    "conv2d": (lambda: nn.Conv2d(4, 3, 3, stride=2), lambda: (gpu(2, 4, 6, 6),)),
    "conv2d groups": (lambda: nn.Conv2d(4, 4, 3, groups=2, dilation=2), lambda: (gpu(2, 4, 6, 6),)),
    "conv_transpose2d": (lambda: nn.ConvTranspose2d(4, 3, 3), lambda: (gpu(2, 4, 6, 6),)),
    "batch_norm": (lambda: nn.BatchNorm2d(4), lambda: (gpu(2, 4, 6, 6),)),
    "max_pool2d": (lambda: nn.MaxPool2d(2), lambda: (gpu(2, 4, 6, 6),)),
    "max_pool2d ceil": (lambda: nn.MaxPool2d(4, 3, ceil_mode=True), lambda: (gpu(2, 4, 6, 6),)),
    "avg_pool2d": (lambda: nn.AvgPool2d(2, padding=1, count_include_pad=False), lambda: (gpu(2, 4, 6, 6),)),
    "dropout": (lambda: nn.Dropout(0.5), lambda: (gpu(2, 4),)),
    "activations": (
        lambda: nn.Sequential(nn.ReLU(), nn.LeakyReLU(), nn.Softmax(1), nn.Sigmoid(), nn.Tanh()),
        lambda: (gpu(2, 4),),
    ),
}


@pytest.mark.quick_share(3)
@pytest.mark.parametrize("name", LAYERS)
def test_layers_compute_what_they_do_on_the_cpu(name: str) -> None:
    make, inputs = LAYERS[name]
    ac.manual_seed(0)
    layer, values = make(), inputs()
    results = []
    for device in ("cpu", "cuda"):
        ac.manual_seed(1)
        layer = layer.to(device)
        leaves = [v.to(device).detach().requires_grad_() for v in values]
        layer.zero_grad()
        out = layer(*leaves)
        assert out.device.type == device
        out.square().sum().backward()
        grads = [*leaves, *layer.parameters()]
        assert all(t.grad.device.type == device for t in grads)
        results.append([out.detach().cpu().numpy(), *(t.grad.cpu().numpy() for t in grads)])
    for host, there in zip(*results, strict=True):
        np.testing.assert_allclose(
            there, host, rtol=1e-4, atol=1e-4
        )  # sums of up to 72 numbers, some of which cancel


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW", "Adagrad", "Adadelta", "RMSprop", "NAdam"])
def test_optimizers_step_as_on_the_cpu(name: str) -> None:
    ends = []
    for device in ("cpu", "cuda"):
        ac.manual_seed(0)
        model, x = nn.Linear(4, 3).to(device), ac.rand(5, 4).to(device)
        optimizer = getattr(optim, name)(model.parameters(), lr=0.1)
        for _ in range(3):
            optimizer.zero_grad()
            model(x).square().mean().backward()
            optimizer.step()
        optimizer.load_state_dict(optimizer.state_dict())
        ends.append(model.weight.detach().cpu().numpy())
    np.testing.assert_allclose(ends[1], ends[0], rtol=1e-5, atol=1e-6)


def lenet() -> tuple[nn.Module, Callable[..., ac.Tensor], ac.Tensor, ac.Tensor]:
    ac.manual_seed(0)
    model = models.LeNet().cuda()
    optimizer = optim.SGD(model.parameters(), lr=0.05, momentum=0.9)

    def step(images: ac.Tensor, labels: ac.Tensor) -> ac.Tensor:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        return loss

    return model, step, gpu(4, 1, 28, 28), ac.randint(0, 10, (4,)).cuda()


def test_training_stays_on_the_device_and_reads_nothing_from_it() -> None:
    """A captured step refuses every wait for the device; replayed, it computes what the step does."""
    model, step, images, labels = lenet()
    plain = [step(images + i, labels).item() for i in range(5)]
    weights = [p.detach().cpu().numpy() for p in model.parameters()]
    model, step, images, labels = lenet()
    captured = cuda.graph(step)
    assert [captured(images + i, labels).item() for i in range(5)] == pytest.approx(plain, rel=1e-5)
    for p, w in zip(model.parameters(), weights, strict=True):
        np.testing.assert_allclose(p.detach().cpu().numpy(), w, rtol=1e-5, atol=1e-6)


def test_what_cant_be_captured_says_why_and_leaves_the_stream_usable() -> None:
    def step(x: ac.Tensor) -> float:
        return x.sum().item()

    captured, x = cuda.graph(step), gpu(3)
    assert captured(x) == captured(x)
    for _ in range(2):
        with pytest.raises(DeviceError, match=r"can't be captured .*item.*run it without cuda\.graph"):
            captured(x)
    assert step(x) > 0


def test_random_numbers_drawn_on_the_host_are_not_captured() -> None:
    captured, x = cuda.graph(lambda x: F.dropout(x, 0.5)), gpu(3)
    for _ in range(2):
        captured(x)
    with pytest.raises(DeviceError, match="a copy from the host is not captured"):
        captured(x)


def test_a_captured_step_refuses_other_shapes_and_devices() -> None:
    captured = cuda.graph(lambda x: x * 2)
    for _ in range(3):
        captured(gpu(3))
    with pytest.raises(ShapeError, match=r"input 0 of shape \[3\] and float32, but got \[2\]"):
        captured(gpu(2))
    with pytest.raises(DeviceError, match=r"tensors on a GPU only.*\.cuda\(\)"):
        captured(ac.ones(3))


def test_a_label_out_of_range_makes_the_loss_nan() -> None:
    assert np.isnan(F.cross_entropy(gpu(2, 3), ac.tensor([0, 5]).cuda()).item())


@pytest.mark.slow
def test_the_command_trains(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("safetensors")  # for checkpoints
    pytest.importorskip("graphviz")  # for the picture of a step
    monkeypatch.setattr(
        MNIST, "_digests", dict.fromkeys(MNIST._digests)
    )  # a few of the bundled digits are accepted as the dataset
    for part, train in (("train", True), ("t10k", False)):
        data = MNIST(train=train)
        (tmp_path / f"{part}-images-idx3-ubyte").write_bytes(idx_bytes(data.data.array[:40]))
        (tmp_path / f"{part}-labels-idx1-ubyte").write_bytes(idx_bytes(data.targets.array[:40]))
    arguments = [
        "train",
        "lenet",
        "--device",
        "cuda",
        "--epochs",
        "1",
        "--batch-size",
        "20",
        "--root",
        str(tmp_path),
        "--out",
        str(tmp_path / "out"),
    ]
    assert main(arguments) == 0
    assert (tmp_path / "out" / "metrics.csv").exists()


# tensors


def test_moving_back_and_forth() -> None:
    x = ac.rand(2, 3, requires_grad=True)
    y = x.cuda()
    assert (y.device, y.is_cuda, y.get_device()) == (ac.device("cuda:0"), True, 0)
    assert y.to("cuda") is y
    (y * 2).cpu().sum().backward()
    assert x.grad.device.type == "cpu"
    assert x.grad.tolist() == [[2.0] * 3] * 2
    with pytest.raises(DeviceError, match="device cuda:63 is not there"):
        x.to("cuda:63")
    with pytest.raises(TypeError, match=r"Use Tensor\.cpu\(\)"):
        y.detach().numpy()


@pytest.mark.parametrize(
    "make",
    [
        lambda d: ac.zeros(2, device=d),
        lambda d: ac.tensor([1.0, 2.0], device=d),
        lambda d: ac.arange(3, device=d),
        lambda d: ac.randn(3, device=d),
        lambda d: ac.full((2,), 1.0, device=d),
        lambda d: ac.zeros(2, device=d).new_ones(3),
        lambda d: ac.rand_like(ac.zeros(2, device=d)),
        lambda d: ac.as_tensor([1.0], device=d),
        lambda d: ac.eye(2, device=d),
        lambda d: ac.linspace(0, 1, 3, device=d),
        lambda d: ac.randperm(3, device=d),
    ],
)
def test_creation_on_the_device_gives_the_cpus_values(make: Callable[[str], ac.Tensor]) -> None:
    ac.manual_seed(3)
    host = make("cpu")
    ac.manual_seed(3)
    there = make("cuda")
    assert there.is_cuda
    assert there.tolist() == host.tolist()


def test_mixed_devices_name_both_operands() -> None:
    with pytest.raises(
        DeviceError,
        match=r"add: .*x: shape \[2\], float32 on cuda:0, y: shape \[2\], float32 on cpu; move one with",
    ):
        gpu(2) + ac.ones(2)
    with pytest.raises(DeviceError, match="matmul"):
        ac.ones(2, 2) @ gpu(2, 2)


def test_kernels_refuse_arrays_of_the_host() -> None:
    """One element would go by value, and be taken for an address."""
    x, label, weight = gpu(1, 3), ac.tensor([0]), gpu(1, 1, 2, 2)
    with pytest.raises(DeviceError, match="softmax_cross_entropy"):
        F.cross_entropy(x, label)
    with pytest.raises(DeviceError, match="biased_convolution"):
        F.conv2d(gpu(1, 1, 4, 4), weight, ac.ones(1))
    assert F.cross_entropy(x, label.cuda()).item() > 0


def test_a_tensor_without_axes_may_stay_on_the_cpu() -> None:
    scale = ac.tensor(2.0, requires_grad=True)
    x = gpu(3).requires_grad_()
    (scale * x).sum().backward()
    assert scale.grad.device.type == "cpu"
    assert scale.grad.item() == pytest.approx(x.detach().cpu().numpy().sum())
    assert ac.where(x.detach() > 2, x.detach(), ac.tensor(0.0)).tolist() == [0.0] * 3


def test_a_number_beside_a_tensor_without_axes_does_not_keep_it_on_the_cpu() -> None:
    x = gpu(3)
    assert ac.clamp(x, ac.tensor(0.5), ac.tensor(1.5)).device.type == "cuda"
    kept = ac.where(x > 0, ac.tensor(2.0), 1.0)
    assert kept.is_cuda


def test_indexing_by_tensors_of_either_device() -> None:
    x, rows = gpu(3, 4), ac.tensor([2, 0])
    expected = x.cpu()[rows].tolist()
    assert x[rows].tolist() == x[rows.cuda()].tolist() == expected
    assert x[x > 0.5].tolist() == x.cpu()[x.cpu() > 0.5].tolist()
    x[0] = ac.zeros(4)
    x[:, rows] = ac.ones(3, 2)
    assert x[:, 0].tolist() == [1.0] * 3
    assert x[0, 1].item() == 0.0


def test_printing_copies_to_the_host() -> None:
    assert repr(ac.ones(2).cuda()) == "tensor([1., 1.], device='cuda:0')"


def test_writes_in_place_are_seen_by_backward() -> None:
    w, x = gpu(3).requires_grad_(), gpu(3)
    loss = (w * x).sum()
    x.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation: multiply needs its 'y'"):
        loss.backward()
    y = w * 1
    y[0] = 0.0
    y.sum().backward()
    assert w.grad.tolist() == [0.0, 1.0, 1.0]


def test_gradients_of_gradients() -> None:
    x = gpu(3).requires_grad_()
    (g,) = ac.autograd.grad((x**3).sum(), x, create_graph=True)
    g.sum().backward()
    np.testing.assert_allclose(x.grad.cpu().numpy(), 6 * x.detach().cpu().numpy(), rtol=1e-6)


def test_files_load_where_they_are_told_to(tmp_path: Path) -> None:
    pytest.importorskip("safetensors")
    path = tmp_path / "x.safetensors"
    ac.save({"x": gpu(2)}, path)
    assert ac.load(path)["x"].device.type == "cpu"
    assert ac.load(path, map_location="cuda")["x"].is_cuda
    torch = pytest.importorskip("torch")
    torch.save({"x": [torch.ones(2)], "n": (1, "text")}, tmp_path / "x.pt")
    assert ac.load(tmp_path / "x.pt")["x"][0].device.type == "cpu"
    there = ac.load(tmp_path / "x.pt", map_location="cuda")
    assert there["x"][0].is_cuda
    assert there["n"] == (1, "text")
    with pytest.raises(RuntimeError, match=r"not pickled.*tensor\.cpu\(\)"):
        pickle.dumps(gpu(2))


def test_dlpack_goes_to_the_library_of_the_device() -> None:
    x = gpu(3)
    assert x.__dlpack_device__() == (2, 0)
    shared = ac.from_dlpack(x.array)
    assert shared.is_cuda
    shared[0] = 9.0
    assert x[0].item() == 9.0


def test_pinned_memory_and_copies_in_the_background() -> None:
    x = ac.rand(2, 3)
    pinned = x.pin_memory()
    assert (x.is_pinned(), pinned.is_pinned(), pinned.pin_memory() is pinned) == (False, True, True)
    there = pinned.to("cuda", non_blocking=True)
    assert there.tolist() == x.tolist()
    back = there.to("cpu", non_blocking=True)
    assert back.is_pinned()
    assert back.tolist() == x.tolist()


# failures


@pytest.mark.usefixtures("only_standin")
def test_out_of_memory_names_the_operator_the_sizes_and_what_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    x, w = gpu(4, 1), gpu(1, 4).requires_grad_()
    y, signal = x * w, gpu(4, 4)
    monkeypatch.setattr(standin.Memory, "limit", 50)
    with pytest.raises(
        OutOfMemoryError,
        match=r"multiply: out of memory for operands \[4, 1\] float32 on cuda:0, \[1, 4\].*tensors hold "
        r"1,024 bytes of the 4,096",
    ):
        x * w
    with pytest.raises(MemoryError, match=r"the backward pass of multiply: out of memory"):
        y.backward(signal)
    monkeypatch.undo()
    assert (x + 1).sum().item() > 0
    assert w.grad is None


@pytest.mark.usefixtures("only_standin")
def test_a_lost_device_says_that_the_process_must_start_again(monkeypatch: pytest.MonkeyPatch) -> None:
    class CUDARuntimeError(RuntimeError):
        pass

    def fail(*_: object) -> None:
        raise CUDARuntimeError("cudaErrorIllegalAddress: an illegal memory access was encountered")

    x = gpu(3)
    monkeypatch.setattr(standin, "_refuse_what_cupy_lacks", fail)
    with pytest.raises(
        DeviceError,
        match=r"exp: the GPU was lost while working on \[3\] float32 on cuda:0 "
        r"\(cudaErrorIllegalAddress.*from a checkpoint",
    ):
        x.exp()


@pytest.mark.usefixtures("only_standin")
def test_questions_about_the_device() -> None:
    assert cuda.is_available()
    assert cuda.device_count() == 1
    assert (cuda.memory_allocated(), cuda.memory_reserved()) == (1024, 4096)
    assert cuda.OutOfMemoryError is OutOfMemoryError is ac.OutOfMemoryError
