"""Convolution through NVIDIA's package for cuDNN: what is asked of it, shown by one that has its signatures
and computes on the CPU.

Where the package itself is installed it checks the graphs; a GPU, where there is one, runs them.
"""

import ctypes
import importlib.util
import sys
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from autograd_cnn import backends, ops
from autograd_cnn.ops import Geometry, kernels
from autograd_cnn.ops.kernels.cuda import _cudnn
from tests import standin


class NotSupportedError(Exception):
    """cuDNN's, for a graph without a plan."""


class Described:
    """A tensor of a graph."""

    def __init__(self, name: str, dim: Any = None, stride: Any = None, data_type: Any = None) -> None:
        self.name, self.dim, self.stride, self.data_type, self.output = name, dim, stride, data_type, False

    def set_output(self, value: bool) -> "Described":
        self.output = value
        return self

    def set_data_type(self, value: Any) -> "Described":
        self.data_type = value
        return self

    def set_dim(self, value: list[int]) -> "Described":
        self.dim = value
        return self

    def set_stride(self, value: list[int]) -> "Described":
        self.stride = value
        return self

    def at(self, address: int) -> np.ndarray[Any, Any]:
        """The memory at ``address`` as the graph describes it."""
        assert address % 16 == 0
        kind = {"FLOAT": np.dtype(np.float32), "HALF": np.dtype(np.float16)}[self.data_type]
        size = sum((n - 1) * s for n, s in zip(self.dim, self.stride, strict=True)) + 1
        memory = np.frombuffer((ctypes.c_char * (size * kind.itemsize)).from_address(address), kind)
        return np.lib.stride_tricks.as_strided(memory, self.dim, [s * kind.itemsize for s in self.stride])


class Graph:
    """``cudnn.pygraph``: the same names and keywords; notes in ``log`` in which order it is called."""

    log: list[Any] = []  # noqa: RUF012 - one log is meant
    runs: list[Any] = []  # noqa: RUF012 - likewise
    supported = True

    def __init__(
        self,
        name: str = "",
        io_data_type: Any = None,
        intermediate_data_type: Any = None,
        compute_data_type: Any = None,
        handle: Any = None,
    ) -> None:
        assert (intermediate_data_type, compute_data_type, handle) == ("FLOAT", "FLOAT", "handle")
        self.inputs: dict[str, Described] = {}

    def tensor(
        self, dim: list[int], stride: list[int] | None = None, data_type: Any = None, name: str = ""
    ) -> Described:
        return Described(name, dim, stride, data_type)

    def _node(self, operation: Any, inputs: dict[str, Described], parameters: dict[str, Any]) -> Described:
        self.operation, self.inputs, self.parameters = operation, inputs, parameters
        self.result = Described("result")
        return self.result

    def conv_fprop(
        self, image: Any, weight: Any, pre_padding: Any, post_padding: Any, stride: Any, dilation: Any
    ) -> Described:
        return self._node(
            "fprop",
            {"image": image, "weight": weight},
            self._geometry(pre_padding, post_padding, stride, dilation),
        )

    def conv_dgrad(
        self, loss: Any, filter: Any, pre_padding: Any, post_padding: Any, stride: Any, dilation: Any
    ) -> Described:
        return self._node(
            "dgrad",
            {"loss": loss, "filter": filter},
            self._geometry(pre_padding, post_padding, stride, dilation),
        )

    def conv_wgrad(
        self, image: Any, loss: Any, pre_padding: Any, post_padding: Any, stride: Any, dilation: Any
    ) -> Described:
        return self._node(
            "wgrad",
            {"image": image, "loss": loss},
            self._geometry(pre_padding, post_padding, stride, dilation),
        )

    @staticmethod
    def _geometry(
        before: list[int], after: list[int], stride: list[int], dilation: list[int]
    ) -> dict[str, Any]:
        assert before == after
        return {"padding": tuple(before), "stride": tuple(stride), "dilation": tuple(dilation)}

    def _called(self, what: Any) -> None:
        Graph.log.append(what)

    def validate(self) -> None:
        self._called("validate")
        assert self.result.output

    def build_operation_graph(self) -> None:
        self._called("build_operation_graph")

    def create_execution_plans(self, heuristics: list[Any]) -> None:
        self._called("create_execution_plans")
        if not Graph.supported:
            raise NotSupportedError

    def deselect_numeric_notes(self, notes: list[Any]) -> None:
        self._called(sorted(notes))

    def check_support(self) -> None:
        self._called("check_support")

    def build_plans(self) -> None:
        self._called("build_plans")

    def get_workspace_size(self) -> int:
        return 128

    def execute(self, tensor_dict: dict[Described, int], workspace: int, handle: Any = None) -> None:
        self._called("execute")
        self.runs.append(self)
        assert handle == "handle"
        given = [tensor.at(tensor_dict[tensor]) for tensor in self.inputs.values()]
        out = self.result.at(tensor_dict[self.result])
        with kernels.using_numpy():
            if self.operation == "fprop":
                out[...] = ops.convolution.forward(*given, **self.parameters)
            elif self.operation == "dgrad":
                out[...] = ops.convolution_input_gradient.forward(
                    *given, size=out.shape[2:], **self.parameters
                )
            else:
                out[...] = ops.convolution_weight_gradient.forward(
                    *given, kernel=out.shape[2:], **self.parameters
                )


NOTES = ("DOWN_CONVERT_INPUTS", "TENSOR_CORE", "NONDETERMINISTIC", "WINOGRAD", "WINOGRAD_TILE_4x4")


@pytest.fixture
def cupy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The stand-in for CuPy, with a stand-in for cuDNN."""
    streams: list[int] = []
    runs: list[Graph] = []
    cudnn = ModuleType("cudnn")
    cudnn.__dict__.update(
        pygraph=Graph,
        create_handle=lambda: "handle",
        set_stream=lambda handle, stream: streams.append(stream),
        data_type=SimpleNamespace(HALF="HALF", FLOAT="FLOAT"),
        heur_mode=SimpleNamespace(A="A", FALLBACK="FALLBACK"),
        numerical_note=SimpleNamespace(**{name: name for name in NOTES}),
        cudnnGraphNotSupportedError=NotSupportedError,
        backend_version=lambda: 90800,
    )
    monkeypatch.setattr(_cudnn, "library", lambda: cudnn)
    monkeypatch.setattr(Graph, "log", [])
    monkeypatch.setattr(Graph, "runs", runs)
    _cudnn._plan.cache_clear()
    with standin.installed() as library, backends.cudnn.flags(enabled=True):
        if not hasattr(library, "RawModule"):
            pytest.skip("g++ is not here")
        yield library
    assert len(streams) == len(runs)  # each run is on the stream in use


CASES = [
    ((2, 3, 8, 7), (4, 3, 3, 2), {}),
    ((2, 3, 9, 8), (5, 3, 3, 3), {"stride": (2, 3), "padding": (1, 2), "dilation": (2, 1)}),
    ((3, 4, 5, 5), (2, 4, 1, 1), {"stride": (2, 2)}),
]


@pytest.mark.parametrize(("image", "weight", "options"), CASES, ids=str)
@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_convolutions_are_described_to_cudnn(
    cupy: Any, dtype: str, image: Any, weight: Any, options: dict[str, Any]
) -> None:
    rng, bound = np.random.default_rng(3), 1e-4 if dtype == "float32" else 0.1
    x, w = (rng.standard_normal(shape).astype(dtype) for shape in (image, weight))
    bias = rng.standard_normal(weight[0]).astype(dtype)
    with kernels.using_numpy():
        y = ops.biased_convolution.forward(x, w, bias, **options)
        dx = ops.convolution_input_gradient.forward(y, w, size=image[2:], **options)
        dw = ops.convolution_weight_gradient.forward(x, y, kernel=weight[2:], **options)
    there = [cupy.asarray(a) for a in (x, w, bias, y)]
    found = ops.biased_convolution.forward(*there[:3], **options)
    np.testing.assert_allclose(cupy.asnumpy(found), y, rtol=bound, atol=bound)
    found = ops.convolution_input_gradient.forward(there[3], there[1], size=image[2:], **options)
    np.testing.assert_allclose(cupy.asnumpy(found), dx, rtol=bound, atol=bound)
    found = ops.convolution_weight_gradient.forward(there[0], there[3], kernel=weight[2:], **options)
    np.testing.assert_allclose(cupy.asnumpy(found), dw, rtol=bound, atol=bound)
    assert Graph.log.count("execute") == 3


def forward(cupy: Any, dtype: str = "float32", **options: Any) -> list[Any]:
    """What a convolution asks of cuDNN."""
    Graph.log.clear()
    ops.convolution.forward(
        cupy.asarray(np.ones((1, 2, 4, 4), dtype)), cupy.asarray(np.ones((2, 2, 3, 3), dtype)), **options
    )
    return Graph.log


def test_a_plan_is_made_once(cupy: Any) -> None:
    made = [
        "validate",
        "build_operation_graph",
        "create_execution_plans",
        ["DOWN_CONVERT_INPUTS"],
        "check_support",
        "build_plans",
        "execute",
    ]
    assert forward(cupy) == made
    assert forward(cupy) == ["execute"]
    assert "build_plans" in forward(cupy, padding=(1, 1))


def test_switches_choose_what_a_plan_may_do(cupy: Any) -> None:
    cudnn = backends.cudnn
    with cudnn.flags(enabled=True, allow_tf32=False):
        assert ["DOWN_CONVERT_INPUTS", "TENSOR_CORE"] in forward(cupy)
    with cudnn.flags(enabled=True, deterministic=True):
        assert ["DOWN_CONVERT_INPUTS", "NONDETERMINISTIC"] in forward(cupy)
        assert ["NONDETERMINISTIC"] in forward(cupy, "float16")
    assert ["DOWN_CONVERT_INPUTS", "WINOGRAD", "WINOGRAD_TILE_4x4"] in forward(cupy, exact=True)
    with cudnn.flags(enabled=False):
        assert forward(cupy) == []
    assert cudnn.version() == 90800


def test_what_cudnn_does_not_serve_is_computed_as_products(
    cupy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert forward(cupy, "float64") == []
    monkeypatch.setattr(Graph, "supported", False)
    for times in (1, 0):  # asked once
        assert forward(cupy, padding=(2, 2)).count("create_execution_plans") == times


def test_the_package_without_cudnn_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def not_found() -> int:
        raise RuntimeError("Unable to find symbol cudnnGetVersion")

    module = ModuleType("cudnn")
    module.__dict__["backend_version"] = not_found
    monkeypatch.setitem(sys.modules, "cudnn", module)
    _cudnn.library.cache_clear()
    try:
        with pytest.warns(UserWarning, match="does not find cuDNN"):
            assert _cudnn.library() is None
        assert _cudnn.library() is None
    finally:
        _cudnn.library.cache_clear()


def test_the_package_itself_takes_the_graphs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own validation of dimensions and steps of memory, without a GPU."""
    if importlib.util.find_spec("cudnn") is None:
        pytest.skip("nvidia-cudnn-frontend is not installed")
    cudnn = pytest.importorskip("cudnn", exc_type=ImportError)
    monkeypatch.setattr(_cudnn, "_handle", lambda *_: cudnn.Handle(1, 0, 0))
    validated = []
    monkeypatch.setattr(
        cudnn.pygraph, "build_operation_graph", lambda self: validated.append(self) or _not_supported(cudnn)
    )
    for x, w, y in [((2, 4, 9, 8), (6, 4, 3, 3), (2, 6, 5, 3))]:
        geometry = Geometry.even((3, 3), (2, 2), (1, 0), (1, 1))
        for operation, operands, result in [
            ("conv_fprop", (("image", x), ("weight", w)), y),
            ("conv_dgrad", (("loss", y), ("filter", w)), x),
            ("conv_wgrad", (("image", x), ("loss", y)), w),
        ]:
            assert _cudnn._plan(cudnn, 0, operation, "f", operands, result, geometry, ()) is None
    assert len(validated) == 3
    assert all(note in dir(cudnn.numerical_note) for note in NOTES)


def _not_supported(cudnn: Any) -> None:
    raise cudnn.cudnnGraphNotSupportedError("as far as it goes without a GPU")
