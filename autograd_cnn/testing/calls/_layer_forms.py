"""Arguments of normalization, linear maps, embeddings, attention and activations."""

from typing import Any

from ._draw import FLOATS, Code, Draw, Plain, below, scattered, uniform
from ._operands import Place
from ._registry import form


def floating(draw: Draw) -> str:
    """The dtype of a layer's operands: a floating-point one, now and then another."""
    return draw.dtype(FLOATS) if draw.chance(0.97) else draw.dtype()


@form("batch_norm", "instance_norm")
def _batch_norm(at: Place) -> dict[str, Any]:
    draw = at.draw
    dtype = floating(draw)
    shape = draw.shape(2, 5)
    channels = shape[1]
    given: dict[str, Any] = {"input": draw.tensor(shape, dtype)}
    batch = at.door.base == "batch_norm"
    with_moments = draw.chance(0.5) and 0 not in shape  # the moments of nothing are anybody's
    moments = [
        draw.tensor((channels,), dtype, Plain(uniform(0.2, 2)), wants=False) if with_moments else None
        for _ in range(2)
    ]
    given |= {"running_mean": moments[0], "running_var": moments[1]}
    for name in ("weight", "bias"):  # PyTorch's kernel reads past those that have a stride
        given[name] = draw.tensor((channels,), dtype, Plain(scattered)) if draw.chance(0.5) else None
    given["training" if batch else "use_input_stats"] = not with_moments or draw.chance(0.5)
    given["momentum"] = draw.one((0.1, 0.5))
    if at.door.space == "torch":  # all is asked for there
        given |= {"eps": draw.one((1e-5, 0.1)), "cudnn_enabled": draw.chance(0.5)}
    return given


@form("layer_norm", "rms_norm")
def _layer_norm(at: Place) -> dict[str, Any]:
    draw = at.draw
    dtype = floating(draw)
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
    dtype = floating(draw)
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
    # of whole numbers PyTorch's mean is whole
    return {"input": at.draw.tensor(at.draw.shape(3, 4), at.draw.dtype(FLOATS)), "size": at.draw.whole(1, 3)}


@form("normalize")
def _normalize(at: Place) -> dict[str, Any]:
    return {
        "input": at.draw.tensor(at.draw.shape(1, 4), floating(at.draw)),
        "p": at.draw.one((2.0, 1, 3)),
        "dim": at.draw.one((0, -1)),
    }


@form("linear", "bilinear")
def _linear(at: Place) -> dict[str, Any]:
    draw = at.draw
    dtype = floating(draw)
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
    weight = draw.tensor((rows, width), floating(draw))
    if at.door.space == "torch" and at.door.base == "embedding":
        return {"weight": weight, "indices": index, "padding_idx": draw.one((-1, -1, 0, 1))}
    given: dict[str, Any] = {"input": index, "weight": weight}
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
    shape, dtype = draw.shape(0, 4), floating(draw)
    channels = shape[1] if len(shape) > 1 else 1
    return {
        at.door.parameters[0].name: draw.tensor(shape, dtype),
        "weight": draw.tensor(draw.one(((1,), (channels,), ())), dtype),
    }


@form("celu")
def _celu(at: Place) -> dict[str, Any]:
    # PyTorch rounds the quotient by alpha to a float32
    return {"input": at.draw.tensor(None, floating(at.draw)), "alpha": at.draw.one((1.0, 0.5, 2, -0.25))}


@form("softplus")
def _softplus(at: Place) -> dict[str, Any]:
    return {
        "input": at.draw.tensor(None, floating(at.draw)),
        "beta": at.draw.one((1, 2, 0.5, -1)),  # 0 divides
    }


@form("glu")
def _glu(at: Place) -> dict[str, Any]:
    draw = at.draw
    shape = list(draw.shape(1, 3))
    axis = draw.whole(0, len(shape) - 1)
    shape[axis] *= 2
    return {"input": draw.tensor(tuple(shape), floating(draw)), "dim": axis}


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


@form("multi_head_attention_forward")
def _heads(at: Place) -> dict[str, Any]:
    draw = at.draw
    dtype = draw.dtype(FLOATS[:2])
    heads, length, source = draw.whole(1, 2), draw.whole(1, 3), draw.whole(1, 3)
    width = heads * draw.whole(1, 2)
    batch = draw.one(((), (1,), (2,)))
    given: dict[str, Any] = {
        "query": draw.tensor((length, *batch, width), dtype),
        "key": draw.tensor((source, *batch, width), dtype),
        "value": draw.tensor((source, *batch, width), dtype),
        "embed_dim_to_check": width,
        "num_heads": heads,
        "in_proj_weight": draw.tensor((3 * width, width), dtype),
        "in_proj_bias": draw.tensor((3 * width,), dtype) if draw.chance(0.7) else None,
        "bias_k": None,
        "bias_v": None,
        "add_zero_attn": draw.chance(0.2),
        "dropout_p": 0.0,
        "out_proj_weight": draw.tensor((width, width), dtype),
        "out_proj_bias": draw.tensor((width,), dtype) if draw.chance(0.7) else None,
        "need_weights": draw.chance(0.6),
        "average_attn_weights": draw.chance(0.5),
    }
    if draw.chance(0.3):
        given["attn_mask"] = draw.tensor((length, source), dtype, scattered, wants=False)
    return given


@form("norm_except_dim")
def _norm_except(at: Place) -> dict[str, Any]:
    shape = at.draw.shape(1, 4)
    return {
        "v": at.draw.tensor(shape, floating(at.draw)),
        "pow": at.draw.one((2, 1)),
        "dim": at.draw.whole(-1, len(shape) - 1),
    }
