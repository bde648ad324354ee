"""Feature maps of several sizes that know of each other (Lin et al. 2017, arXiv 1612.03144)."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from ... import nn
from ..._tensor import Tensor
from ...models._blocks import Conv2dNormActivation as Conv2dNormActivation
from ...models._blocks import rename_older
from ...nn import functional as F

__all__ = ["FeaturePyramidNetwork"]

Maps = list[Tensor]


class ExtraFPNBlock(nn.Module):
    """What adds maps to a pyramid: ``forward(results, x, names)`` gives the maps and their names again."""

    def forward(self, results: Maps, x: Maps, names: list[str]) -> tuple[Maps, list[str]]:
        raise NotImplementedError(f"{type(self).__name__} needs a forward(results, x, names)")


class FeaturePyramidNetwork(nn.Module):
    """Maps of ``in_channels_list`` channels, the largest first, to as many of ``out_channels``: each gets
    what the smaller ones say, enlarged.

    Called with a dict of maps; gives an ``OrderedDict`` of the same names, and those of ``extra_blocks``.
    """

    _version = 2

    def __init__(
        self,
        in_channels_list: Sequence[int],
        out_channels: int,
        extra_blocks: ExtraFPNBlock | None = None,
        norm_layer: Callable[..., nn.Module] | None = None,
    ) -> None:
        super().__init__()
        if 0 in in_channels_list:
            raise ValueError("in_channels=0 is currently not supported")
        if extra_blocks is not None and not isinstance(extra_blocks, ExtraFPNBlock):
            raise TypeError(f"extra_blocks should be of type ExtraFPNBlock not {type(extra_blocks)}")
        self.inner_blocks: nn.ModuleList = nn.ModuleList()
        self.layer_blocks: nn.ModuleList = nn.ModuleList()
        options: dict[str, Any] = {"norm_layer": norm_layer, "activation_layer": None}
        for channels in in_channels_list:
            self.inner_blocks.append(Conv2dNormActivation(channels, out_channels, 1, padding=0, **options))
            self.layer_blocks.append(Conv2dNormActivation(out_channels, out_channels, 3, **options))
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_uniform_(module.weight, a=1)
                if module.bias is not None:
                    nn.init.constant_(module.bias, 0)
        self.extra_blocks = extra_blocks

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *notes: Any) -> None:
        """The first version had convolutions alone, without a sequence around each."""
        old = [
            f"{blocks}.{i}.{name}"
            for blocks in ("inner_blocks", "layer_blocks")
            for i in range(len(self.inner_blocks))
            for name in ("weight", "bias")
        ]
        rename_older(state_dict, prefix, {name: ".0.".join(name.rsplit(".", 1)) for name in old})
        super()._load_from_state_dict(state_dict, prefix, *notes)

    def get_result_from_inner_blocks(self, x: Tensor, idx: int) -> Tensor:
        """``x`` through the ``idx``-th convolution that brings a map to the common number of channels."""
        found: Tensor = self.inner_blocks[idx](x)
        return found

    def get_result_from_layer_blocks(self, x: Tensor, idx: int) -> Tensor:
        """``x`` through the ``idx``-th convolution that makes a result."""
        found: Tensor = self.layer_blocks[idx](x)
        return found

    def forward(self, x: dict[str, Tensor]) -> dict[str, Tensor]:
        names, maps = list(x), list(x.values())
        inner = self.get_result_from_inner_blocks(maps[-1], -1)
        results = [self.get_result_from_layer_blocks(inner, -1)]
        for i in reversed(range(len(maps) - 1)):
            beside = self.get_result_from_inner_blocks(maps[i], i)
            inner = beside + F.interpolate(inner, size=tuple(beside.shape[-2:]), mode="nearest")
            results.insert(0, self.get_result_from_layer_blocks(inner, i))
        if self.extra_blocks is not None:
            results, names = self.extra_blocks(results, maps, names)
        return OrderedDict(zip(names, results, strict=False))


class LastLevelMaxPool(ExtraFPNBlock):
    """Every second pixel of the smallest map, as one map more: "pool"."""

    def forward(  # type: ignore[override]  # torchvision names them so
        self, x: Maps, y: Maps, names: list[str]
    ) -> tuple[Maps, list[str]]:
        names.append("pool")
        x.append(F.max_pool2d(x[-1], 1, stride=2))
        return x, names


class LastLevelP6P7(ExtraFPNBlock):
    """Two maps more, "p6" and "p7", by convolutions of stride 2: of the smallest result, or of the smallest
    map where that has another number of channels."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.p6: nn.Conv2d = nn.Conv2d(in_channels, out_channels, 3, 2, 1)
        self.p7: nn.Conv2d = nn.Conv2d(out_channels, out_channels, 3, 2, 1)
        for module in (self.p6, self.p7):
            nn.init.kaiming_uniform_(module.weight, a=1)
            assert module.bias is not None
            nn.init.constant_(module.bias, 0)
        self.use_P5: bool = in_channels == out_channels

    def forward(self, p: Maps, c: Maps, names: list[str]) -> tuple[Maps, list[str]]:
        p6 = self.p6(p[-1] if self.use_P5 else c[-1])
        p += [p6, self.p7(F.relu(p6))]
        names += ["p6", "p7"]
        return p, names
