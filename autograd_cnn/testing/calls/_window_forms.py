"""Arguments of convolutions, pooling, resizing and what else works with windows."""

from typing import Any

from ._draw import FLOATS, Code, Draw, Shape, uniform
from ._layer_forms import floating
from ._operands import Place
from ._registry import form


def _axes(at: Place) -> int:
    return next((int(c) for c in at.door.base if c in "123"), 1)


def _image(draw: Draw, axes: int, channels: int | None = None, least: int = 3) -> Shape:
    batch = (draw.one((1, 2, 2, 3)),) if draw.chance(0.8) else ()
    if draw.chance(0.02):
        batch = (0,)
    channels = draw.one((1, 2, 3, 4)) if channels is None else channels
    most = {1: 9, 2: 7, 3: 4}[axes]
    return (*batch, channels, *(draw.whole(min(least, most), most) for _ in range(axes)))


def _per_axis(draw: Draw, axes: int, low: int, high: int) -> Any:
    if draw.chance(0.5):
        return draw.whole(low, high)
    return draw.one((tuple, list))(draw.whole(low, high) for _ in range(axes))


@form("conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d")
def _convolution(at: Place) -> dict[str, Any]:
    draw, axes = at.draw, _axes(at)
    transposed = "transpose" in at.door.base
    groups = draw.one((1, 1, 1, 2))
    per_in, per_out = draw.whole(1, 3), draw.whole(1, 3)
    dtype = floating(draw)
    x = draw.tensor(_image(draw, axes, groups * per_in), dtype)
    kernel = tuple(draw.whole(1, 3 if axes < 3 else 2) for _ in range(axes))
    shape = (groups * per_in, per_out, *kernel) if transposed else (groups * per_out, per_in, *kernel)
    given: dict[str, Any] = {"input": x, "weight": draw.tensor(shape, dtype), "groups": groups}
    given["bias"] = draw.tensor((groups * per_out,), dtype) if draw.chance(0.6) else None
    given["stride"] = _per_axis(draw, axes, 1, 2)
    given["padding"] = (
        _per_axis(draw, axes, 0, 2) if transposed or draw.chance(0.85) else draw.one(("valid", "same"))
    )
    given["dilation"] = _per_axis(draw, axes, 1, 2) if draw.chance(0.3) else 1
    if transposed:
        given["output_padding"] = _per_axis(draw, axes, 0, 1) if draw.chance(0.3) else 0
    return given


@form("conv_tbc")
def _conv_tbc(at: Place) -> dict[str, Any]:
    dtype = floating(at.draw)
    return {
        "input": at.draw.tensor((5, 2, 3), dtype),
        "weight": at.draw.tensor((2, 3, 4), dtype),
        "bias": at.draw.tensor((4,), dtype),
    }


POOLS = "max_pool1d max_pool2d max_pool3d avg_pool1d avg_pool2d avg_pool3d lp_pool1d lp_pool2d lp_pool3d"


@form(*POOLS.split(), *(f"max_pool{n}d_with_indices" for n in (1, 2, 3)))
def _pooling(at: Place) -> dict[str, Any]:
    draw, axes = at.draw, _axes(at)
    values = uniform(0.1, 3) if at.door.base.startswith("lp") else None
    given: dict[str, Any] = {
        "input": draw.tensor(_image(draw, axes), floating(draw), values),
        "kernel_size": _per_axis(draw, axes, 1, 3),
    }
    if draw.chance(0.6):
        given["stride"] = _per_axis(draw, axes, 1, 3)
    if draw.chance(0.4) and not at.door.base.startswith("lp"):
        given["padding"] = _per_axis(draw, axes, 0, 1)
    if at.door.base.startswith("max") and draw.chance(0.2):
        given["dilation"] = _per_axis(draw, axes, 1, 2)
    if at.door.base.startswith("lp"):
        given["norm_type"] = draw.one((2, 3.0, 1))
    if at.door.base in ("avg_pool2d", "avg_pool3d") and draw.chance(0.3):
        given["divisor_override"] = draw.one((None, 2, 5))
    return given


@form(
    *(
        f"adaptive_{kind}_pool{n}d{rest}"
        for kind in ("avg", "max")
        for n in (1, 2, 3)
        for rest in ("", "_with_indices")
    )
)
def _adaptive(at: Place) -> dict[str, Any]:
    draw, axes = at.draw, _axes(at)
    sizes: Any = _per_axis(draw, axes, 1, 4)
    if axes > 1 and draw.chance(0.2):
        sizes = (None, *[draw.whole(1, 3) for _ in range(axes - 1)])
    return {"input": draw.tensor(_image(draw, axes), floating(draw)), "output_size": sizes}


@form(*(f"fractional_max_pool{n}d{rest}" for n in (2, 3) for rest in ("", "_with_indices")))
def _fractional(at: Place) -> dict[str, Any]:
    draw, axes = at.draw, _axes(at)
    x = draw.tensor(_image(draw, axes), floating(draw))
    batch, channels = at.shape[:2] if len(at.shape) == axes + 2 else (1, at.shape[0])
    samples = draw.tensor((batch, channels, axes), at.dtype, uniform(0, 0.95), wants=False)
    return {
        "input": x,
        "kernel_size": draw.whole(1, 2),
        "output_size": draw.whole(1, 2),
        "output_ratio": None,
        "_random_samples": samples,
    }


@form("max_unpool1d", "max_unpool2d", "max_unpool3d")
def _unpool(at: Place) -> dict[str, Any]:
    draw, axes = at.draw, _axes(at)
    x = draw.tensor(_image(draw, axes, least=4), floating(draw), None)
    pooled = f"F.max_pool{axes}d({x}, 2, return_indices=True)"
    return {"input": Code(f"{pooled}[0]"), "indices": Code(f"{pooled}[1]"), "kernel_size": 2}


@form("interpolate", "upsample", "upsample_nearest", "upsample_bilinear")
def _interpolate(at: Place) -> dict[str, Any]:
    draw = at.draw
    axes = draw.whole(1, 3)
    mode = draw.one(
        (
            "nearest",
            "nearest-exact",
            "area",
            {1: "linear", 2: "bilinear", 3: "trilinear"}[axes],
            "bicubic" if axes == 2 else "nearest",
        )
    )
    if at.door.base == "upsample_bilinear":
        axes = 2
    shape = (draw.whole(1, 2), *_image(draw, axes)[-axes - 1 :])
    given: dict[str, Any] = {"input": draw.tensor(shape, floating(draw))}
    if at.door.base in ("interpolate", "upsample"):
        given["mode"] = mode
        if mode in ("linear", "bilinear", "trilinear", "bicubic"):
            given["align_corners"] = draw.one((True, False, None))
        else:
            given["align_corners"] = None
        if at.door.base == "interpolate":
            given["antialias"] = mode in ("bilinear", "bicubic") and draw.chance(0.3)
    if draw.chance(0.5):
        return given | {
            "size": _per_axis(draw, axes, 1, 8),
            "scale_factor": None,
            "recompute_scale_factor": None,
        }
    return given | {
        "scale_factor": draw.one((2, 0.5, 1.5, 2.0, tuple(draw.one((0.5, 2.0, 1.4)) for _ in range(axes)))),
        "size": None,
    }


@form("grid_sample")
def _grid_sample(at: Place) -> dict[str, Any]:
    draw = at.draw
    dtype = draw.dtype(FLOATS[:2])
    axes = draw.one((2, 2, 3))
    shape = (2, *_image(draw, axes)[-axes - 1 :])
    grid = (2, *(draw.whole(1, 3) for _ in range(axes)), axes)
    return {
        "input": draw.tensor(shape, dtype),
        "grid": draw.tensor(grid, dtype, uniform(-1.2, 1.2)),
        "mode": draw.one(("bilinear", "nearest", *(("bicubic",) if axes == 2 else ()))),
        "padding_mode": draw.one(("zeros", "border", "reflection")),
        "align_corners": draw.chance(0.5),
    }


@form("affine_grid")
def _affine_grid(at: Place) -> dict[str, Any]:
    draw = at.draw
    axes = draw.one((2, 3))
    size = (2, 1, *(draw.whole(1, 4) for _ in range(axes)))
    return {
        "theta": draw.tensor((2, axes, axes + 1), draw.dtype(FLOATS[:2])),
        "size": size,
        "align_corners": draw.chance(0.5),
    }


@form("pixel_shuffle", "pixel_unshuffle", "channel_shuffle", "native_channel_shuffle")
def _shuffle(at: Place) -> dict[str, Any]:
    draw = at.draw
    shape = {"pixel_shuffle": (2, 8, 3, 2), "pixel_unshuffle": (2, 3, 4, 6)}.get(at.door.base, (2, 4, 3, 3))
    if draw.chance(0.3) and "channel" not in at.door.base:
        shape = draw.one((shape[1:], (2, *shape)))
    return {"input": draw.tensor(shape), at.door.parameters[1].name: draw.one((2, 2, 1))}


@form("fold")
def _fold(at: Place) -> dict[str, Any]:
    draw = at.draw
    height, width = draw.whole(3, 5), draw.whole(3, 5)
    blocks = (height - 1) * (width - 1)
    shape = (2, 2 * 4, blocks) if draw.chance(0.7) else (2 * 4, blocks)
    return {
        "input": draw.tensor(shape, floating(draw)),
        "output_size": (height, width),
        "kernel_size": 2,
        "dilation": 1,
        "padding": 0,
        "stride": 1,
    }


@form("F.unfold")
def _unfold(at: Place) -> dict[str, Any]:
    draw = at.draw
    return {
        "input": draw.tensor(_image(draw, 2), floating(draw)),
        "kernel_size": _per_axis(draw, 2, 1, 3),
        "dilation": draw.one((1, 1, 2)) if draw.chance(0.2) else 1,
        "padding": _per_axis(draw, 2, 0, 1),
        "stride": _per_axis(draw, 2, 1, 2),
    }


@form("pad")
def _pad(at: Place) -> dict[str, Any]:
    draw = at.draw
    mode = draw.one(("constant", "constant", "reflect", "replicate", "circular"))
    if mode == "constant":
        x = draw.tensor()
        axes = draw.whole(0, len(at.shape))
        pad = [draw.whole(-1, 2) for _ in range(2 * axes)]
        return {
            "input": x,
            "pad": draw.one((tuple, list))(pad),
            "mode": mode,
            "value": draw.one((None, 0, 1.5, 2)),
        }
    axes = draw.whole(1, 3)
    return {
        "input": draw.tensor(_image(draw, axes), floating(draw)),
        "pad": tuple(draw.whole(0, 2) for _ in range(2 * axes)),
        "mode": mode,
    }
