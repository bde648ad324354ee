"""Building blocks that several models are made of; ``torchvision.ops`` has them too."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .. import nn
from .._creation.creation import empty
from .._tensor import Tensor

__all__ = [
    "MLP",
    "Conv2dNormActivation",
    "Conv3dNormActivation",
    "ConvNormActivation",
    "FrozenBatchNorm2d",
    "Permute",
    "SqueezeExcitation",
    "StochasticDepth",
    "make_divisible",
    "stochastic_depth",
]

Layer = Callable[..., nn.Module]


def rename_older(state_dict: dict[str, Any], prefix: str, names: Mapping[str, str]) -> None:
    """Give the entries of a module, of which older files have other names, the names of today: of each one
    that begins with a key of ``names``, that beginning becomes the key's value."""
    for entry in list(state_dict):
        for old, new in names.items():
            if entry.startswith(prefix + old):
                state_dict[prefix + new + entry[len(prefix + old) :]] = state_dict.pop(entry)
                break


def make_divisible(v: float, divisor: int = 8, min_value: int | None = None) -> int:
    """The multiple of ``divisor`` next to ``v``, and no more than a tenth below it."""
    found = max(min_value or divisor, int(v + divisor / 2) // divisor * divisor)
    return found + divisor if found < 0.9 * v else found


def draw_by_outputs(net: nn.Module) -> None:
    """Draw weights: of convolutions so that gradients keep their size on the way back (He et al. 2015, arXiv
    1502.01852), of linear layers with deviation 0.01; biases are 0."""
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out")
        elif isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, 0, 0.01)
        if isinstance(module, (nn.Conv2d, nn.Linear)) and module.bias is not None:
            nn.init.zeros_(module.bias)


class ConvNormActivation(nn.Sequential):
    """A convolution that keeps the size (of stride 1), a norm and an activation; None leaves one out."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | Sequence[int] = 3,
        stride: int | Sequence[int] = 1,
        padding: int | Sequence[int] | str | None = None,
        groups: int = 1,
        norm_layer: Layer | None = nn.BatchNorm2d,
        activation_layer: Layer | None = nn.ReLU,
        dilation: int | Sequence[int] = 1,
        inplace: bool | None = True,
        bias: bool | None = None,
        conv_layer: Layer = nn.Conv2d,
    ) -> None:
        if padding is None:
            if isinstance(kernel_size, int) and isinstance(dilation, int):
                padding = (kernel_size - 1) // 2 * dilation
            else:
                dims = next(len(x) for x in (kernel_size, dilation) if isinstance(x, Sequence))
                sizes = [kernel_size] * dims if isinstance(kernel_size, int) else kernel_size
                steps = [dilation] * dims if isinstance(dilation, int) else dilation
                padding = tuple((k - 1) // 2 * d for k, d in zip(sizes, steps, strict=True))
        layers = [
            conv_layer(
                in_channels,
                out_channels,
                kernel_size,
                stride,
                padding,
                dilation=dilation,
                groups=groups,
                bias=norm_layer is None if bias is None else bias,
            )
        ]
        if norm_layer is not None:
            layers.append(norm_layer(out_channels))
        if activation_layer is not None:
            layers.append(activation_layer())  # never in place: the numbers are the same, and sooner here
        super().__init__(*layers)
        self.out_channels = out_channels


class Conv2dNormActivation(ConvNormActivation):
    """A convolution of images that keeps the size (of stride 1), a norm and an activation."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | Sequence[int] = 3,
        stride: int | Sequence[int] = 1,
        padding: int | Sequence[int] | str | None = None,
        groups: int = 1,
        norm_layer: Layer | None = nn.BatchNorm2d,
        activation_layer: Layer | None = nn.ReLU,
        dilation: int | Sequence[int] = 1,
        inplace: bool | None = True,
        bias: bool | None = None,
    ) -> None:
        layers: Any = (norm_layer, activation_layer, dilation, inplace, bias)
        super().__init__(in_channels, out_channels, kernel_size, stride, padding, groups, *layers)


class Conv3dNormActivation(ConvNormActivation):
    """A convolution of volumes that keeps the size (of stride 1), a norm and an activation."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | Sequence[int] = 3,
        stride: int | Sequence[int] = 1,
        padding: int | Sequence[int] | str | None = None,
        groups: int = 1,
        norm_layer: Layer | None = nn.BatchNorm3d,
        activation_layer: Layer | None = nn.ReLU,
        dilation: int | Sequence[int] = 1,
        inplace: bool | None = True,
        bias: bool | None = None,
    ) -> None:
        layers: Any = (norm_layer, activation_layer, dilation, inplace, bias, nn.Conv3d)
        super().__init__(in_channels, out_channels, kernel_size, stride, padding, groups, *layers)


class SqueezeExcitation(nn.Module):
    """Channels weighed by what their means say (Hu et al. 2017, arXiv 1709.01507): (N, C, H, W) likewise."""

    def __init__(
        self,
        input_channels: int,
        squeeze_channels: int,
        activation: Layer = nn.ReLU,
        scale_activation: Layer = nn.Sigmoid,
    ) -> None:
        super().__init__()
        self.avgpool: nn.AdaptiveAvgPool2d = nn.AdaptiveAvgPool2d(1)
        self.fc1: nn.Conv2d = nn.Conv2d(input_channels, squeeze_channels, 1)
        self.fc2: nn.Conv2d = nn.Conv2d(squeeze_channels, input_channels, 1)
        self.activation: nn.Module = activation()
        self.scale_activation: nn.Module = scale_activation()

    def forward(self, input: Tensor) -> Tensor:
        weights = self.fc2(self.activation(self.fc1(self.avgpool(input))))
        return self.scale_activation(weights) * input


def stochastic_depth(input: Tensor, p: float, mode: str, training: bool = True) -> Tensor:
    """Zero with probability ``p``, and else divided by 1 - ``p``: the whole ("batch"), or each item ("row")
    by itself (Huang et al. 2016, arXiv 1603.09382)."""
    if not 0 <= p <= 1:
        raise ValueError(f"drop probability has to be between 0 and 1, but got {p}")
    if mode not in ("batch", "row"):
        raise ValueError(f"mode has to be either 'batch' or 'row', but got {mode}")
    if not training or p == 0.0:
        return input
    survival = 1.0 - p
    shape = [1] * input.ndim if mode == "batch" else [input.shape[0], *[1] * (input.ndim - 1)]
    noise = empty(shape, dtype=input.dtype, device=input.device).bernoulli_(survival)
    return input * (noise.div_(survival) if survival > 0 else noise)


class StochasticDepth(nn.Module):
    """:func:`stochastic_depth` while training."""

    def __init__(self, p: float, mode: str) -> None:
        super().__init__()
        self.p = p
        self.mode = mode

    def forward(self, input: Tensor) -> Tensor:
        return stochastic_depth(input, self.p, self.mode, self.training)

    def extra_repr(self) -> str:
        return f"p={self.p}, mode={self.mode}"


class FrozenBatchNorm2d(nn.Module):
    """Batch normalisation whose numbers are buffers: (x - running_mean) / sqrt(running_var + eps) * weight +
    bias."""

    def __init__(self, num_features: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.eps = eps
        for name, value in (("weight", 1.0), ("bias", 0.0), ("running_mean", 0.0), ("running_var", 1.0)):
            self.register_buffer(name, empty(num_features).fill_(value))

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *notes: Any) -> None:
        """A file may be that of a BatchNorm2d, which counts batches."""
        state_dict.pop(f"{prefix}num_batches_tracked", None)
        super()._load_from_state_dict(state_dict, prefix, *notes)

    def forward(self, x: Tensor) -> Tensor:
        w, b, mean, var = (
            getattr(self, name).reshape(1, -1, 1, 1)
            for name in ("weight", "bias", "running_mean", "running_var")
        )
        scale = w * (var + self.eps).rsqrt()
        return x * scale + (b - mean * scale)

    def extra_repr(self) -> str:
        return f"{self.weight.shape[0]}, eps={self.eps}"


class MLP(nn.Sequential):
    """Linear layers, each but the last with a norm, an activation and dropout."""

    def __init__(
        self,
        in_channels: int,
        hidden_channels: Sequence[int],
        norm_layer: Layer | None = None,
        activation_layer: Layer | None = nn.ReLU,
        inplace: bool | None = None,
        bias: bool = True,
        dropout: float = 0.0,
    ) -> None:
        options: dict[str, Any] = {} if inplace is None else {"inplace": inplace}
        layers: list[nn.Module] = []
        for width in hidden_channels[:-1]:
            layers.append(nn.Linear(in_channels, width, bias=bias))
            if norm_layer is not None:
                layers.append(norm_layer(width))
            if activation_layer is not None:
                layers.append(activation_layer(**options))
            layers.append(nn.Dropout(dropout, **options))
            in_channels = width
        layers += [nn.Linear(in_channels, hidden_channels[-1], bias=bias), nn.Dropout(dropout, **options)]
        super().__init__(*layers)


class Permute(nn.Module):
    """The axes in another order."""

    def __init__(self, dims: Sequence[int]) -> None:
        super().__init__()
        self.dims = dims

    def forward(self, x: Tensor) -> Tensor:
        return x.permute(*self.dims)
