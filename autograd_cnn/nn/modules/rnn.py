"""Recurrent layers; the cells, which are one step of them, stand in ``_recurrent_cells``."""

import math
import warnings
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from ... import ops
from ..._creation.creation import empty, zeros
from ..._devices.device import DeviceLike
from ..._engine.dtypes import DType
from ..._engine.source import stacklevel
from ..._functions._arguments import names_arguments
from ..._tensor import Tensor
from .._packed_sequence import PackedSequence
from .._packed_sequence import apply_permutation as apply_permutation
from ..functional.dropout import dropout
from ..functional.recurrence import State, Weights, run
from ..init import uniform_
from ..parameter import Parameter
from ._recurrent_cells import GRUCell, LSTMCell, RNNCell, RNNCellBase
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

H = TypeVar("H")
"""The state: one tensor, or two of an LSTM."""
S = TypeVar("S", Tensor, PackedSequence)
"""The sequences, padded or packed."""

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
            stacklevel=stacklevel(),
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


def _no_projection(proj_size: int) -> None:
    if proj_size:
        raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")


class _Recurrence(Protocol[H]):
    """What a call of a recurrent layer takes and returns: a packed sequence gives a packed sequence."""

    def __call__(self, input: S, hx: H | None = None) -> tuple[S, H]: ...


class RNNBase(Module, Generic[H]):
    """What all recurrent layers share: their weights by name, and the way through layers, directions and
    steps.

    Layer k has ``weight_ih_lk``, ``weight_hh_lk``, ``bias_ih_lk``, ``bias_hh_lk`` (and ``weight_hr_lk`` where
    the output is projected), each again with ``_reverse`` for the way back. All start from the uniform
    distribution within 1 / sqrt(hidden_size).
    """

    # Module reads the signature from forward, but a checker can't hand on one with a type variable in it.
    __call__: _Recurrence[H]

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
        device: DeviceLike | None = None,
        dtype: DType | None = None,
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
        self.dropout: float = float(dropout)
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

    def _weights(self, layer: int, suffix: str) -> Weights:
        found: list[Any] = [self._parameters.get(f"{name}_l{layer}{suffix}") for name in Weights._fields]
        return Weights(*found)

    @property
    def _flat_weights_names(self) -> list[str]:
        """The names of the weights, layer by layer; PyTorch's, which others' hooks ask for."""
        kinds = ["weight_ih", "weight_hh", *(["bias_ih", "bias_hh"] if self.bias else [])]
        kinds += ["weight_hr"] if self.proj_size else []
        ways = ("", "_reverse") if self.bidirectional else ("",)
        return [f"{kind}_l{layer}{way}" for layer in range(self.num_layers) for way in ways for kind in kinds]

    @property
    def _flat_weights(self) -> list[Tensor | None]:
        return [getattr(self, name, None) for name in self._flat_weights_names]

    @property
    def all_weights(self) -> list[list[Parameter]]:
        """The weights of each layer and direction."""
        ways = ("", "_reverse") if self.bidirectional else ("",)
        return [
            [w for w in self._weights(layer, way) if isinstance(w, Parameter)]
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
            state.append(tensor if order is None else apply_permutation(tensor, order))
        return tuple(state)

    def _through_layers(self, x: Any, sizes: list[int], start: State) -> tuple[Any, State]:
        """The outputs of the last layer for all steps, one after another (N, width), and the last state of
        every layer and direction."""
        ways, last = ("", "_reverse") if self.bidirectional else ("",), []
        for layer in range(self.num_layers):
            if layer and self.dropout and self.training:
                x = dropout(x, self.dropout, True)
            outputs = []
            for way, suffix in enumerate(ways):
                own = tuple(s[layer * len(ways) + way] for s in start)
                made, state = run(self.mode, x, sizes, own, self._weights(layer, suffix), reverse=bool(way))
                outputs.append(made)
                last.append(state)
            x = outputs[0] if len(ways) == 1 else ops.concatenate(*outputs, axis=-1)
        return x, tuple(ops.stack(*parts) for parts in zip(*last, strict=True))

    @names_arguments
    def forward(self, input: S, hx: H | None = None) -> tuple[S, H]:
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
        output, state = self._through_layers(x, sizes, start)
        if packed is not None:
            back = packed.unsorted_indices
            state = state if back is None else tuple(apply_permutation(s, back) for s in state)
            return packed._replace(data=output), self._as_given(state)
        output = ops.reshape(output, shape=(steps, batch, output.array.shape[1]))
        if first:
            output = output.transpose(0, 1)
        if not was_batched:
            output, state = output.squeeze(1), tuple(s.squeeze(1) for s in state)
        return output, self._as_given(state)

    def _as_given(self, state: State) -> Any:
        """The state as the user hands it in: two tensors of an LSTM, else one."""
        return state if self.mode == "LSTM" else state[0]

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


class RNN(RNNBase[Tensor]):
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
        device: DeviceLike | None = None,
        dtype: DType | None = None,
        *,
        proj_size: int = 0,
    ) -> None:
        _no_projection(proj_size)
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


class _Gated(RNNBase[H]):
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
        device: DeviceLike | None = None,
        dtype: DType | None = None,
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


class LSTM(_Gated[tuple[Tensor, Tensor]]):
    """Long short-term memory; its state is a pair (h, c), and h is projected to ``proj_size`` where that is
    given. See :class:`RNN`."""

    mode_name = "LSTM"


class GRU(_Gated[Tensor]):
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
        device: DeviceLike | None = None,
        dtype: DType | None = None,
        *,
        proj_size: int = 0,
    ) -> None:
        _no_projection(proj_size)
        super().__init__(
            input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, 0, device, dtype
        )
