"""``onnx.export``: run a model and write what it computed."""

import functools
import importlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from .._engine import memory
from .._engine.modes import enable_grad, state
from .._files.atomic import write_atomically
from .._tensor import Tensor
from ..nn import Module
from ..nn._composition import forms
from ._compositions import forms as forms_writing
from ._examples import FAILURES, altered, example, extreme, groups_of, names_of, other_sizes, outputs, resized
from ._merging import Merging
from ._operators import OPERATORS
from ._trace import Array, Trace, type_of

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
    is run in evaluation mode, and left as it was. Parameters keep their names. Outputs are the tensors of
    the result; those of a dict are called by its keys.

    ``dynamic_axes`` names sizes that may differ later: ``{"input_0": {0: "batch"}}``, or ``{"input_0":
    [0]}``; axes with one name have one size. The model is then run with some other sizes too, and what
    differs from run to run, such as the end of a slice, is written as a formula of the sizes.

    Raises ImportError where the package ``onnx`` is missing; NotImplementedError for an operator that ONNX
    lacks here, and where what runs depends on a dynamic size in a way that no formula tells; RuntimeError
    where the model runs with no other size.
    """
    if opset_version != _OPSET:
        raise ValueError(
            f"onnx.export: opset_version {opset_version} is not supported; it writes opset {_OPSET}"
        )
    onnx, dynamic = _library(), dynamic_axes or {}
    examples = [example(arg) for arg in (args if isinstance(args, tuple) else (args,))]
    inputs = dict(zip(input_names or [f"input_{i}" for i in range(len(examples))], examples, strict=True))
    groups = groups_of(names_of(dynamic, inputs, "input"), inputs)
    began, buffers = memory.epoch, list(model.buffers()) if isinstance(model, Module) else []
    before = [buffer.array.copy() for buffer in buffers]
    first = _Run(model, inputs, dynamic=bool(groups))

    def again(inputs: Mapping[str, Tensor]) -> _Run:
        for buffer, numbers in zip(buffers, before, strict=True):
            buffer.array[...] = numbers
        return _Run(model, inputs, dynamic=bool(groups), known=first.trace.constants)

    with _restored(memory.blocks_written_since(began)):
        runs = [
            first,
            *(other_sizes(groups, lambda sizes: again(resized(inputs, groups, sizes))) if groups else []),
        ]
        _check_other_numbers(first, lambda: again(altered(inputs)))
        for others in extreme(inputs):
            _check_other_numbers(first, functools.partial(again, others), only_constants=True)
    write_atomically(f, _proto(onnx, runs, output_names, dynamic).SerializeToString())


@contextmanager
def _restored(blocks: Sequence[Any]) -> Iterator[None]:
    """Give memory that the model writes, such as running moments, its numbers back: the model seems to run
    once."""
    before = [block.copy() for block in blocks]
    try:
        yield
    finally:
        for block, numbers in zip(blocks, before, strict=True):
            memory.settle(block)
            block[...] = numbers
            memory.wrote(block)


def _check_other_numbers(first: "_Run", again: "Callable[[], _Run]", *, only_constants: bool = False) -> None:
    """Run with other numbers in the inputs: no constant of the file may have come from them. With
    ``only_constants`` other steps may run, which a condition in Python has chosen."""
    try:
        other = again()
    except FAILURES:
        return  # a model may want its numbers in order
    if not only_constants or first.trace.operators == other.trace.operators:
        Merging([first.trace, other.trace], {}, of_values=True)


def _library() -> ModuleType:
    try:
        return importlib.import_module("onnx")
    except ImportError as error:
        raise ImportError("onnx.export needs the package onnx: pip install 'autograd-cnn[onnx]'") from error


class _Run:
    """One run of the model: its inputs, its trace, and its results by name."""

    def __init__(
        self,
        model: Any,
        inputs: Mapping[str, Tensor],
        *,
        dynamic: bool,
        known: dict[str, Array] | None = None,
    ) -> None:
        self.inputs = dict(inputs)
        self.trace = Trace(OPERATORS, dynamic=dynamic, known=known)
        self.trace.inputs(self.inputs)
        if isinstance(model, Module):
            for name, tensor in (*model.named_parameters(), *model.named_buffers()):
                self.trace.name(tensor, name)
        self.results = dict(outputs(_result(model, list(self.inputs.values()), self.trace)))
        self.ends = [self.trace.node("Identity", [self.trace.value(t)]) for t in self.results.values()]


def _result(model: Any, examples: Sequence[Tensor], trace: Trace) -> Any:
    training = [module for module in model.modules() if module.training] if isinstance(model, Module) else []
    for module in training:
        module.training = False
    with enable_grad():
        standing_in = forms.set(forms_writing(trace))
        mode = state.set(state.get()._replace(observer=trace, fusion=False))
        try:
            return model(*examples)
        finally:
            state.reset(mode)
            forms.reset(standing_in)
            for module in training:
                module.training = True


def _names_of_outputs(runs: Sequence[_Run], given: Sequence[str] | None) -> list[str]:
    """Those that were given, else the keys of dicts, else numbered ones."""
    found = list(runs[0].results)
    if any(list(run.results) != found for run in runs):
        raise NotImplementedError("onnx.export: the model returns other outputs for other sizes")
    names = given or [f"output_{i}" if name.startswith("output") else name for i, name in enumerate(found)]
    if len(names) != len(found):
        raise ValueError(f"onnx.export: {len(names)} output_names for {len(found)} outputs, {found}")
    return list(names)


def _proto(
    onnx: Any, runs: Sequence[_Run], output_names: Sequence[str] | None, dynamic: Mapping[str, Any]
) -> Any:
    """The file's content, checked by the library."""
    inputs, found = runs[0].inputs, list(runs[0].results)
    names = _names_of_outputs(runs, output_names)
    results = dict(zip(names, runs[0].results.values(), strict=True))
    if unknown := set(dynamic) - set(inputs) - set(results):
        raise ValueError(
            f"onnx.export: dynamic_axes names {sorted(unknown)}; there are {[*inputs, *results]}"
        )
    shapes = {name: [tuple(run.inputs[name].shape) for run in runs] for name in inputs}
    merged = Merging([run.trace for run in runs], shapes)
    shapes |= {
        name: [tuple(run.results[key].shape) for run in runs] for name, key in zip(names, found, strict=True)
    }
    axes = names_of(dynamic, inputs, "input") | names_of(dynamic, results, "output")
    called = dict(zip(runs[0].ends, names, strict=True))
    make = onnx.helper

    alike = {
        row: axes[name][axis]
        for name in inputs
        for axis, row in enumerate(zip(*shapes[name], strict=True))
        if axis in axes[name]
    }

    def described(name: str, tensor: Tensor) -> Any:
        rows = enumerate(zip(*shapes[name], strict=True))
        sizes = [
            axes[name].get(i, alike.get(row, f"{name}_{i}") if len(set(row)) > 1 else row[0])
            for i, row in rows
        ]
        return make.make_tensor_value_info(name, type_of(tensor.array.dtype), sizes)

    graph = make.make_graph(
        [
            make.make_node(
                step.operator, list(step.inputs), [called.get(step.output, step.output)], **step.attributes
            )
            for step in merged.steps
        ],
        "model",
        [described(*pair) for pair in inputs.items()],
        [described(*pair) for pair in results.items()],
        [onnx.numpy_helper.from_array(array, name) for name, array in merged.constants.items()],
    )
    model = make.make_model(
        graph,
        opset_imports=[make.make_opsetid("", _OPSET)],
        ir_version=_IR_VERSION,
        producer_name="autograd_cnn",
    )
    onnx.checker.check_model(model, full_check=True)
    return model
