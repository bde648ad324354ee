"""Names that libraries touch: what asks says no, decorators return their function, the rest says what to
do."""

import numpy as np
import pytest

import autograd_cnn as torch
from autograd_cnn import nn


@pytest.mark.parametrize("name", ["mps", "xpu", "mtia", "distributed"])
def test_what_is_not_here_says_so(name):
    assert getattr(torch, name).is_available() is False


def function(x):
    return x + 1


@pytest.mark.parametrize("decorate", [
    lambda t: t.jit.script(function),
    lambda t: t.jit.ignore(function),
    lambda t: t.jit.ignore(drop=True)(function),
    lambda t: t.jit.unused(function),
    lambda t: t.jit.trace(function, (1,)),
    lambda t: t.fx.wrap(function),
    lambda t: t.compiler.disable(function),
    lambda t: t.compiler.disable(recursive=False)(function),
    lambda t: t._dynamo.disable(function),
    lambda t: t._dynamo.allow_in_graph(function),
])  # fmt: skip
def test_decorators_return_their_function(decorate):
    assert decorate(torch) is function


@pytest.mark.parametrize("call", [
    lambda t: t.jit.load("path"),
    lambda t: t.fft.rfft(t.ones(3)),
    lambda t: t.fx.symbolic_trace(nn.ReLU()),
    lambda t: t.complex(t.ones(1), t.ones(1)),
    lambda t: t.sparse.mm(t.ones(1, 1), t.ones(1, 1)),
    lambda t: t.distributed.init_process_group("gloo"),
    lambda t: nn.parallel.DistributedDataParallel(nn.ReLU()),
])  # fmt: skip
def test_what_would_have_to_work_says_what_to_do(call):
    with pytest.raises(NotImplementedError, match="is not supported"):
        call(torch)


def test_nothing_is_traced_or_compiled():
    assert not torch.jit.is_scripting()
    assert not torch.jit.is_tracing()
    assert not torch.compiler.is_compiling()
    assert not isinstance(nn.ReLU(), torch.jit.ScriptModule)
    assert torch.jit.annotate(list[int], [1]) == [1]
    assert torch.jit.isinstance([1], list[int])


def test_one_process_is_the_first():
    dist = torch.distributed
    assert (dist.get_rank(), dist.get_world_size(), dist.is_initialized()) == (0, 1, False)
    dist.barrier()


def test_the_steps_of_the_profiler_are_those_of_its_schedule():
    action = torch.profiler.ProfilerAction
    steps = torch.profiler.schedule(wait=1, warmup=1, active=2, repeat=1, skip_first=1)
    assert [steps(i) for i in range(6)] == [
        action.NONE, action.NONE, action.WARMUP, action.RECORD, action.RECORD_AND_SAVE, action.NONE,
    ]  # fmt: skip


@pytest.mark.parametrize("n", [4, 5])
def test_frequencies(n):
    for ours, numpys in [(torch.fft.fftfreq, np.fft.fftfreq), (torch.fft.rfftfreq, np.fft.rfftfreq)]:
        np.testing.assert_allclose(ours(n, 0.5).numpy(), numpys(n, 0.5).astype(np.float32))
    x = torch.arange(float(n * n)).reshape(n, n)
    np.testing.assert_array_equal(torch.fft.fftshift(x).numpy(), np.fft.fftshift(x.numpy()))
    np.testing.assert_array_equal(torch.fft.fftshift(x, 1).numpy(), np.fft.fftshift(x.numpy(), 1))
    assert torch.fft.ifftshift(torch.fft.fftshift(x)).equal(x)


class Own:
    """A class that answers for itself."""

    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return function.__name__, len(args)


def test_other_classes_answer_for_themselves():
    overrides = torch.overrides

    @overrides.wrap_torch_function(lambda x: (x,))
    def twice(x):
        return x * 2

    assert twice(3) == 6
    assert twice(Own())[1] == 1
    assert overrides.has_torch_function((torch.ones(1), Own()))
    assert not overrides.has_torch_function((torch.ones(1), 1))
    assert overrides.is_tensor_like(Own())


def test_what_it_was_built_with_is_told():
    assert "NumPy" in torch.__config__.show()
    assert torch.version.cuda is None
    assert torch.version.__version__.startswith("2.")
