"""Arguments of the functions of neural networks."""

import math
from collections.abc import Callable
from typing import Any

from ._draw import FLOATS, Code, Draw, Shape, below, uniform
from ._parameters import Place, reshaped

Form = Callable[[Place], dict[str, Any]]

NETWORK_FORMS: dict[str, Form] = {}


def form(*names: str) -> Callable[[Form], Form]:
    """Declare the arguments of these functions."""

    def declared(function: Form) -> Form:
        NETWORK_FORMS.update(dict.fromkeys(names, function))
        return function

    return declared


def _float(draw: Draw) -> str:
    return draw.dtype(FLOATS) if draw.chance(0.97) else draw.dtype()


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
    dtype = _float(draw)
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
    dtype = _float(at.draw)
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
        "input": draw.tensor(_image(draw, axes), _float(draw), values),
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
    return {"input": draw.tensor(_image(draw, axes), _float(draw)), "output_size": sizes}


@form("max_unpool1d", "max_unpool2d", "max_unpool3d")
def _unpool(at: Place) -> dict[str, Any]:
    draw, axes = at.draw, _axes(at)
    x = draw.tensor(_image(draw, axes, least=4), _float(draw), None)
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
    given: dict[str, Any] = {"input": draw.tensor(shape, _float(draw))}
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
        "scale_factor": draw.one((2, 0.5, 1.5, 2.0, tuple(draw.one((0.5, 2.0, 1.3)) for _ in range(axes)))),
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
        "input": draw.tensor(shape, _float(draw)),
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
        "input": draw.tensor(_image(draw, 2), _float(draw)),
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
        "input": draw.tensor(_image(draw, axes), _float(draw)),
        "pad": tuple(draw.whole(0, 2) for _ in range(2 * axes)),
        "mode": mode,
    }


# normalization


@form("batch_norm", "instance_norm")
def _batch_norm(at: Place) -> dict[str, Any]:
    draw = at.draw
    dtype = _float(draw)
    shape = draw.shape(2, 5)
    channels = shape[1]
    given: dict[str, Any] = {"input": draw.tensor(shape, dtype)}
    batch = at.door.base == "batch_norm"
    with_moments = draw.chance(0.5)
    moments = [
        draw.tensor((channels,), dtype, uniform(0.2, 2), wants=False) if with_moments else None
        for _ in range(2)
    ]
    given |= {"running_mean": moments[0], "running_var": moments[1]}
    given["weight"] = draw.tensor((channels,), dtype) if draw.chance(0.5) else None
    given["bias"] = draw.tensor((channels,), dtype) if draw.chance(0.5) else None
    given["training" if batch else "use_input_stats"] = not with_moments or draw.chance(0.5)
    given["momentum"] = draw.one((0.1, 0.5))
    return given


@form("layer_norm", "rms_norm")
def _layer_norm(at: Place) -> dict[str, Any]:
    draw = at.draw
    dtype = _float(draw)
    shape = draw.shape(1, 4)
    over = shape[draw.whole(0, len(shape) - 1) :]
    given: dict[str, Any] = {
        "input": draw.tensor(shape, dtype),
        "normalized_shape": draw.one((tuple, list))(over),
    }
    given["weight"] = draw.tensor(over, dtype) if draw.chance(0.5) else None
    if at.door.base == "layer_norm":
        given["bias"] = draw.tensor(over, dtype) if draw.chance(0.5) else None
    return given


@form("group_norm")
def _group_norm(at: Place) -> dict[str, Any]:
    draw = at.draw
    dtype = _float(draw)
    groups = draw.whole(1, 2)
    channels = groups * draw.whole(1, 2)
    shape = (draw.whole(1, 2), channels, *draw.shape(0, 2))
    return {
        "input": draw.tensor(shape, dtype),
        "num_groups": groups,
        "weight": draw.tensor((channels,), dtype) if draw.chance(0.5) else None,
        "bias": draw.tensor((channels,), dtype) if draw.chance(0.5) else None,
    }


@form("local_response_norm")
def _response_norm(at: Place) -> dict[str, Any]:
    return {"input": at.draw.tensor(at.draw.shape(3, 4), _float(at.draw)), "size": at.draw.whole(1, 3)}


@form("normalize")
def _normalize(at: Place) -> dict[str, Any]:
    return {
        "input": at.draw.tensor(at.draw.shape(1, 4), _float(at.draw)),
        "p": at.draw.one((2.0, 1, 3)),
        "dim": at.draw.one((0, -1)),
    }


# linear and embeddings


@form("linear", "bilinear")
def _linear(at: Place) -> dict[str, Any]:
    draw = at.draw
    dtype = _float(draw)
    n, m, k = draw.size(), draw.size(), draw.size()
    batch = draw.shape(0, 2)
    bias = draw.tensor((m,), dtype) if draw.chance(0.5) else None
    if at.door.base == "bilinear":
        return {
            "input1": draw.tensor((*batch, n), dtype),
            "input2": draw.tensor((*batch, k), dtype),
            "weight": draw.tensor((m, n, k), dtype),
            "bias": bias,
        }
    if draw.chance(0.1):
        return {"input": draw.tensor((*batch, n), dtype), "weight": draw.tensor((n,), dtype), "bias": None}
    return {"input": draw.tensor((*batch, n), dtype), "weight": draw.tensor((m, n), dtype), "bias": bias}


@form("embedding", "embedding_bag")
def _embedding(at: Place) -> dict[str, Any]:
    draw = at.draw
    rows, width = draw.whole(2, 5), draw.whole(1, 4)
    shape = draw.shape(0, 3) if at.door.base == "embedding" else draw.shape(1, 2)
    index = draw.tensor(shape, draw.one(("int64", "int64", "int32")), below(rows), wants=False)
    given: dict[str, Any] = {"input": index, "weight": draw.tensor((rows, width), _float(draw))}
    given["padding_idx"] = draw.one((None, None, 0, 1, -1))
    if at.door.base == "embedding_bag":
        given["mode"] = draw.one(("sum", "mean", "max"))
        if len(shape) == 1:
            given["offsets"] = Code(
                f"torch.tensor([0, {draw.whole(0, shape[0])}], dtype=torch.{draw.made[index].dtype})"
            )
        elif given["mode"] == "sum" and draw.chance(0.4):
            given["per_sample_weights"] = draw.tensor(shape, draw.made[given["weight"]].dtype)
        given.setdefault("offsets", None)
    return given


@form("one_hot")
def _one_hot(at: Place) -> dict[str, Any]:
    return {"tensor": at.draw.tensor(None, "int64", uniform(0, 4), wants=False)}


@form("prelu")
def _prelu(at: Place) -> dict[str, Any]:
    draw = at.draw
    shape, dtype = draw.shape(0, 4), _float(draw)
    channels = shape[1] if len(shape) > 1 else 1
    return {
        at.door.parameters[0].name: draw.tensor(shape, dtype),
        "weight": draw.tensor(draw.one(((1,), (channels,), ())), dtype),
    }


@form("glu")
def _glu(at: Place) -> dict[str, Any]:
    draw = at.draw
    shape = list(draw.shape(1, 3))
    axis = draw.whole(0, len(shape) - 1)
    shape[axis] *= 2
    return {"input": draw.tensor(tuple(shape), _float(draw)), "dim": axis}


@form("scaled_dot_product_attention")
def _attention(at: Place) -> dict[str, Any]:
    draw = at.draw
    dtype = draw.dtype(FLOATS[:2])
    batch = draw.one(((2,), (2, 2), (1, 3)))
    length, source, width, value = draw.whole(1, 4), draw.whole(1, 4), draw.whole(1, 4), draw.whole(1, 3)
    given: dict[str, Any] = {
        "query": draw.tensor((*batch, length, width), dtype),
        "key": draw.tensor((*batch, source, width), dtype),
        "value": draw.tensor((*batch, source, value), dtype),
        "dropout_p": 0.0,
        "enable_gqa": False,
    }
    given["attn_mask"] = draw.one((None, draw.tensor((length, source), draw.one(("bool", dtype)))))
    given["is_causal"] = given["attn_mask"] is None and draw.chance(0.4)
    return given


# losses


def _pair(names: str, target: Any = None, least: int = 0) -> None:
    """Losses of two tensors of one shape."""

    def drawn(at: Place) -> dict[str, Any]:
        draw = at.draw
        dtype = _float(draw)
        shape = draw.shape(least, 4)
        values = uniform(0.05, 0.95) if at.door.base == "binary_cross_entropy" else None
        given = {at.door.parameters[0].name: draw.tensor(shape, dtype, values)}
        other = dtype if draw.chance(0.95) else draw.dtype()
        given[at.door.parameters[1].name] = draw.tensor(
            shape if draw.chance(0.95) else draw.beside(shape), other, target
        )
        for name in ("weight", "pos_weight"):
            if draw.chance(0.25) and any(p.name == name for p in at.door.parameters):
                given[name] = draw.tensor(
                    draw.beside(shape)[: len(shape)] if draw.chance(0.3) else shape, dtype, uniform(0.1, 2)
                )
            else:
                given[name] = None
        return {
            name: value
            for name, value in given.items()
            if value is not None or any(p.name == name for p in at.door.parameters)
        }

    form(*names.split())(drawn)


def _signs(draw: Draw, count: int, dtype: str) -> list[float]:
    return [draw.one((1, -1)) if dtype not in ("bool", "uint8") else 1 for _ in range(count)]


_pair("l1_loss mse_loss smooth_l1_loss huber_loss")
_pair("kl_div binary_cross_entropy binary_cross_entropy_with_logits poisson_nll_loss", uniform(0.05, 0.95))
_pair("multilabel_soft_margin_loss", uniform(0, 1), 1)
_pair("soft_margin_loss hinge_embedding_loss", _signs)


@form("gaussian_nll_loss")
def _gaussian(at: Place) -> dict[str, Any]:
    draw = at.draw
    shape, dtype = draw.shape(0, 3), _float(draw)
    var = (
        draw.tensor(draw.one((shape, (*shape[:-1], 1), shape[:-1])), dtype, uniform(0.2, 2))
        if draw.chance(0.8)
        else 1.5
    )
    return {"input": draw.tensor(shape, dtype), "target": draw.tensor(shape, dtype), "var": var}


@form("cross_entropy", "nll_loss")
def _labels(at: Place) -> dict[str, Any]:
    draw = at.draw
    dtype = draw.dtype(FLOATS)
    classes = draw.whole(1, 4)
    batch, spatial = draw.one((1, 2, 3)), draw.shape(0, 2)
    single = draw.chance(0.2)
    shape = (classes,) if single else (batch, classes, *spatial)
    labels = () if single else (batch, *spatial)
    given: dict[str, Any] = {"input": draw.tensor(shape, dtype)}
    if at.door.base == "cross_entropy" and draw.chance(0.25):
        given["target"] = draw.tensor(shape, dtype, uniform(0, 1))
        given["ignore_index"] = -100
    else:
        given["target"] = draw.tensor(
            labels, draw.one(("int64", "int64", "int64", "uint8", "int32")), below(classes), wants=False
        )
    given["weight"] = (
        draw.tensor((classes,), dtype, uniform(0.1, 2), wants=False) if draw.chance(0.3) else None
    )
    return given


@form("multi_margin_loss", "multilabel_margin_loss")
def _margins(at: Place) -> dict[str, Any]:
    draw = at.draw
    dtype = _float(draw)
    classes, single = draw.whole(1, 4), draw.chance(0.3)
    batch = draw.whole(1, 3)
    shape = (classes,) if single else (batch, classes)
    if at.door.base == "multilabel_margin_loss":
        if draw.chance(0.1):
            shape = ()
        return {
            "input": draw.tensor(shape, dtype),
            "target": draw.tensor(shape, "int64", below(classes if shape else 1), wants=False),
        }
    labels = draw.one(((), (1,))) if single else (batch,)
    return {
        "input": draw.tensor(shape, dtype),
        "target": draw.tensor(labels, "int64", below(classes), wants=False),
        "p": draw.one((1, 2)),
        "weight": draw.tensor((classes,), dtype, uniform(0.2, 2), wants=False) if draw.chance(0.3) else None,
    }


@form(
    "margin_ranking_loss", "cosine_embedding_loss", "triplet_margin_loss", "triplet_margin_with_distance_loss"
)
def _three(at: Place) -> dict[str, Any]:
    draw = at.draw
    dtype = _float(draw)
    n, width = draw.whole(1, 3), draw.whole(1, 4)
    single = draw.chance(0.2)
    shape = (width,) if single else (n, width)
    names = [p.name for p in at.door.parameters[:3]]
    first = [draw.tensor(shape, dtype), draw.tensor(shape, dtype)]
    if at.door.base.startswith("triplet"):
        third = draw.tensor(shape, dtype)
    elif at.door.base == "margin_ranking_loss":
        third = draw.tensor(shape, dtype, _signs, wants=False)
    else:
        third = draw.tensor(() if single else (n,), dtype, _signs, wants=False)
    return dict(zip(names, (*first, third), strict=False))


@form("cosine_similarity", "pairwise_distance")
def _similarity(at: Place) -> dict[str, Any]:
    draw = at.draw
    shape, dtype = draw.shape(1, 3), _float(draw)
    given: dict[str, Any] = {
        "x1": draw.tensor(shape, dtype),
        "x2": draw.tensor(draw.beside(shape), dtype if draw.chance(0.9) else draw.dtype()),
    }
    if at.door.base == "cosine_similarity":
        given["dim"] = draw.whole(-len(shape), len(shape) - 1)
    return given


@form("pdist")
def _pdist(at: Place) -> dict[str, Any]:
    shape = (
        at.draw.whole(1, 4),
        at.draw.whole(1, 4),
    )  # the second derivative of an empty one ends PyTorch's process
    return {"input": at.draw.tensor(shape, _float(at.draw))}


@form("ctc_loss")
def _ctc(at: Place) -> dict[str, Any]:
    draw = at.draw
    steps, batch, classes, most = draw.whole(6, 8), draw.whole(1, 3), draw.whole(2, 4), draw.whole(1, 3)
    x = draw.tensor((steps, batch, classes), draw.dtype(FLOATS[:2]))
    lengths = tuple(draw.whole(2 * most, steps) for _ in range(batch))  # long enough for any targets
    goals = tuple(draw.whole(1, most) for _ in range(batch))
    targets = draw.tensor((batch, most), "int64", below(classes, 1), wants=False)
    return {
        "log_probs": Code(f"{x}.log_softmax(2)"),
        "targets": targets,
        "input_lengths": lengths,
        "target_lengths": goals,
    }


@form("gumbel_softmax")
def _gumbel(at: Place) -> dict[str, Any]:
    return {"logits": at.draw.tensor(at.draw.shape(1, 3), _float(at.draw))}


@form("threshold", "hardtanh", "rrelu")
def _limits(at: Place) -> dict[str, Any]:
    draw = at.draw
    given: dict[str, Any] = {"input": draw.tensor(None, _float(draw))}
    if at.door.base == "threshold":
        return given | {"threshold": draw.number(), "value": draw.number()}
    if at.door.base == "rrelu":
        return given | {"lower": 0.1, "upper": 0.4}
    return given | {"min_val": draw.number(-2, 0), "max_val": draw.number(0, 2)}


@form("flatten_", "view_as", "reshape_as", "expand_as")
def _as_other(at: Place) -> dict[str, Any]:
    draw = at.draw
    x = draw.tensor()
    if at.door.base == "expand_as":
        return {"input": draw.tensor(tuple(1 if draw.chance(0.4) else n for n in at.shape)), "other": x}
    shape = reshaped(at)
    if -1 in shape or math.prod(shape) != math.prod(at.shape):
        shape = (math.prod(at.shape),)
    return {"input": x, "other": draw.tensor(tuple(shape))}
