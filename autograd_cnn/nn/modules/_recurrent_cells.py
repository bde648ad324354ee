"""Recurrent cells: one step of a recurrent layer."""

import math

from ... import ops
from ..._creation.creation import empty, zeros
from ..._devices.device import DeviceLike
from ..._engine.dtypes import DType
from ..._functions._arguments import names_arguments
from ..._tensor import Tensor
from ..functional.recurrence import STEPS, State, Weights
from ..init import uniform_
from ..parameter import Parameter
from .module import Module

__all__ = ["GRUCell", "LSTMCell", "RNNCell", "RNNCellBase"]


class RNNCellBase(Module):
    """What all cells share: ``weight_ih``, ``weight_hh``, ``bias_ih`` and ``bias_hh``."""

    weight_ih: Parameter
    weight_hh: Parameter
    bias_ih: Parameter | None
    bias_hh: Parameter | None

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool,
        num_chunks: int,
        device: DeviceLike | None = None,
        dtype: DType | None = None,
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

    def _step(self, mode: str, input: Tensor, state: State | None) -> State:
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
        weights = Weights(self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
        made = STEPS[mode](x, tuple(full), weights)
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
        device: DeviceLike | None = None,
        dtype: DType | None = None,
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
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        device: DeviceLike | None = None,
        dtype: DType | None = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)

    @names_arguments
    def forward(self, input: Tensor, hx: tuple[Tensor, Tensor] | None = None) -> tuple[Tensor, Tensor]:
        hidden, cell = self._step("LSTM", input, hx)
        return hidden, cell


class GRUCell(RNNCellBase):
    """One step of :class:`GRU`: (B, I) and h (B, H) to the next h."""

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        device: DeviceLike | None = None,
        dtype: DType | None = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    @names_arguments
    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        return self._step("GRU", input, None if hx is None else (hx,))[0]
