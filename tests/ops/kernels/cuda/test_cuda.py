"""The CUDA kernels against the compositions they stand in for: on a GPU where there is one, and always
compiled by g++ for the CPU.

The stand-in runs the very sources, thread by thread; NVRTC, where it is installed, compiles them for a GPU.
"""

import ctypes
import importlib.util
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd_cnn as ac
from autograd_cnn import nn, ops, optim
from autograd_cnn.ops import kernels
from autograd_cnn.ops.kernels import _switches
from tests import cuda_on_cpu, standin
from tests.conftest import gpu_is_here

FILES = sorted(path.stem for path in (Path(kernels.__file__).parent / "cuda").glob("*.cu"))
BOUNDS = {"float16": 4e-3, "float32": 2e-6, "float64": 1e-13}
"""The largest difference, relative to the largest number of a result."""


@pytest.fixture(params=["standin", pytest.param("cuda", marks=pytest.mark.gpu)])
def cupy(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(_switches, "cudnn_tf32", False)  # float32 is compared as float32
    if request.param == "standin":
        if not cuda_on_cpu.available():
            pytest.skip("g++, which compiles the kernels for the CPU, is not here")
        with standin.installed() as library:
            yield library
    elif gpu_is_here():
        import cupy

        yield cupy
    else:
        pytest.skip("no GPU with CuPy on this machine")


@pytest.fixture(params=["float32", "float64"])
def dtype(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def normal(*shape: int, dtype: str = "float64") -> Any:
    return rng().standard_normal(shape).astype(dtype)


def flat(found: Any) -> list[Any]:
    return list(found) if isinstance(found, tuple) else [found]


def agree(cupy: Any, primitive: Any, *operands: Any, bound: float | None = None, **parameters: Any) -> None:
    """Kernels and composition give the same, for operands in several memory layouts."""
    for turn in range(2):
        there = [cupy.asarray(np.asfortranarray(x) if turn and x.ndim > 1 else x) for x in operands]
        assert kernels.on_device(*[x for x in there if x.dtype.kind == "f"]) is not None
        found = flat(primitive.forward(*there, **parameters))
        with kernels.using_numpy():
            expected = flat(primitive.forward(*operands, **parameters))
        assert len(found) == len(expected)
        for a, b in zip(found, expected, strict=True):
            a = cupy.asnumpy(a)
            assert (a.shape, a.dtype) == (b.shape, b.dtype)
            scale = max(1.0, np.nanmax(np.abs(np.where(np.isfinite(b), b, 0)), initial=0))
            np.testing.assert_allclose(
                a, b, rtol=0, atol=(bound or BOUNDS[operands[0].dtype.name]) * scale, equal_nan=True
            )


GEOMETRIES = [
    {"kernel": (2, 2), "stride": (2, 2)},
    {"kernel": (3, 2), "stride": (2, 1), "padding": (1, 1)},
    {"kernel": (2, 3), "stride": (1, 2), "dilation": (2, 1)},
    {"kernel": (3, 3), "stride": (4, 5)},
    {"kernel": (1, 1), "stride": (1, 1)},
]


@pytest.mark.parametrize("geometry", GEOMETRIES, ids=str)
def test_max_pooling(cupy: Any, dtype: str, geometry: dict[str, Any]) -> None:
    x = rng().integers(-3, 3, (2, 5, 9, 7)).astype(dtype)  # many equal maxima: the first one wins
    x[0, 1, 2:4, 3] = np.nan  # and the last of these
    agree(cupy, ops.max_pool, x, **geometry)
    with kernels.using_numpy():
        out, index = ops.max_pool.forward(x, **geometry)
    dy = normal(*out.shape, dtype=dtype)
    agree(cupy, ops.max_unpool, dy, index, size=(9, 7), **geometry)


def test_the_winners_of_max_pooling_are_pytorchs(cupy: Any) -> None:
    torch = pytest.importorskip("torch")
    x = rng().integers(0, 2, (3, 2, 8, 8)).astype(np.float32)
    x[0, 0, 3, 3:5] = x[0, 0, 4, 2] = np.nan
    x[1, 1] = -np.inf
    _, places = torch.nn.functional.max_pool2d(torch.tensor(x), 3, 2, 1, return_indices=True)
    _, taps = ops.max_pool.forward(cupy.asarray(x), kernel=(3, 3), stride=(2, 2), padding=(1, 1))
    rows = np.arange(4)[:, None] * 2 - 1 + cupy.asnumpy(taps) // 3
    columns = np.arange(4) * 2 - 1 + cupy.asnumpy(taps) % 3
    assert np.array_equal(rows * 8 + columns, places.numpy())


@pytest.mark.parametrize("geometry", [g for g in GEOMETRIES if "dilation" not in g], ids=str)
def test_average_pooling(cupy: Any, dtype: str, geometry: dict[str, Any]) -> None:
    x = normal(2, 3, 9, 7, dtype=dtype)
    agree(cupy, ops.average_pool, x, **geometry)
    with kernels.using_numpy():
        out = ops.average_pool.forward(x, **geometry)
    agree(cupy, ops.average_unpool, out, size=(9, 7), **geometry)


CONVOLUTIONS = [
    ((2, 3, 8, 7), (4, 3, 3, 2), {}),
    ((2, 3, 9, 8), (5, 3, 3, 3), {"stride": (2, 3), "padding": (1, 2), "dilation": (2, 1)}),
    ((3, 4, 5, 5), (2, 4, 1, 1), {}),
    ((3, 4, 5, 5), (2, 4, 1, 1), {"stride": (2, 2)}),
    ((1, 1, 4, 4), (1, 1, 4, 4), {}),
]


@pytest.mark.quick_share(4)
@pytest.mark.parametrize("tile", [1, 2**27])
@pytest.mark.parametrize(("image", "weight", "options"), CONVOLUTIONS, ids=str)
def test_convolution(
    cupy: Any,
    dtype: str,
    image: Any,
    weight: Any,
    options: dict[str, Any],
    tile: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from autograd_cnn.ops.kernels.cuda import _convolution

    monkeypatch.setattr(_convolution, "WORKSPACE", tile)  # of one byte: an image at a time
    x, w, b = normal(*image, dtype=dtype), normal(*weight, dtype=dtype), normal(weight[0], dtype=dtype)
    bound = BOUNDS[dtype] * 4
    agree(cupy, ops.convolution, x, w, bound=bound, **options)
    agree(cupy, ops.biased_convolution, x, w, b, bound=bound, **options)
    with kernels.using_numpy():
        dy = ops.convolution.forward(x, w, **options)
    agree(cupy, ops.convolution_input_gradient, dy, w, size=image[2:], bound=bound, **options)
    agree(cupy, ops.convolution_weight_gradient, x, dy, kernel=weight[2:], bound=bound, **options)
    agree(cupy, ops.channel_sum, x, bound=bound)


def test_the_workspace_of_a_convolution_is_bounded(cupy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from autograd_cnn.ops.kernels.cuda import _convolution

    taken, empty = [], cupy.empty
    monkeypatch.setattr(
        cupy, "empty", lambda shape, dtype: taken.append(int(np.prod(shape))) or empty(shape, dtype)
    )
    monkeypatch.setattr(_convolution, "WORKSPACE", 8 * 72 * 36 * 2)  # the columns of two images
    x, w = cupy.asarray(normal(9, 8, 8, 8)), cupy.asarray(normal(4, 8, 3, 3))
    ops.convolution.forward(x, w)
    assert max(taken) <= 72 * 36 * 2


def test_fold(cupy: Any, dtype: str) -> None:
    agree(
        cupy,
        ops.fold,
        normal(2, 3, 3, 2, 3, 4, dtype=dtype),
        size=(7, 9),
        kernel=(3, 2),
        stride=(2, 2),
        dilation=(1, 2),
    )
    agree(cupy, ops.fold, normal(2, 3, 3, 5, dtype=dtype), size=(7,), kernel=(3,), stride=(1,), dilation=(1,))
    agree(
        cupy,
        ops.fold,
        normal(1, 2, 2, 2, 2, 2, 2, 2, dtype=dtype),
        size=(3, 3, 3),
        kernel=(2, 2, 2),
        stride=(1, 1, 1),
        dilation=(1, 1, 1),
    )


@pytest.mark.quick_share(4)
@pytest.mark.parametrize("columns", [1, 3, 40, 200, 5000])
def test_softmax_and_its_loss(cupy: Any, dtype: str, columns: int) -> None:
    x = normal(6, columns, dtype=dtype) * 20
    labels = rng().integers(0, columns, 6)
    labels[2] = -100
    for primitive in (ops.softmax, ops.log_softmax):
        agree(cupy, primitive, x, axis=1)
    agree(cupy, ops.softmax_cross_entropy, x, labels)
    agree(cupy, ops.softmax_cross_entropy_gradient, x, labels)
    agree(cupy, ops.softmax_cross_entropy_gradient, x, labels, ignore_index=int(labels[0]))


@pytest.mark.filterwarnings("ignore:invalid value|divide by zero:RuntimeWarning")
def test_losses_of_numbers_that_are_not_finite(cupy: Any) -> None:
    x = normal(5, 4, dtype="float32")
    x[0, 1], x[1, 2], x[2] = np.nan, np.inf, -np.inf
    labels = np.array([0, 1, 2, 3, 0])
    for row in range(5):
        agree(cupy, ops.softmax_cross_entropy, x[row : row + 1], labels[row : row + 1])
        agree(cupy, ops.softmax, x[row : row + 1], axis=-1)
    agree(cupy, ops.softmax_cross_entropy, x[3:], np.array([-100, -100]))


@pytest.mark.parametrize("shape", [(2, 3, 4, 5), (3, 33, 2, 2), (40, 1, 9, 9), (1, 70, 1, 3)])
def test_batch_normalisation(cupy: Any, dtype: str, shape: tuple[int, ...]) -> None:
    x, dy = normal(*shape, dtype=dtype) + np.asarray(100, dtype), normal(*shape, dtype=dtype)[::-1].copy()
    weight, bias = normal(shape[1], dtype=dtype), normal(shape[1], dtype=dtype)
    bound = 3e-5 if dtype == "float32" else 1e-11  # of numbers around 100
    agree(cupy, ops.batch_norm, x, weight, bias, epsilon=1e-5, bound=bound)
    with kernels.using_numpy():
        _, average, variance = ops.batch_norm.forward(x, weight, bias, epsilon=1e-5)
    agree(cupy, ops.batch_norm_gradients, dy, x, weight, average, variance, epsilon=1e-5, bound=bound)


def test_the_variance_survives_a_large_mean(cupy: Any) -> None:
    x = normal(4, 2, 32, 32, dtype="float32") + np.float32(10000)
    y, _, variance = ops.batch_norm.forward(
        cupy.asarray(x), *(cupy.asarray(np.ones(2, np.float32)),) * 2, epsilon=1e-5
    )
    np.testing.assert_allclose(cupy.asnumpy(variance), x.astype(np.float64).var(axis=(0, 2, 3)), rtol=1e-5)
    exact = ops.batch_norm.forward(x.astype(np.float64), np.ones(2), np.ones(2), epsilon=1e-5)[0]
    np.testing.assert_allclose(cupy.asnumpy(y), exact, atol=1e-3)  # the mean itself has 24 bits


def test_relu_and_the_bias_of_a_layer(cupy: Any, dtype: str) -> None:
    x = normal(5, 300, dtype=dtype)
    x[0, :3] = np.nan, 0.0, -0.0
    agree(cupy, ops.relu, x)
    agree(cupy, ops.relu_gradient, normal(5, 300, dtype=dtype), x)
    agree(cupy, ops.affine, normal(5, 7, dtype=dtype), normal(4, 7, dtype=dtype), normal(4, dtype=dtype))


@pytest.mark.parametrize("name", ["sigmoid", "tanh"])
def test_slopes_near_one(cupy: Any, dtype: str, name: str) -> None:
    """As on the processor: where the result has rounded to 1 too."""
    found = []
    for device in ("cpu", "cuda"):
        x = ac.tensor(np.array([[-3.0, 0.2, 1.0], [4.0, 7.5, -9.0]], dtype)).to(device).requires_grad_()
        getattr(x, name)().sum().backward()
        found.append(x.grad.cpu().numpy())
    np.testing.assert_allclose(*found, rtol=2e-2 if dtype == "float16" else 5e-4)
    assert (found[1] > 0).all()


def test_running_averages(cupy: Any, dtype: str) -> None:
    ends = []
    for device in ("cpu", "cuda"):
        layer = nn.BatchNorm2d(3, momentum=0.3, dtype=getattr(ac, dtype)).to(device)
        for seed in range(3):
            layer(
                ac.tensor(np.random.default_rng(seed).standard_normal((2, 3, 4, 5)).astype(dtype)).to(device)
            )
        ends.append([layer.running_mean.cpu().numpy(), layer.running_var.cpu().numpy()])
    np.testing.assert_allclose(ends[1], ends[0], rtol=0, atol=BOUNDS[dtype])


@pytest.mark.parametrize("deterministic", [False, True])
def test_rows_are_added_to_rows(cupy: Any, dtype: str, deterministic: bool) -> None:
    rows = rng().integers(-4, 4, (6, 3))  # many of them equal
    ac.use_deterministic_algorithms(deterministic)
    try:
        for index in (rows, (slice(None), rows)):
            x = normal(4, 5, dtype=dtype) if isinstance(index, tuple) else normal(4, 7, dtype=dtype)
            if isinstance(index, tuple):
                index = (slice(None), rows % 5)
            values = normal(*x[index].shape, dtype=dtype)
            agree(cupy, ops.additem, values, index=index, shape=x.shape)
        agree(cupy, ops.put_along, normal(5, 3, dtype=dtype), rows[:5] % 4, axis=0, shape=(4, 3))
    finally:
        ac.use_deterministic_algorithms(False)


def test_deterministic_sums_are_made_in_the_order_of_the_entries(cupy: Any) -> None:
    values = (normal(1000, dtype="float32") * 10.0 ** rng().integers(-4, 4, 1000)).astype(np.float32)
    rows, expected = rng().integers(0, 3, 1000), np.zeros(3, np.float32)
    for row, value in zip(rows, values, strict=True):
        expected[row] += value
    ac.use_deterministic_algorithms(True)
    try:
        found = ops.additem.forward(cupy.asarray(values), index=cupy.asarray(rows), shape=(3,))
    finally:
        ac.use_deterministic_algorithms(False)
    assert cupy.asnumpy(found).tolist() == expected.tolist()


OPTIMIZERS: dict[str, Callable[[Any], optim.Optimizer]] = {
    "sgd": lambda p: optim.SGD(p, lr=0.1),
    "momentum": lambda p: optim.SGD(p, lr=0.1, momentum=0.9, dampening=0.3, weight_decay=0.01),
    "nesterov": lambda p: optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True, maximize=True),
    "adam": lambda p: optim.Adam(p, lr=0.1, weight_decay=0.01, maximize=True),
    "adamw": lambda p: optim.AdamW(p, lr=0.1),
    "amsgrad": lambda p: optim.Adam(p, lr=0.1, amsgrad=True),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.usefixtures("cupy")
def test_optimizers_step_all_parameters_at_once(name: str, dtype: str) -> None:
    shapes = [
        (3, 5),
        (300,),
        (),
        (2, 3, 4),
        *[(n,) for n in range(1, 70)],
    ]  # more tensors than one launch takes
    ends = []
    for device in ("cpu", "cuda"):
        generator = rng()
        tensors = [
            ac.tensor(generator.standard_normal(s).astype(dtype)).to(device).requires_grad_() for s in shapes
        ]
        optimizer = OPTIMIZERS[name](tensors)
        for step in range(3):
            for i, tensor in enumerate(tensors):
                tensor.grad = ac.tensor(generator.standard_normal(shapes[i]).astype(dtype)).to(device)
                if step == 0 and i == 1:
                    tensor.grad = None  # it starts a step later
            optimizer.step()
        ends.append([t.detach().cpu().numpy() for t in tensors])
    for host, there in zip(*ends, strict=True):
        np.testing.assert_allclose(there, host, rtol=0, atol=BOUNDS[dtype] * 4)


def test_a_step_of_any_number_of_parameters_is_few_launches(
    cupy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from autograd_cnn.ops.kernels.cuda._launch import Family

    launches, blocks = [], Family.blocks
    monkeypatch.setattr(
        Family,
        "blocks",
        lambda self, name, *args, **options: launches.append(name) or blocks(self, name, *args, **options),
    )
    tensors = [ac.ones(5).cuda().requires_grad_() for _ in range(100)]
    for tensor in tensors:
        tensor.grad = ac.ones(5).cuda()
    optim.Adam(tensors).step()
    assert launches == ["adam", "adam"]


@pytest.mark.slow
def test_half_precision(cupy: Any) -> None:
    """Kept in 16 bits, computed in 32: closer to the exact result than NumPy's own half-precision
    arithmetic."""
    x, w = normal(2, 3, 6, 6, dtype="float16"), normal(4, 3, 3, 3, dtype="float16")
    agree(cupy, ops.convolution, x, w, bound=1e-2)
    agree(cupy, ops.max_pool, x, kernel=(2, 2), stride=(2, 2))
    agree(cupy, ops.average_pool, x, kernel=(2, 2), stride=(2, 2))
    agree(cupy, ops.relu, x)
    agree(cupy, ops.softmax, x[:, 0, 0], axis=1)
    agree(cupy, ops.channel_sum, x, bound=1e-2)
    agree(cupy, ops.additem, x[0, 0], index=np.array([0, 1, 0, 2, 2, 2]), shape=(4, 6))
    agree(cupy, ops.batch_norm, x, w[0, :, 0, 0], w[1, :, 0, 0], epsilon=1e-3, bound=2e-2)


def test_a_network_trains_alike_with_kernels_and_without(cupy: Any) -> None:
    def losses() -> list[float]:
        ac.manual_seed(0)
        model = (
            nn.Sequential(
                nn.Conv2d(1, 4, 3),
                nn.BatchNorm2d(4),
                nn.ReLU(),
                nn.MaxPool2d(2),
                nn.Flatten(),
                nn.Linear(36, 5),
            )
            .double()
            .cuda()
        )
        images, labels = ac.rand(6, 1, 8, 8, dtype=ac.float64).cuda(), ac.randint(0, 5, (6,)).cuda()
        optimizer, found = optim.SGD(model.parameters(), lr=0.1, momentum=0.9), []
        for _ in range(4):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(images), labels)
            loss.backward()
            optimizer.step()
            found.append(loss.item())
        return found

    with_kernels = losses()
    with kernels.using_numpy():
        assert losses() == pytest.approx(with_kernels, rel=1e-10)


# what only the CPU's version of the kernels shows


@pytest.fixture
def backwards(monkeypatch: pytest.MonkeyPatch) -> None:
    if not cuda_on_cpu.available():
        pytest.skip("g++ is not here")
    monkeypatch.setattr(cuda_on_cpu, "backwards", True)


@pytest.mark.usefixtures("backwards")
def test_results_do_not_depend_on_the_order_of_threads() -> None:
    with standin.installed() as cupy:
        x, labels = normal(20, 200, dtype="float32"), rng().integers(0, 200, 20)
        agree(cupy, ops.softmax_cross_entropy, x, labels)
        agree(cupy, ops.softmax_cross_entropy_gradient, x, labels)
        agree(cupy, ops.batch_norm, normal(3, 40, 5, 5), normal(40), normal(40), epsilon=1e-5, bound=1e-12)
        agree(cupy, ops.convolution, normal(2, 3, 8, 7), normal(4, 3, 3, 2))
        agree(cupy, ops.channel_sum, normal(2, 3, 8, 7))


@pytest.mark.parametrize(("body", "says"), [
    ("x[threadIdx.x + 1] = 0;", "written beyond its ends"),
    ("if (threadIdx.x) __syncthreads();", "others never reach"),
    ("x[0] = __shfl_xor_sync(~0u, x[0], 1); if (threadIdx.x) __syncthreads();", "others never reach"),
])  # fmt: skip
def test_the_cpus_version_of_kernels_finds_mistakes(body: str, says: str) -> None:
    if not cuda_on_cpu.available():
        pytest.skip("g++ is not here")
    with standin.installed() as cupy:
        kernel = cupy.RawModule(code=f'extern "C" __global__ void wrong(float* x) {{ {body} }}').get_function(
            "wrong"
        )
        x = cupy.asarray(np.zeros(32, np.float32))
        with pytest.raises(RuntimeError, match=says):
            kernel((1,), (32,), (x,))
        with pytest.raises(TypeError, match=r"the parameters are \['Pf4'\], the arguments \['Pf8'\]"):
            kernel((1,), (32,), (x.astype(np.float64),))


# NVRTC


def nvrtc() -> Any:
    """NVIDIA's compiler, from its wheel or from the system."""
    for package in ("nvidia.cuda_nvrtc", "nvidia.cu13"):
        found = importlib.util.find_spec(package) if importlib.util.find_spec("nvidia") else None
        for folder in found.submodule_search_locations or [] if found else []:
            for path in sorted(Path(folder).glob("lib/libnvrtc.so.*")):
                return ctypes.CDLL(str(path))
    for name in ("libnvrtc.so", "libnvrtc.so.13", "libnvrtc.so.12"):
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    return pytest.skip("NVRTC is not installed (pip install nvidia-cuda-nvrtc-cu12)")


@pytest.mark.parametrize(("file", "char"), list(itertools.product(FILES, "efd")))
def test_nvrtc_compiles_every_source(file: str, char: str) -> None:
    from autograd_cnn.ops.kernels.cuda._launch import source

    library, program = nvrtc(), ctypes.c_void_p()
    assert (
        library.nvrtcCreateProgram(
            ctypes.byref(program), source(file, char).encode(), f"{file}.cu".encode(), 0, None, None
        )
        == 0
    )
    options = (ctypes.c_char_p * 2)(b"--std=c++17", b"--gpu-architecture=sm_90")
    status, size = library.nvrtcCompileProgram(program, 2, options), ctypes.c_size_t()
    library.nvrtcGetProgramLogSize(program, ctypes.byref(size))
    log = ctypes.create_string_buffer(size.value)
    library.nvrtcGetProgramLog(program, log)
    library.nvrtcDestroyProgram(ctypes.byref(program))
    assert (status, log.value.decode()) == (0, "")  # no warning either
