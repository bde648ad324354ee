"""Convolution by cuDNN, through NVIDIA's Python package ``nvidia-cudnn-frontend`` where it is installed.

One graph of one operation for each direction and geometry, planned once and kept. Shapes are (N, C, H, W) and
(O, C, kh, kw) as cuDNN names them, memory is channels-last, which its tensor cores want. What cuDNN does not
serve, products with columns compute.
"""

import functools
import warnings

from .. import _switches
from ._launch import cupy, to_read

ALIGNMENT = 16
"""Bytes: cuDNN's plans take the addresses for multiples of it."""


@functools.cache
def library():
    """The package; None where it is not installed, and, after a warning, where it does not find cuDNN
    itself."""
    try:
        import cudnn
    except ImportError:
        return None
    try:
        cudnn.backend_version()
    except RuntimeError as error:
        warnings.warn(
            f"cudnn is installed but does not find cuDNN ({error}): pip install nvidia-cudnn-cu12, or -cu13",
            UserWarning,
            stacklevel=2,
        )
        return None
    return cudnn


@functools.cache
def _handle(cudnn, device):
    """cuDNN's handle for the GPU in use, whose number is ``device``."""
    return cudnn.create_handle()


def _channels_last(shape):
    """The steps of memory of (N, C, H, W) that lies as (N, H, W, C)."""
    _, channels, height, width = shape
    return [height * width * channels, 1, width * channels, channels]


def _forbidden(cudnn, char, tf32, deterministic, exact):
    """What a plan may not do: numerical notes of cuDNN, as PyTorch chooses them."""
    note = cudnn.numerical_note
    notes = [note.NONDETERMINISTIC] if deterministic else []
    if char == "f":
        notes += [note.DOWN_CONVERT_INPUTS] if tf32 else [note.DOWN_CONVERT_INPUTS, note.TENSOR_CORE]
    return (
        notes + [getattr(note, name) for name in dir(note) if name.startswith("WINOGRAD")] if exact else notes
    )


@functools.lru_cache(maxsize=1024)
def _plan(cudnn, device, operation, char, shapes, result, geometry, forbidden):
    """The graph of ``operation`` (its operands by their names there), its tensors, the result last, and the
    bytes of its workspace.

    None where cuDNN has no plan for it.
    """
    handle = _handle(cudnn, device)
    kind, single = {"e": cudnn.data_type.HALF, "f": cudnn.data_type.FLOAT}[char], cudnn.data_type.FLOAT
    graph = cudnn.pygraph(
        handle=handle, io_data_type=kind, intermediate_data_type=single, compute_data_type=single
    )
    operands = {
        name: graph.tensor(name=name, dim=list(shape), stride=_channels_last(shape), data_type=kind)
        for name, shape in shapes
    }
    before, after = zip(*geometry.padding, strict=True)
    out = getattr(graph, operation)(
        **operands,
        pre_padding=list(before),
        post_padding=list(after),
        stride=list(geometry.stride),
        dilation=list(geometry.dilation),
    )
    out.set_output(True).set_data_type(kind).set_dim(list(result)).set_stride(_channels_last(result))
    try:
        graph.validate()
        graph.build_operation_graph()
        graph.create_execution_plans([cudnn.heur_mode.A, cudnn.heur_mode.FALLBACK])
        if forbidden:
            graph.deselect_numeric_notes(list(forbidden))
        graph.check_support()
        graph.build_plans()
    except cudnn.cudnnGraphNotSupportedError:
        return None
    return graph, (*operands.values(), out), graph.get_workspace_size()


def _first(shape):
    """(N, H, W, C) as (N, C, H, W)."""
    return shape[0], shape[3], shape[1], shape[2]


def run(operation, operands, result_shape, geometry, exact):
    """``operation`` of channels-last arrays, by their names in cuDNN, as a new array (N, H, W, C); None where
    cuDNN does not serve."""
    like = next(iter(operands.values()))
    if not _switches.cudnn or like.dtype.char not in "ef" or (cudnn := library()) is None:
        return None
    operands = {name: to_read(operation, a) for name, a in operands.items()}
    if any(a.data.ptr % ALIGNMENT for a in operands.values()):
        return None
    forbidden = _forbidden(
        cudnn,
        like.dtype.char,
        _switches.cudnn_tf32,
        _switches.deterministic or _switches.cudnn_deterministic,
        exact,
    )
    shapes = tuple((name, _first(a.shape)) for name, a in operands.items())
    device = like.device.id
    plan = _plan(
        cudnn, device, operation, like.dtype.char, shapes, _first(result_shape), geometry, tuple(forbidden)
    )
    if plan is None:
        return None
    graph, tensors, size = plan
    handle, out = _handle(cudnn, device), cupy().empty(result_shape, like.dtype)
    workspace = cupy().empty(max(size, 1), "u1")
    cudnn.set_stream(handle=handle, stream=cupy().cuda.get_current_stream().ptr)
    memory = {tensor: a.data.ptr for tensor, a in zip(tensors, (*operands.values(), out), strict=True)}
    graph.execute(memory, workspace.data.ptr, handle=handle)
    return out
