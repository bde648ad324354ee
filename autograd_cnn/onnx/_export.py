"""``onnx.export``: run a model once and write what it computed."""

import importlib
import os
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

from .._creation.creation import from_numpy
from .._engine.modes import enable_grad, state
from .._files.atomic import write_atomically
from .._tensor import Tensor
from ..nn import Module
from ..nn._composition import forms
from ._compositions import forms as forms_writing
from ._operators import OPERATORS
from ._trace import Trace

_OPSET = 18
_IR_VERSION = 9
"""The format of the file: old enough for every onnxruntime since 1.15."""


def export(
    model: Any,
    args: Any,
    f: "str | os.PathLike[str]",
    *,
    input_names: Sequence[str] | None = None,
    output_names: Sequence[str] | None = None,
    opset_version: int = _OPSET,
    dynamic_axes: Mapping[str, Any] | None = None,
) -> None:
    """Write ``model`` to the file ``f`` as ONNX, by running it on the example ``args``: a tensor, or a tuple
    of them.

    What ran is what is written: a loop or a condition in Python stands as it went for the example. The model
    is run in evaluation mode, and left as it was. Parameters keep their names. ``dynamic_axes`` names sizes
    that may differ later: ``{"input_0": {0: "batch"}}``; this holds for layers that do not depend on that
    size.

    Raises ImportError where the package ``onnx`` is missing, NotImplementedError for an operator that ONNX
    lacks here.
    """
    if opset_version != _OPSET:
        raise ValueError(
            f"onnx.export: opset_version {opset_version} is not supported; it writes opset {_OPSET}"
        )
    onnx = _library()
    # Copies with a node of their own: values are known by their nodes.
    examples = [_example(arg) for arg in (args if isinstance(args, tuple) else (args,))]
    inputs = dict(zip(input_names or [f"input_{i}" for i in range(len(examples))], examples, strict=True))
    trace = Trace(onnx, OPERATORS)
    trace.inputs(inputs)
    for name, tensor in _named_state(model):
        trace.name(tensor, name)
    results = _run(model, examples, trace)
    names = list(output_names or [f"output_{i}" for i in range(len(results))])
    for name, result in zip(names, results, strict=True):
        trace.nodes.append(onnx.helper.make_node("Identity", [trace.value(result)], [name], name=name))
    write_atomically(
        f,
        _proto(
            onnx, trace, inputs, dict(zip(names, results, strict=True)), dynamic_axes or {}
        ).SerializeToString(),
    )


def _library() -> ModuleType:
    try:
        return importlib.import_module("onnx")
    except ImportError as error:
        raise ImportError("onnx.export needs the package onnx: pip install 'autograd-cnn[onnx]'") from error


def _example(value: Any) -> Tensor:
    if not isinstance(value, Tensor):
        raise TypeError(f"onnx.export: the example inputs are tensors, not {type(value).__name__}")
    copy = from_numpy(value.detach().cpu().array.copy())
    return copy.requires_grad_() if copy.is_floating_point() else copy


def _named_state(model: Any) -> list[tuple[str, Any]]:
    """Parameters and buffers, the handles that the model itself uses."""
    if not isinstance(model, Module):
        return []
    return [*model.named_parameters(), *model.named_buffers()]


def _run(model: Any, examples: Sequence[Tensor], trace: Trace) -> list[Any]:
    training = [module for module in model.modules() if module.training] if isinstance(model, Module) else []
    for module in training:
        module.training = False
    with enable_grad():
        standing_in = forms.set(forms_writing(trace))
        mode = state.set(state.get()._replace(observer=trace, fusion=False))
        try:
            results = model(*examples)
        finally:
            state.reset(mode)
            forms.reset(standing_in)
            for module in training:
                module.training = True
    return list(results) if isinstance(results, (list, tuple)) else [results]


def _proto(
    onnx: Any, trace: Trace, inputs: dict[str, Any], outputs: dict[str, Any], dynamic: Mapping[str, Any]
) -> Any:
    """The file's content, checked by the library."""
    unknown = set(dynamic) - set(inputs) - set(outputs)
    if unknown:
        raise ValueError(
            f"onnx.export: dynamic_axes names {sorted(unknown)}; there are {[*inputs, *outputs]}"
        )

    def described(name: str, tensor: Any) -> Any:
        axes = dynamic.get(name, {})
        axes = axes if isinstance(axes, Mapping) else {axis: f"{name}_{axis}" for axis in axes}
        sizes = [axes.get(axis, axes.get(axis - tensor.ndim, size)) for axis, size in enumerate(tensor.shape)]
        return onnx.helper.make_tensor_value_info(name, trace.type_of(tensor.array.dtype), sizes)

    graph = onnx.helper.make_graph(
        trace.nodes,
        "model",
        [described(*pair) for pair in inputs.items()],
        [described(*pair) for pair in outputs.items()],
        [onnx.numpy_helper.from_array(array, name) for name, array in trace.constants.items()],
    )
    opset = [onnx.helper.make_opsetid("", _OPSET)]
    model = onnx.helper.make_model(
        graph, opset_imports=opset, ir_version=_IR_VERSION, producer_name="autograd_cnn"
    )
    onnx.checker.check_model(model)
    return model
