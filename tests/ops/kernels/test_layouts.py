"""Every kernel on operands in any memory. Nothing here is listed by hand but sizes: kernels register
themselves, primitives bring their samples, and a kernel that none of them reaches fails a test."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd_cnn as ac
from autograd_cnn import ops, optim
from autograd_cnn._tensor import tensor_of
from autograd_cnn.ops import Primitive, kernels, registry
from autograd_cnn.testing._draw import Draw, draw_for, samples_of
from autograd_cnn.testing._numeric import call_of, vjp
from tests import cuda_on_cpu, standin
from tests.layouts import in_rows, relaid

numba = pytest.importorskip("numba")


from autograd_cnn.ops.formulas import fused  # noqa: E402 - after importorskip
from autograd_cnn.ops.kernels import _compiled, _launch  # noqa: E402 - after importorskip
from autograd_cnn.ops.kernels.cuda import _launch as cuda_launch  # noqa: E402 - after importorskip

Array = Any

LARGER: dict[str, Callable[[Draw], list[Any]]] = {
    "biased_convolution": lambda draw: [
        draw.call(draw(4, 33, 17, 14), draw(35, 33, 3, 3), draw(35), padding=(1, 1)),
        draw.call(draw(2, 3, 19, 12), draw(70, 3, 5, 3), draw(70), stride=(2, 1), padding=(2, 0), exact=True),
        draw.call(draw(2, 40, 6, 6), draw(9, 40, 1, 1), draw(9)),
    ],
    "convolution": lambda draw: [
        draw.call(draw(2, 5, 11, 12), draw(7, 5, 3, 3), dilation=(2, 2)),
        draw.call(draw(2, 19, 9, 10), draw(19, 1, 3, 3), padding=(1, 1), groups=19),
        draw.call(draw(2, 6, 9, 11), draw(24, 1, 2, 5), stride=(2, 2), padding=(0, 2), groups=6),
        draw.call(draw(2, 20, 9, 8), draw(35, 4, 3, 3), padding=(1, 0), groups=5),
        draw.call(draw(2, 20, 9, 8), draw(15, 4, 1, 1), groups=5),
        draw.call(
            draw(1, 9, 5, 6, 7),
            draw(17, 9, 3, 2, 3),
            stride=(2, 1, 1),
            padding=(1, 0, 1),
            dilation=(1, 2, 1),
        ),
        draw.call(draw(2, 11, 300), draw(18, 11, 5), stride=(2,), padding=(2,), dilation=(1,)),
        draw.call(draw(2, 11, 300), draw(11, 1, 5), stride=(1,), padding=(0,), dilation=(2,), groups=11),
    ],
    "biased_transposed_convolution": lambda draw: [
        draw.call(
            draw(2, 18, 5, 6), draw(18, 9, 4, 4), draw(9), size=(10, 12), stride=(2, 2), padding=(1, 1)
        ),
        draw.call(draw(2, 18, 5, 6), draw(18, 9, 2, 1), draw(18), size=(16, 11), stride=(3, 2), groups=2),
        draw.call(draw(2, 18, 5, 6), draw(18, 1, 3, 2), draw(18), size=(11, 12), stride=(2, 2), groups=18),
        draw.call(draw(2, 18, 5, 6), draw(18, 3, 5, 4), draw(3), size=(13, 14), stride=(2, 2)),
    ],
    "affine": lambda draw: [(draw(40, 33), draw(70, 33), draw(70)), (draw(12, 200), draw(90, 200), draw(90))],
    "matmul": lambda draw: [(draw(33, 40), draw(40, 70)), (draw(12, 200), draw(200, 90))],
    "batch_norm": lambda draw: [draw.call(draw(5, 19, 9, 7), draw(19), draw(19), epsilon=1e-5)],
    "max_pool": lambda draw: [
        draw.call(draw.distinct(2, 19, 9, 9), kernel=(3, 3), stride=(2, 2), padding=(1, 1))
    ],
    "gelu": lambda draw: [draw(3, 41), draw(2, 3, 4, 5)],
    "softmax": lambda draw: [draw.call(draw(3, 37), axis=-1), draw.call(draw(3, 5, 19), axis=1)],
    "normalized_affine": lambda draw: [
        draw.call(draw(5, 37), draw(37), draw(37), axes=(1,)),
        draw.call(draw(2, 3, 5, 19), draw(3, 5, 1), draw(3, 5, 1), axes=(2, 3)),
    ],
    "argsort": lambda draw: [
        draw.call(draw.distinct(5, 90), axis=1),
        draw.call(draw.index(30, (70, 3)), axis=0, descending=True),
        draw.call(draw.distinct(3, 200), axis=1, count=7),
    ],
    "cumsum": lambda draw: [
        draw.call(draw(5, 90), axis=1),
        draw.call(draw(3, 20, 70), axis=1, reverse=True),
    ],
    "recurrence": lambda draw: [draw.call(draw(3, 9, 70), draw(3, 9, 70), axis=1)],
    "softmax_cross_entropy": lambda draw: [(draw(50, 90), draw.index(90, (50,)))],
    "relu": lambda draw: [draw(3, 19, 9, 9)],
}
"""Samples of sizes that fill vectors, panels and tiles, and leave a rest."""


@contextmanager
def every_size() -> Iterator[None]:
    """Kernels serve what is small too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernels, "SMALL", 0)
        patch.setattr(fused, "SMALL", 0)
        patch.setattr(_compiled.product, "serves", lambda a, b: a.flags.forc and b.flags.forc)
        yield


@contextmanager
def launches() -> Iterator[set[str]]:
    """The names of the kernels of the CPU that are launched meanwhile."""
    found: set[str] = set()
    with pytest.MonkeyPatch.context() as patch:
        run = _launch.Kernel._run
        patch.setattr(
            _launch.Kernel, "_run", lambda self, *args: found.add(full_name(self)) or run(self, *args)
        )
        yield found


def full_name(kernel: Any) -> str:
    return f"{kernel.function.__module__.rpartition('.')[2]}.{kernel.name}"


def agree(what: str, found: Any, expected: Any) -> None:
    """Results in float32, up to rounding."""
    several = isinstance(expected, (tuple, list))
    for a, b in zip(found if several else [found], expected if several else [expected], strict=True):
        a, b = np.asarray(a), np.asarray(b)
        assert (a.shape, a.dtype) == (b.shape, b.dtype), what
        if b.dtype.kind != "f":
            np.testing.assert_array_equal(a, b, err_msg=what)
            continue
        scale = max(1.0, np.abs(np.where(np.isfinite(b), b, 0)).max(initial=0))
        np.testing.assert_allclose(a, b, rtol=0, atol=3e-4 * scale, err_msg=what)


def fuzz(primitive: Primitive, seed: int, place: Callable[[Array], Array] = lambda x: x) -> None:
    """Forward and local gradients of ``primitive`` on its samples, laid out anew, against contiguous ones
    that NumPy computed. ``place`` brings arrays to where kernels are."""
    draw, layout = draw_for(primitive, seed), np.random.default_rng([seed, len(primitive.name)])
    samples = samples_of(primitive, draw)
    if primitive.name in LARGER:
        samples += samples_of(_with_samples(primitive, LARGER[primitive.name]), draw)
    for sample in samples:
        call = call_of(primitive, sample, "float32")
        operands = [relaid(x, layout) if layout.random() < 0.6 else x for x in call.operands]
        plain = call.at([in_rows(x) for x in operands])
        what = f"{plain}, strides {[x.strides for x in operands]}"
        with kernels.using_numpy():
            try:
                expected = primitive.forward(*plain.operands, **plain.parameters)
            except (RuntimeError, ac.linalg.LinAlgError):
                continue  # an expanded matrix has no inverse
        try:
            found = primitive.forward(*map(place, operands), **plain.parameters)
        except ac.linalg.LinAlgError:
            continue
        except ops.ShapeError as error:
            if "contiguous" in str(error):  # as_strided says so
                continue
            raise
        agree(what, *map(_on_host, (found, expected)))
        results = expected if isinstance(expected, tuple) else (expected,)
        if not call.wanted or any(y.dtype.kind != "f" for y in results[: len(primitive.outputs) or 1]):
            continue
        shapes = [y.shape for y in results[: len(primitive.outputs) or 1]]
        upstream = [relaid(draw(*shape).astype("float32"), layout) for shape in shapes]
        with kernels.using_numpy():
            try:
                slopes = vjp(plain, call.wanted, list(map(in_rows, upstream)))
            except ac.linalg.LinAlgError:
                continue
        laid = call._replace(operands=tuple(map(place, operands)))
        try:
            found = vjp(laid, call.wanted, list(map(place, upstream)))
        except ac.linalg.LinAlgError:
            continue
        agree(f"gradients of {what}", _on_host(found), slopes)


def _with_samples(primitive: Primitive, make: Any) -> Any:
    class Other:
        make_samples = staticmethod(make)

    return Other


def _on_host(found: Any) -> Any:
    if isinstance(found, (tuple, list)):
        return [_on_host(part) for part in found]
    return found.get() if isinstance(found, standin.ndarray) else found


def primitives() -> list[Primitive]:
    return [p for p in registry.values() if p.make_samples is not None]


OPTIMIZERS = sorted(
    name
    for name in dir(optim)
    if isinstance(getattr(optim, name), type)
    and issubclass(getattr(optim, name), optim.Optimizer)
    and name not in ("Optimizer", "LBFGS", "Muon", "SparseAdam")  # of matrices alone, of sparse gradients
)


def step_in_any_memory(name: str, seed: int, place: Callable[[Array], Any] = lambda x: x) -> None:
    """Parameters, gradients and with them the state in any memory: the same steps as in rows."""
    draw = np.random.default_rng(seed)
    shapes = [(5, 7), (19,), (3, 4, 2, 3)]
    values = [draw.standard_normal(shape).astype("float32") for shape in shapes]
    pairs = []
    for value in values:
        laid = relaid(value, draw)
        while not laid.flags.writeable or 0 in laid.strides:
            laid = relaid(value, draw)
        pairs.append((tensor_of(place(laid)), ac.tensor(in_rows(laid))))
    optimizers = []
    for side in (0, 1):
        parameters = [pair[side].requires_grad_() for pair in pairs]
        options = {"momentum": 0.9} if name == "SGD" and seed % 2 else {}
        optimizers.append(getattr(optim, name)(parameters, lr=0.01, **options))
    for _ in range(3):
        for laid, plain in pairs:
            gradient = relaid(draw.standard_normal(plain.shape).astype("float32"), draw)
            laid.grad, plain.grad = tensor_of(place(gradient)), ac.tensor(in_rows(gradient))
        for optimizer in optimizers:
            optimizer.step()
    for laid, plain in pairs:
        agree(f"{name} with strides {laid.stride()}", laid.detach().cpu().numpy(), plain.detach().numpy())


def random_numbers(seed: int) -> None:
    """Numbers from the generator, of several counts: they come into memory that the kernels make. They serve
    as an index, too, at whose bounds a function looks."""
    own = {"generator": ac.Generator().manual_seed(seed)}  # the common one would outlive a guard
    for count in (17, 1000 + seed):
        found = [ac.rand(count, **own), ac.rand(count, dtype=ac.float64, **own), ac.randn(count, **own)]
        found += [ac.randperm(count, **own), ac.randint(9, (count,), **own)]
        found += [ac.randint(2**40, (count,), **own), ac.zeros(count).random_(**own)]
        found += [ac.empty(count).bernoulli_(0.5, **own)]
        assert all(x.isfinite().all() for x in found)
        assert found[0].gather(0, found[3]).sort().values.equal(found[0].sort().values)


def everything(seeds: range) -> set[str]:
    """Every primitive, every optimizer, and random numbers; the kernels that ran."""
    with every_size(), launches() as found, np.errstate(all="ignore"):
        for seed in seeds:
            for primitive in primitives():
                fuzz(primitive, seed)
            for name in OPTIMIZERS:
                step_in_any_memory(name, seed)
            random_numbers(seed)
    return found


@pytest.mark.slow
def test_every_kernel_in_any_memory() -> None:
    assert everything(range(1)) == {full_name(kernel) for kernel in _launch.Kernel.all}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 13))
def test_every_kernel_in_any_memory_with_other_seeds(seed: int) -> None:
    everything(range(seed, seed + 1))


UNDER_GUARD = """
import faulthandler
import sys
import tests.ops.kernels.test_layouts as fuzzing
from tests.guarded_memory import Guard

faulthandler.enable()
Guard(at_the_end={at_the_end}).use()
run, calls = fuzzing._launch.Kernel._run, []

def guarded(kernel, *args):
    print(kernel.name, *[getattr(a, "shape", a) for a in args[1]], flush=True)  # the last one
    run(kernel, *args)
    fuzzing._launch._local.__dict__.clear()  # fresh scratch for each launch, with guards of its own

fuzzing._launch.Kernel._run = guarded
fuzzing.everything(range({seed}, {seed} + 1))
"""


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 3])  # 2 draws what cholesky refuses, by way of the guard's callback
@pytest.mark.parametrize("at_the_end", [True, False])
def test_no_kernel_touches_what_lies_beyond_an_array(at_the_end: bool, seed: int) -> None:
    code = UNDER_GUARD.format(at_the_end=at_the_end, seed=seed)
    spoiled = os.environ | {"MALLOC_PERTURB_": "165"}  # what kernels allocate, once it is freed
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=spoiled
    )
    assert done.returncode == 0, f"{done.stdout[-500:]}\n{done.stderr[-3000:]}"


@pytest.mark.slow
@pytest.mark.parametrize("at_the_end", [True, False])
def test_the_guard_kills_who_reads_one_byte_beyond(at_the_end: bool) -> None:
    beyond = "a.nbytes" if at_the_end else "-1"
    code = (
        f"import ctypes, numpy as np; from tests.guarded_memory import Guard;"
        f"Guard(at_the_end={at_the_end}).use();"
        f"a = np.empty(1000, np.float32); a[:] = 1; print('ready', flush=True);"
        f"ctypes.string_at(a.ctypes.data + {beyond}, 1); print('read')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode < 0) == ("ready\n", True)


# the door


@pytest.fixture
def scaled() -> Any:
    """A kernel of its own, that reads one array and writes another."""

    def double(x, out):
        for i in numba.prange(x.size):
            out[i] = x[i] * 2

    before = list(_launch.Kernel.all)
    yield _launch.kernel(_launch.read(1), _launch.written(1))(double)
    _launch.Kernel.all[:] = before


def test_what_a_kernel_reads_is_laid_out_for_it(scaled: Any) -> None:
    x = np.arange(12, dtype=np.float32)
    shifted = np.ndarray(6, np.float32, np.zeros(64, np.uint8), 1)
    shifted[:] = 3
    fixed = np.broadcast_to(np.float32(5), 6)
    for operand in (x[::2], x[:6][::-1], shifted, fixed, x[:6]):
        out = np.zeros(6, np.float32)
        scaled(operand, out)
        np.testing.assert_array_equal(out, operand * 2)


def test_what_a_kernel_writes_must_lie_in_order(scaled: Any) -> None:
    x, wide = np.ones(6, np.float32), np.zeros(12, np.float32)
    with pytest.raises(
        TypeError, match="double: out is written by the kernel and must be writeable, in C order"
    ):
        scaled(x, wide[::2])
    with pytest.raises(
        TypeError, match="double: x must be an array of float32 with 1 axes, got float64 with 1"
    ):
        scaled(x.astype(float), wide[:6])
    assert not wide.any()


def test_a_kernel_that_writes_what_it_says_it_reads_does_not_compile() -> None:
    from numba.core.errors import TypingError

    def spoil(x):
        x[0] = 1

    before = list(_launch.Kernel.all)
    try:
        with pytest.raises(TypingError, match="readonly array"):
            _launch.kernel(_launch.read(1))(spoil)(np.ones(3, np.float32))
    finally:
        _launch.Kernel.all[:] = before


# a GPU's kernels, compiled for the CPU


@contextmanager
def launches_of_a_gpu() -> Iterator[set[str]]:
    found: set[str] = set()
    with pytest.MonkeyPatch.context() as patch:
        blocks = cuda_launch.Family.blocks

        def noted(self: Any, name: str, *args: Any, **options: Any) -> None:
            found.add(name)
            blocks(self, name, *args, **options)

        patch.setattr(cuda_launch.Family, "blocks", noted)
        yield found


def kernels_of_a_gpu() -> set[str]:
    folder = Path(cuda_launch.__file__).parent
    return {
        name
        for path in folder.glob("*.cu")
        for name in re.findall(r"__global__ void (\w+)", path.read_text(encoding="utf-8"))
    }


def everything_on_a_gpu(seed: int) -> set[str]:
    with standin.installed() as cupy, launches_of_a_gpu() as found, np.errstate(all="ignore"):
        for deterministic in (False, True):
            ac.use_deterministic_algorithms(deterministic)
            try:
                for primitive in primitives():
                    fuzz(primitive, 2 * seed + deterministic, cupy.ndarray)
            finally:
                ac.use_deterministic_algorithms(False)
        for name in OPTIMIZERS:
            step_in_any_memory(name, seed, cupy.ndarray)
        draw = np.random.default_rng(seed)
        moments = [relaid(draw.random(3).astype("float32"), draw) for _ in range(4)]
        image = relaid(draw.standard_normal((2, 3, 4, 5)).astype("float32"), draw)
        ends = []
        for lay in (lambda x: tensor_of(cupy.ndarray(x.copy(order="K"))), lambda x: ac.tensor(in_rows(x))):
            x, mean, variance, weight, bias = map(lay, (image, *moments))
            y = ac.nn.functional.batch_norm(x, mean, variance, weight, bias, training=True)
            ends.append([t.cpu().numpy() for t in (y, mean, variance)])
        agree("running moments", *ends)
    return found


@pytest.mark.slow
def test_every_kernel_of_a_gpu_in_any_memory() -> None:
    if not cuda_on_cpu.available():
        pytest.skip("g++, which compiles the kernels for the CPU, is not here")
    found = set.union(*map(everything_on_a_gpu, range(6)))
    assert found == kernels_of_a_gpu()
