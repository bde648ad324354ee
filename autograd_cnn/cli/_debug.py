"""``--debug-info``: the mean absolute gradient of each layer's output and parameters, as Caffe's
``debug_info`` prints it."""

from typing import Any

from .._tensor import Tensor
from ..nn import Module


class GradientPrinter:
    """Watches the layers of ``model``; :meth:`print` after each backward pass."""

    def __init__(self, model: Module) -> None:
        self._outputs: dict[str, Tensor] = {}
        self._layers = {
            name: layer for name, layer in model.named_modules() if name and not list(layer.children())
        }
        for name, layer in self._layers.items():
            layer.register_forward_hook(self._watch(name))

    def _watch(self, name: str) -> Any:
        def hook(layer: Any, inputs: Any, output: Tensor) -> None:
            if output.requires_grad:
                output.retain_grad()
                self._outputs[name] = output

        return hook

    def print(self, step: int) -> None:
        """The gradients of step number ``step``, from the last layer to the first."""
        print(f"step {step}")
        for name, layer in reversed(self._layers.items()):
            if name in self._outputs:
                print(f"    [Backward] Layer {name}, output diff: {_mean(self._outputs[name].grad)}")
            for part, parameter in layer.named_parameters():
                print(f"    [Backward] Layer {name}, param {part} diff: {_mean(parameter.grad)}")
        self._outputs.clear()


def _mean(gradient: Tensor | None) -> str:
    return "none" if gradient is None else f"{abs(gradient.array).mean().item():.6g}"
