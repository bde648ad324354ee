"""``onnx.export``: run a model once and write what it computed."""

import importlib
import os
import re
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from .._creation.creation import from_numpy
from .._engine.modes import enable_grad, state
from .._files.atomic import write_atomically
from .._tensor import Tensor
from ..func._tree import flatten, places
from ..nn import Module
from ..nn._composition import forms
from ._compositions import forms as forms_writing
from ._merge import Merged, VariedError
from ._operators import OPERATORS
from ._runs import DynamicAxis, lengths_of, named, refusal, several
from ._runs import dynamic_axes as axes_of
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
    is run in evaluation mode, and left as it was. Parameters keep their names. Results in a dict or a
    dataclass are outputs of these names.

    ``dynamic_axes`` names sizes that may differ later: ``{"input_0": {0: "batch", 2: "height"}}``; axes of
    one name are equal. The model then runs at some more sizes, and numbers that depend on them are written
    as expressions in them, so that the file computes what the model does. What has no such expression is an
    error: a loop over a dynamic axis, a size that a layer fixes.

    Raises ImportError where the package ``onnx`` is missing, NotImplementedError for an operator that ONNX
    lacks here and for what can't be dynamic (it names the axis and the line), RuntimeError where the model
    does not run at other sizes, TypeError for a result that is no tensor.
    """
    if opset_version != _OPSET:
        raise ValueError(
            f"onnx.export: opset_version {opset_version} is not supported; it writes opset {_OPSET}"
        )
    onnx = _library()
    # Copies with a node of their own: values are known by their nodes.
    examples = [_example(arg) for arg in (args if isinstance(args, tuple) else (args,))]
    inputs = dict(zip(input_names or [f"input_{i}" for i in range(len(examples))], examples, strict=True))
    given = dynamic_axes or {}
    axes = axes_of(given, inputs)
    lengths = lengths_of(axes, inputs)

    def run(other: Mapping[str, int]) -> Run:
        sizes = {(a.input, a.axis): other[a.symbol] for a in axes}
        return _run(onnx, model, {name: _resized(name, t, sizes) for name, t in inputs.items()}, axes)

    first = _run(onnx, model, inputs, axes)
    runs = [first, *(several(run, axes, lengths) if lengths else [])]
    names = _output_names(first, output_names)
    unknown = set(given) - set(inputs) - set(names)
    if unknown:
        raise ValueError(f"onnx.export: dynamic_axes names {sorted(unknown)}; there are {[*inputs, *names]}")
    try:
        merged = Merged([r.trace for r in runs], list(inputs))
        ends = [
            merged.result([r.trace.value(r.results[i]) for r in runs], name) for i, name in enumerate(names)
        ]
    except VariedError as error:
        raise NotImplementedError(refusal(error, run, first, lengths, list(inputs))) from error
    graph = _Graph(onnx, runs, inputs, axes, given)
    write_atomically(f, graph.proto(merged, names, ends).SerializeToString())


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


class Run(NamedTuple):
    """One run of the model: what it computed, and its results by their places in what it returned."""

    trace: Trace
    results: list[Any]
    places: list[str]


def _resized(name: str, tensor: Tensor, sizes: Mapping[tuple[str, int], int]) -> Tensor:
    """An example of other lengths: its numbers again and again."""
    array = tensor.array
    for axis in range(tensor.ndim):
        length = sizes.get((name, axis))
        if length is not None:
            array = np.take(array, np.arange(length) % array.shape[axis], axis)
    return _example(from_numpy(np.ascontiguousarray(array)))


def _run(onnx: Any, model: Any, inputs: Mapping[str, Tensor], axes: Sequence[DynamicAxis]) -> Run:
    """Run the model, as it is, and keep what it computed."""
    trace = Trace(onnx, OPERATORS, bool(axes), any(a.axis > 0 for a in axes))
    trace.inputs(dict(inputs))
    buffers = [t for _, t in model.named_buffers()] if axes and isinstance(model, Module) else []
    state_before = [(t, t.array.copy()) for t in buffers]
    for name, tensor in _named_state(model):
        trace.name(tensor, name)
    training = [module for module in model.modules() if module.training] if isinstance(model, Module) else []
    for module in training:
        module.training = False
    with enable_grad():
        standing_in = forms.set(forms_writing(trace))
        mode = state.set(state.get()._replace(observer=trace, fusion=False))
        try:
            returned = model(*inputs.values())
        finally:
            state.reset(mode)
            forms.reset(standing_in)
            for module in training:
                module.training = True
            for tensor, array in state_before:
                np.copyto(tensor.array, array)
    leaves = zip(flatten(returned)[0], places(returned), strict=True)
    kept = [(leaf, place) for leaf, place in leaves if leaf is not None]
    wrong = [
        f"{type(leaf).__name__} at result{place}" for leaf, place in kept if not isinstance(leaf, Tensor)
    ]
    if wrong or not kept:
        raise TypeError(
            f"onnx.export: a model returns tensors, alone or in tuples, lists, dicts and dataclasses, not "
            f"{', '.join(wrong) or type(returned).__name__}"
        )
    return Run(trace, [leaf for leaf, _ in kept], [place for _, place in kept])


def _output_names(run: Run, given: Sequence[str] | None) -> list[str]:
    """``output_names``, else ``output_0``, ``output_1``, ... ; what stands in a dict or under a name is
    called by its place: ``logits``, ``boxes.0``."""
    if given is not None:
        if len(given) != len(run.results):
            raise ValueError(f"onnx.export: {len(given)} output_names for {len(run.results)} results")
        return list(given)
    if all(re.fullmatch(r"(\[\d+\])?", place) for place in run.places):
        return [f"output_{i}" for i in range(len(run.results))]
    return [".".join(re.findall(r"[^\[\]'\".]+", place)) for place in run.places]


class _Graph(NamedTuple):
    """What a file says beside its nodes."""

    onnx: Any
    runs: list[Run]
    inputs: Mapping[str, Tensor]
    axes: Sequence[DynamicAxis]
    given: Mapping[str, Any]

    def proto(self, merged: Merged, names: Sequence[str], ends: Sequence[str]) -> Any:
        """The file's content, checked by the library."""
        helper = self.onnx.helper
        steps, constants = merged.needed(ends)
        constants |= {end: merged.constants[end] for end in ends if end in merged.constants}
        nodes = [
            helper.make_node(s.operator, list(s.inputs), [s.output], name=s.output, **s.attributes)
            for s in steps
        ]
        nodes += [
            helper.make_node("Identity", [end], [name], name=name)
            for end, name in zip(ends, names, strict=True)
        ]
        symbols = {(a.input, a.axis): a.symbol for a in self.axes}
        described = [
            self.described(name, t, [symbols.get((name, axis), n) for axis, n in enumerate(t.shape)])
            for name, t in self.inputs.items()
        ]
        outputs = [self.output(name, i) for i, name in enumerate(names)]
        numbers = [self.onnx.numpy_helper.from_array(array, name) for name, array in constants.items()]
        graph = helper.make_graph(nodes, "model", described, outputs, numbers)
        model = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", _OPSET)],
            ir_version=_IR_VERSION,
            producer_name="autograd_cnn",
        )
        self.onnx.checker.check_model(model, full_check=True)
        return model

    def described(self, name: str, tensor: Any, sizes: list[Any]) -> Any:
        """An input or output: name, dtype, and the length or the name of each axis."""
        kind = self.runs[0].trace.type_of(tensor.array.dtype)
        return self.onnx.helper.make_tensor_value_info(name, kind, sizes)

    def output(self, name: str, number: int) -> Any:
        """An output: an axis that varied is called as the axis of an input that is as long, or as was
        asked."""
        asked = {
            axis % max(1, len(self.runs[0].results[number].shape)): symbol
            for axis, symbol in named(self.given, name).items()
        }
        rows = [tuple(r.results[number].shape) for r in self.runs]
        sizes: list[Any] = []
        for axis, lengths in enumerate(zip(*rows, strict=True)):
            if len(set(lengths)) == 1:
                sizes.append(asked.get(axis, lengths[0]))
                continue
            same = [
                a.symbol
                for a in self.axes
                if lengths == tuple(r.trace.shapes[a.input][a.axis] for r in self.runs)
            ]
            sizes.append(asked.get(axis) or (same[0] if same else f"{name}_{axis}"))
        return self.described(name, self.runs[0].results[number], sizes)
