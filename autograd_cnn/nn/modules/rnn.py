"""Recurrent layers and cells."""

import math
import warnings
from typing import Any, ClassVar

from ... import ops
from ..._creation.creation import empty, zeros
from ..._functions._arguments import names_arguments
from ..._functions.indexing import index_select
from ..._tensor import Tensor
from .._packed_sequence import PackedSequence
from ..functional.dropout import dropout
from ..functional.recurrence import STEPS, State, pieces, run
from ..init import uniform_
from ..parameter import Parameter
from .module import Module

__all__ = [
    "GRU",
    "LSTM",
    "RNN",
    "GRUCell",
    "LSTMCell",
    "RNNBase",
    "RNNCell",
    "RNNCellBase",
]

_GATES = {"RNN_TANH": 1, "RNN_RELU": 1, "GRU": 3, "LSTM": 4}


def _check_sizes(input_size: int, hidden_size: int, num_layers: int, dropout: float, proj_size: int) -> None:
    if isinstance(dropout, bool) or not 0 <= dropout <= 1:
        raise ValueError(
            "dropout should be a number in range [0, 1] representing the probability of an element "
            "being zeroed"
        )
    if dropout > 0 and num_layers == 1:
        warnings.warn(
            "dropout option adds dropout after all but last recurrent layer, so non-zero dropout "
            "expects num_layers greater than 1, but got "
            f"dropout={dropout} and num_layers={num_layers}",
            UserWarning,
            stacklevel=4,
        )
    for name, size in (("input_size", input_size), ("hidden_size", hidden_size)):
        if not isinstance(size, int):
            raise TypeError(f"{name} should be of type int, got: {type(size).__name__}")
        if size <= 0:
            raise ValueError(f"{name} must be greater than zero")
    if num_layers <= 0:
        raise ValueError("num_layers must be greater than zero")
    if proj_size < 0:
        raise ValueError("proj_size should be a positive integer or zero to disable projections")
    if proj_size >= hidden_size:
        raise ValueError("proj_size has to be smaller than hidden_size")


class RNNBase(Module):
    """What all recurrent layers share: their weights by name, and the way through layers, directions and
    steps.

    Layer k has ``weight_ih_lk``, ``weight_hh_lk``, ``bias_ih_lk``, ``bias_hh_lk`` (and ``weight_hr_lk`` where
    the output is projected), each again with ``_reverse`` for the way back. All start from the uniform
    distribution within 1 / sqrt(hidden_size).
    """

    def __init__(
        self,
        mode: str,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        _check_sizes(input_size, hidden_size, num_layers, dropout, proj_size)
        if mode not in _GATES:
            raise ValueError("Unrecognized RNN mode: " + mode)
        self.mode = mode
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = float(dropout)
        self.bidirectional = bidirectional
        self.proj_size = proj_size
        out, gates = proj_size or hidden_size, _GATES[mode] * hidden_size
        for layer in range(num_layers):
            width = input_size if layer == 0 else out * (1 + bidirectional)
            shapes = {
                "weight_ih": (gates, width),
                "weight_hh": (gates, out),
                "bias_ih": (gates,),
                "bias_hh": (gates,),
                "weight_hr": (out, hidden_size),
            }
            wanted = [
                name
                for name in shapes
                if (bias or not name.startswith("bias")) and (proj_size or name != "weight_hr")
            ]
            for suffix in ("", "_reverse") if bidirectional else ("",):
                for name in wanted:
                    self.register_parameter(
                        f"{name}_l{layer}{suffix}", Parameter(empty(shapes[name], device=device, dtype=dtype))
                    )
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight from the uniform distribution within 1 / sqrt(hidden_size)."""
        bound = 1.0 / math.sqrt(self.hidden_size)
        for parameter in self.parameters():
            uniform_(parameter, -bound, bound)

    def flatten_parameters(self) -> None:
        """Nothing to do: the weights need no common block of memory here."""

    def _weights(self, layer: int, suffix: str) -> tuple[Any, ...]:
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr")
        return tuple(self._parameters.get(f"{name}_l{layer}{suffix}") for name in names)

    @property
    def all_weights(self) -> list[list[Parameter]]:
        """The weights of each layer and direction."""
        ways = ("", "_reverse") if self.bidirectional else ("",)
        return [
            [w for w in self._weights(layer, way) if w is not None]
            for layer in range(self.num_layers)
            for way in ways
        ]

    def _widths(self) -> tuple[int, ...]:
        """The width of each tensor of the state."""
        return (self.proj_size or self.hidden_size, self.hidden_size)[: 2 if self.mode == "LSTM" else 1]

    def _start(self, hx: Any, batch: int, like: Tensor, was_batched: bool, order: Tensor | None) -> State:
        """The state before the first step, each tensor (layers directions, B, width): zeros, or ``hx`` after
        checks."""
        rows = self.num_layers * (1 + self.bidirectional)
        if hx is None:
            return tuple(
                zeros(rows, batch, width, dtype=like.dtype, device=like.device) for width in self._widths()
            )
        state = []
        for name, given, width in zip(
            ("hidden[0]", "hidden[1]"), hx if self.mode == "LSTM" else (hx,), self._widths(), strict=False
        ):
            if given.ndim != (3 if was_batched else 2):
                kind = "batched 3-D" if was_batched else "unbatched 2-D"
                raise RuntimeError(
                    f"For {kind} input, hx should also be {3 if was_batched else 2}-D but got "
                    f"{given.ndim}-D tensor"
                )
            tensor = (
                given
                if was_batched
                else ops.reshape(given, shape=(given.array.shape[0], 1, given.array.shape[1]))
            )
            if tuple(tensor.shape) != (rows, batch, width):
                raise RuntimeError(
                    f"Expected {name if self.mode == 'LSTM' else 'hidden'} size "
                    f"{(rows, batch, width)}, got {list(tensor.shape)}"
                )
            state.append(tensor if order is None else index_select(tensor, 1, order))
        return tuple(state)

    def _through_layers(self, inputs: list[Any], start: State) -> tuple[list[Any], State]:
        """The outputs of the last layer for each step, and the last state of every layer and direction."""
        ways, last = ("", "_reverse") if self.bidirectional else ("",), []
        for layer in range(self.num_layers):
            if layer and self.dropout and self.training:
                sizes = [x.array.shape[0] for x in inputs]
                inputs = pieces(dropout(ops.concatenate(*inputs), self.dropout, True), sizes)
            outputs = []
            for way, suffix in enumerate(ways):
                own = tuple(s[layer * len(ways) + way] for s in start)
                made, state = run(
                    STEPS[self.mode], inputs, own, self._weights(layer, suffix), reverse=bool(way)
                )
                outputs.append(made)
                last.append(state)
            inputs = (
                outputs[0]
                if len(ways) == 1
                else [ops.concatenate(a, b, axis=-1) for a, b in zip(*outputs, strict=True)]
            )
        return inputs, tuple(ops.stack(*parts) for parts in zip(*last, strict=True))

    @names_arguments
    def forward(self, input: Any, hx: Any = None) -> tuple[Any, Any]:
        packed = input if isinstance(input, PackedSequence) else None
        x: Tensor = input if packed is None else packed.data
        if packed is None and x.ndim not in (2, 3):
            raise ValueError(f"{type(self).__name__}: Expected input to be 2D or 3D, got {x.ndim}D instead")
        if x.shape[-1] != self.input_size:
            raise RuntimeError(
                f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got {x.shape[-1]}"
            )
        was_batched = packed is not None or x.ndim == 3
        first = self.batch_first and x.ndim == 3 and packed is None
        if packed is None:
            x = (
                x.transpose(0, 1)
                if first
                else x
                if was_batched
                else ops.reshape(x, shape=(x.array.shape[0], 1, x.array.shape[1]))
            )
            steps, batch = x.array.shape[:2]
            if steps == 0:
                raise RuntimeError("Expected sequence length to be larger than 0 in RNN")
            sizes = [batch] * steps
            x = ops.reshape(x, shape=(steps * batch, x.array.shape[2]))
        else:
            sizes = packed.batch_sizes.array.tolist()
            batch = sizes[0]
        start = self._start(hx, batch, x, was_batched, None if packed is None else packed.sorted_indices)
        outputs, state = self._through_layers(pieces(x, sizes), start)
        if packed is not None:
            back = packed.unsorted_indices
            state = state if back is None else tuple(index_select(s, 1, back) for s in state)
            return packed._replace(data=ops.concatenate(*outputs)), state if self.mode == "LSTM" else state[0]
        output = ops.stack(*outputs, axis=1 if first else 0)
        if not was_batched:
            output, state = output.squeeze(1), tuple(s.squeeze(1) for s in state)
        return output, state if self.mode == "LSTM" else state[0]

    def extra_repr(self) -> str:
        text = f"{self.input_size}, {self.hidden_size}"
        for name, ordinary in (
            ("proj_size", 0),
            ("num_layers", 1),
            ("bias", True),
            ("batch_first", False),
            ("dropout", 0),
            ("bidirectional", False),
        ):
            if getattr(self, name) != ordinary:
                text += f", {name}={getattr(self, name)}"
        return text


class RNN(RNNBase):
    """h' = tanh(W x + b + U h + c), or max(..., 0) with ``nonlinearity="relu"``: (T, B, I) to (T, B, H), and
    the last h.

    ``batch_first`` puts the batch in front; (T, I) and packed sequences are taken too. A state is (layers
    directions, B, H).
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'.")
        mode = f"RNN_{nonlinearity.upper()}"
        super().__init__(
            mode,
            input_size,
            hidden_size,
            num_layers,
            bias,
            batch_first,
            dropout,
            bidirectional,
            0,
            device,
            dtype,
        )
        self.nonlinearity = nonlinearity


class _Gated(RNNBase):
    mode_name: ClassVar[str]

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            self.mode_name,
            input_size,
            hidden_size,
            num_layers,
            bias,
            batch_first,
            dropout,
            bidirectional,
            proj_size,
            device,
            dtype,
        )


class LSTM(_Gated):
    """Long short-term memory; its state is a pair (h, c), and h is projected to ``proj_size`` where that is
    given. See :class:`RNN`."""

    mode_name = "LSTM"


class GRU(_Gated):
    """The gated recurrent unit. See :class:`RNN`."""

    mode_name = "GRU"

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, 0, device, dtype
        )


class RNNCellBase(Module):
    """What all cells share: ``weight_ih``, ``weight_hh``, ``bias_ih`` and ``bias_hh``."""

    bias_ih: Parameter | None
    bias_hh: Parameter | None

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool,
        num_chunks: int,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.bias = bias
        gates = num_chunks * hidden_size
        self.weight_ih = Parameter(empty(gates, input_size, device=device, dtype=dtype))
        self.weight_hh = Parameter(empty(gates, hidden_size, device=device, dtype=dtype))
        for name in ("bias_ih", "bias_hh"):
            self.register_parameter(
                name, Parameter(empty(gates, device=device, dtype=dtype)) if bias else None
            )
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw every weight from the uniform distribution within 1 / sqrt(hidden_size)."""
        bound = 1.0 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for parameter in self.parameters():
            uniform_(parameter, -bound, bound)

    def _step(self, mode: str, input: Tensor, state: Any) -> State:
        """One step of ``mode``, of (B, I) or (I,) and a state like it; None stands for zeros."""
        name = type(self).__name__
        if input.ndim not in (1, 2):
            raise ValueError(f"{name}: Expected input to be 1D or 2D, got {input.ndim}D instead")
        if input.shape[-1] != self.input_size:
            raise RuntimeError(
                f"input has inconsistent input_size: got {input.shape[-1]}, expected {self.input_size}"
            )
        x = input if input.ndim == 2 else ops.reshape(input, shape=(1, -1))
        parts = (None,) * (2 if mode == "LSTM" else 1) if state is None else state
        full = []
        for part in parts:
            if part is None:
                part = zeros(x.array.shape[0], self.hidden_size, dtype=x.dtype, device=x.device)
            elif part.ndim != input.ndim:
                raise ValueError(
                    f"{name}: Expected hidden to be {input.ndim}D as the input is, got {part.ndim}D instead"
                )
            elif part.shape[-1] != self.hidden_size or (part.ndim == 2 and part.shape[0] != x.shape[0]):
                raise RuntimeError(
                    f"hidden0 has inconsistent hidden_size or batch: got {list(part.shape)}, expected "
                    f"[{x.shape[0]}, {self.hidden_size}]"
                )
            full.append(part if part.ndim == 2 else ops.reshape(part, shape=(1, -1)))
        made = STEPS[mode](x, tuple(full), (self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh, None))
        return made if input.ndim == 2 else tuple(ops.reshape(part, shape=(-1,)) for part in made)

    def extra_repr(self) -> str:
        return f"{self.input_size}, {self.hidden_size}" + ("" if self.bias is True else f", bias={self.bias}")


class RNNCell(RNNCellBase):
    """One step of :class:`RNN`: (B, I) and h (B, H) to the next h."""

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 1, device, dtype)
        self.nonlinearity = nonlinearity

    @names_arguments
    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        if self.nonlinearity not in ("tanh", "relu"):
            raise RuntimeError(f"Unknown nonlinearity: {self.nonlinearity}")
        return self._step(f"RNN_{self.nonlinearity.upper()}", input, None if hx is None else (hx,))[0]

    def extra_repr(self) -> str:
        return super().extra_repr() + (
            "" if self.nonlinearity == "tanh" else f", nonlinearity={self.nonlinearity}"
        )


class LSTMCell(RNNCellBase):
    """One step of :class:`LSTM`: (B, I) and (h, c), each (B, H), to the next pair."""

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)

    @names_arguments
    def forward(self, input: Tensor, hx: tuple[Tensor, Tensor] | None = None) -> State:
        return self._step("LSTM", input, hx)


class GRUCell(RNNCellBase):
    """One step of :class:`GRU`: (B, I) and h (B, H) to the next h."""

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    @names_arguments
    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        return self._step("GRU", input, None if hx is None else (hx,))[0]
