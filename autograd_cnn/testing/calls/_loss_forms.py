"""Arguments of losses."""

import math
from typing import Any

from ._draw import FLOATS, Code, Draw, Shape, below, uniform, whole
from ._layer_forms import floating
from ._operands import Place
from ._parameters import reshaped
from ._registry import form


def _pair(names: str, target: Any = None, least: int = 0) -> None:
    """Losses of two tensors of one shape."""

    def drawn(at: Place) -> dict[str, Any]:
        draw = at.draw
        dtype = floating(draw)
        shape = draw.shape(least, 4)
        values = uniform(0.05, 0.95) if at.door.base == "binary_cross_entropy" else None
        given: dict[str, Any] = {at.door.parameters[0].name: draw.tensor(shape, dtype, values)}
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
    shape, dtype = draw.shape(0, 3), floating(draw)
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


@form("linear_cross_entropy")
def _labels_of_products(at: Place) -> dict[str, Any]:
    draw = at.draw
    dtype = draw.dtype(FLOATS)
    batch, width, classes = draw.whole(1, 3), draw.whole(1, 4), draw.whole(1, 4)
    return {
        "input": draw.tensor((batch, width), dtype),
        "linear_weight": draw.tensor((classes, width), dtype),
        "target": draw.tensor((batch,), "int64", below(classes), wants=False),
        "linear_bias": draw.tensor((classes,), dtype) if draw.chance(0.5) else None,
        "weight": draw.tensor((classes,), dtype, uniform(0.1, 2), wants=False) if draw.chance(0.3) else None,
        "reduction": draw.one(("mean", "sum", "none")),
        "ignore_index": None,  # of no label that counts the mean is NaN, and its slopes are anybody's
    }


@form("multi_margin_loss", "multilabel_margin_loss")
def _margins(at: Place) -> dict[str, Any]:
    draw = at.draw
    dtype = floating(draw)
    classes, single = draw.whole(1, 4), draw.chance(0.3)
    batch = draw.whole(1, 3)
    shape: Shape = (classes,) if single else (batch, classes)
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
    dtype = floating(draw)
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
    given: dict[str, Any] = dict(zip(names, (*first, third), strict=False))
    if at.door.base == "triplet_margin_loss":
        given["p"] = draw.one((2, 1, 0, 3, 1.5, math.inf))  # below 1 equal points are at a pole of the slope
    return given


@form("cosine_similarity", "pairwise_distance")
def _similarity(at: Place) -> dict[str, Any]:
    draw = at.draw
    shape, dtype = draw.shape(1, 3), floating(draw)
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
    return {"input": at.draw.tensor(shape, floating(at.draw))}


@form("ctc_loss")
def _ctc(at: Place) -> dict[str, Any]:
    draw = at.draw
    steps, batch, classes, most = draw.whole(6, 8), draw.whole(1, 3), draw.whole(2, 4), draw.whole(1, 3)
    x = draw.tensor((steps, batch, classes), draw.dtype(FLOATS[:2]))
    lengths = tuple(draw.whole(2 * most, steps) for _ in range(batch))  # long enough for any targets
    goals = tuple(draw.whole(1, most) for _ in range(batch))
    labels = whole(1, classes - 1)  # of one that is no class PyTorch reads past the end
    targets = draw.tensor((batch, most), "int64", labels, wants=False)
    return {
        "log_probs": Code(f"{x}.log_softmax(2)"),
        "targets": targets,
        "input_lengths": lengths,
        "target_lengths": goals,
    }


@form("gumbel_softmax")
def _gumbel(at: Place) -> dict[str, Any]:
    return {"logits": at.draw.tensor(at.draw.shape(1, 3), floating(at.draw))}


@form("threshold", "hardtanh", "rrelu")
def _limits(at: Place) -> dict[str, Any]:
    draw = at.draw
    given: dict[str, Any] = {"input": draw.tensor(None, floating(draw))}
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
