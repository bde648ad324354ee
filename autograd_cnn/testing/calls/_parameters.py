"""What an argument is drawn from, by the name of its parameter."""

import math
from collections.abc import Callable
from typing import Any

from ._draw import DTYPES, FLOATS, Code, below
from ._operands import Place
from ._surface import Parameter, words

Drawn = Callable[[Place], Any]


def dim(at: Place) -> Any:
    """One dimension, rarely one that is not there."""
    axes = max(len(at.shape), 1)
    if at.draw.chance(0.03):
        return at.draw.one((axes, -axes - 1))
    value = at.draw.whole(-axes, axes - 1)
    return Code(f"np.int64({value})") if at.draw.chance(0.02) else value


UNREDUCED = words("var std var_mean std_mean")
"""Functions that are not asked about an empty list of dimensions: PyTorch's gradient of a variance takes it
for one element."""


def dims(at: Place) -> Any:
    """One dimension or several."""
    axes = max(len(at.shape), 1)
    if at.draw.chance(0.5):
        return dim(at)
    if at.draw.chance(0.1):
        return None if at.door.base in UNREDUCED else at.draw.one(((), [], None))
    chosen = at.draw.random.sample(range(axes), at.draw.whole(1, axes))
    if at.draw.chance(0.03):
        chosen.append(chosen[0])
    return at.draw.one((tuple, list))(n - axes if at.draw.chance(0.3) else n for n in chosen)


def order(at: Place) -> Any:
    """All dimensions, in some order."""
    axes = len(at.shape)
    chosen = at.draw.random.sample(range(axes), axes)
    if at.draw.chance(0.03):
        chosen.append(0)
    return tuple(n - axes if at.draw.chance(0.2) else n for n in chosen)


def number(at: Place) -> Any:
    """A number of Python's, NumPy's, or a tensor without axes."""
    draw = at.draw
    style = draw.random.random()
    if style < 0.5:
        return draw.number()
    if style < 0.8:
        return draw.whole(-3, 3)
    if style < 0.86:
        return draw.one((True, False))
    if style < 0.93:
        return Code(draw.one(("np.float32(1.5)", "np.float64(0.5)", "np.int64(2)", "np.int32(3)")))
    return draw.tensor((), wants=False)


def plain_number(at: Place) -> Any:
    """A number of Python's."""
    return at.draw.one((at.draw.number(), at.draw.whole(-2, 3), 1))


def fraction(low: float, high: float) -> Drawn:
    """A float between two."""
    return lambda at: at.draw.number(low, high)


def one_of(*choices: Any) -> Drawn:
    """One of ``choices``."""
    return lambda at: at.draw.one(choices)


def counting(low: int, high: int) -> Drawn:
    """A whole number between two."""
    return lambda at: at.draw.whole(low, high)


def tensor_or_number(at: Place) -> Any:
    """A tensor that broadcasts with the first one, or a number."""
    draw = at.draw
    if draw.chance(0.25):
        return number(at)
    return another(at)


def another(at: Place) -> Any:
    """A tensor that broadcasts with the first one."""
    draw = at.draw
    dtype = at.dtype if draw.chance(0.7) else draw.dtype()
    return draw.tensor(draw.beside(at.shape), dtype)


def alike(at: Place) -> Any:
    """A tensor of the first one's shape."""
    return at.draw.tensor(at.shape, at.dtype if at.draw.chance(0.85) else at.draw.dtype())


def mask(at: Place) -> Any:
    """A mask that broadcasts with the first tensor."""
    return at.draw.tensor(
        at.draw.beside(at.shape), "bool" if at.draw.chance(0.97) else at.draw.dtype(), wants=False
    )


def reshaped(at: Place) -> Any:
    """A shape of as many elements, perhaps with a -1."""
    count = math.prod(at.shape)
    factors = [n for n in range(1, count + 1) if count % n == 0] or [0, 1, 2]
    first = at.draw.one(factors)
    rest = count // first if first else at.draw.whole(0, 3)
    shape = [first, rest]
    if at.draw.chance(0.3):
        shape.insert(at.draw.whole(0, 2), 1)
    if at.draw.chance(0.3):
        shape[at.draw.whole(0, len(shape) - 1)] = -1
    if at.draw.chance(0.15):
        shape = [-1]
    if at.draw.chance(0.03):
        shape.append(2)
    return at.draw.one((tuple, list))(shape)


def new_shape(at: Place) -> Any:
    """Any shape."""
    shape = at.draw.shape(0, 4)
    return at.draw.one((tuple, list))(shape) if at.draw.chance(0.97) else (*shape, -1)


def dtype(at: Place) -> Any:
    """A dtype, or Python's or none."""
    floating = at.door.base in ("randn", "rand", "softmax", "log_softmax", "softmin", "mean")
    if at.draw.chance(0.08):
        return Code("float" if floating else at.draw.one(("float", "int", "bool")))
    if at.draw.chance(0.1):
        return None
    return Code(f"torch.{at.draw.dtype(FLOATS if floating else DTYPES)}")


def places(at: Place) -> Any:
    """Whole numbers, as many as there are elements in a small tensor, within the first axis."""
    size = at.shape[0] if at.shape else 1
    return at.draw.tensor(at.draw.shape(0, 2), "int64", below(size), wants=False)


def tensors(at: Place) -> Any:
    """A list of tensors that have the same shape but perhaps for one axis."""
    draw = at.draw
    shape = draw.shape(0 if draw.chance(0.1) else 1, 4)
    dtype = draw.dtype()
    axis = draw.whole(0, len(shape) - 1) if shape else 0
    found = []
    for _ in range(draw.whole(1, 3)):
        sizes = list(shape)
        if shape and at.door.base in ("cat", "concat", "concatenate") and draw.chance(0.5):
            sizes[axis] = draw.size()
        found.append(draw.tensor(tuple(sizes), dtype if draw.chance(0.85) else draw.dtype()))
    return draw.one((list, tuple))(found)


def sections(at: Place) -> Any:
    """Into how many parts, or at which places."""
    return (
        at.draw.whole(1, 3)
        if at.draw.chance(0.6)
        else [at.draw.whole(-1, 4) for _ in range(at.draw.whole(1, 3))]
    )


def bound(at: Place) -> Any:
    """A bound of values: a number, a tensor or none."""
    return (
        at.draw.one((None, number(at), number(at), plain_number(at))) if at.draw.chance(0.8) else another(at)
    )


def steps_of_dims(at: Place) -> Any:
    """Shifts along dimensions, as many as ``dims`` has."""
    return at.draw.whole(-3, 3)


truth = one_of(True, False)

BY_NAME: dict[str, Drawn] = {
    "dim": dim,
    "axis": dim,
    "dim0": dim,
    "dim1": dim,
    "dim2": dim,
    "axis0": dim,
    "axis1": dim,
    "start_dim": dim,
    "end_dim": dim,
    "keepdim": truth,
    "other": tensor_or_number,
    "y": tensor_or_number,
    "x": another,
    "x1": another,
    "x2": another,
    "tensor1": another,
    "tensor2": another,
    "exponent": tensor_or_number,
    "end_tensor": another,
    "mask": mask,
    "condition": mask,
    "dtype": dtype,
    "device": one_of("cpu", Code("torch.device('cpu')"), None),
    "requires_grad": truth,
    "copy": truth,
    "non_blocking": truth,
    "value": number,
    "fill_value": number,
    "alpha": plain_number,
    "beta": plain_number,
    "min": bound,
    "max": bound,
    "shape": reshaped,
    "size": new_shape,
    "tensors": tensors,
    "index": places,
    "indices": places,
    "offset": counting(-2, 2),
    "diagonal": counting(-3, 3),
    "k": counting(-2, 3),
    "n": counting(0, 3),
    "m": counting(0, 3),
    "N": counting(0, 4),
    "p": one_of(2, 1, 0, 3, 2.0, 1.5, 0.5, math.inf, -math.inf, "fro"),
    "chunks": counting(1, 4),
    "indices_or_sections": sections,
    "largest": truth,
    "sorted": truth,
    "descending": truth,
    "stable": one_of(True, False, True),
    "unbiased": truth,
    "correction": one_of(0, 1, 0.25, 0.5, None),
    "rounding_mode": one_of(None, "trunc", "floor"),
    "equal_nan": truth,
    "rtol": one_of(1e-5, 0.1, 0.5),
    "atol": one_of(1e-8, 0.1),
    "decimals": counting(-2, 2),
    "nan": fraction(-2, 2),
    "posinf": fraction(-2, 9),
    "neginf": fraction(-9, 2),
    "eps": one_of(1e-5, 1e-3, 0.1),
    "weight": alike,
    "repeats": counting(0, 3),
    "shifts": steps_of_dims,
    "upper": truth,
    "left": truth,
    "right": truth,
    "out_int32": truth,
    "unitriangular": truth,
    "hermitian": truth,
    "full_matrices": truth,
    "some": truth,
    "compute_uv": truth,
    "transpose": truth,
    "return_inverse": truth,
    "return_counts": truth,
    "accumulate": truth,
    "include_self": truth,
    "replacement": truth,
    "with_replacement": truth,
    "training": truth,
    "train": truth,
    "inplace": one_of(False, False, True),
    "reduction": one_of("mean", "sum", "none", "mean", "sum", "none", "batchmean"),
    "delta": fraction(0.1, 2),
    "margin": fraction(0.1, 2),
    "swap": truth,
    "full": truth,
    "log_input": truth,
    "log_target": truth,
    "negative_slope": fraction(0, 0.5),
    "lambd": fraction(0, 1),
    "threshold": fraction(-1, 1),
    "approximate": one_of("none", "tanh"),
    "minlength": counting(0, 6),
    "periodic": truth,
    "increasing": truth,
    "as_tuple": truth,
    "assume_unique": truth,
    "invert": truth,
    "check_errors": truth,
    "std": fraction(0.1, 2),
    "mean": fraction(-1, 1),
    "lower": fraction(0, 0.3),
    "upper_": fraction(0.3, 1),
    "from_": counting(-3, 1),
    "to": counting(2, 6),
    "low": counting(-3, 1),
    "high": counting(2, 6),
    "align_corners": one_of(True, False, None),
    "ceil_mode": truth,
    "count_include_pad": truth,
    "return_indices": truth,
    "wrap": truth,
    "num_samples": counting(1, 3),
    "ddof": counting(0, 1),
    "bins": counting(1, 6),
    "driver": one_of(None, "gelsd", "gelss"),
    "ord": one_of(None, 2, 1, 0, 3, 2.5, math.inf, -math.inf, "fro", "nuc", -1, -2),
    "UPLO": one_of("L", "U"),
    "interpolation": one_of("linear", "lower", "higher", "midpoint", "nearest"),
    "q": one_of(0.5, 0.25, 0, 1, 1.0),
    "tau": one_of(1, 0.5, 2.0),
    "hard": truth,
    "step": counting(1, 3),
    "edge_order": one_of(1, 2),
    "window_length": counting(0, 6),
    "base": one_of(10.0, 2.0, 2),
    "steps": counting(0, 6),
    "num_classes": one_of(-1, 5, 8),
    "sigma": one_of(1.0, 0.5),
    "beta_": one_of(12.0, 5.0),
    "label_smoothing": one_of(0.0, 0.1),
    "min_val": fraction(-2, 0),
    "max_val": fraction(0, 2),
    "ignore_index": one_of(-100, 0, 1, -1),
    "sparse": one_of(False),
    "sparse_grad": one_of(False, True),
    "memory_format": one_of(Code("torch.contiguous_format"), Code("torch.preserve_format")),
    "indexing": one_of("ij", "xy"),
    "r": counting(0, 3),
    "fweights": one_of(None),
    "split_size": counting(1, 3),
    "antialias": one_of(False, False, True),
    "eigenvectors": truth,
    "dims": order,
    "source": alike,
    "src": alike,
    "input1": another,
    "input2": another,
}

LATER = words(
    """
    out generator size_average reduce _stacklevel layout names normalization loss_weight
    distance_function sample_shape memory_format non_blocking pin_memory sparse_grad
    """
)
"""Optional parameters that are left alone."""


def draw_argument(at: Place, parameter: Parameter) -> Any:
    """A value for a parameter, by its name; KeyError where nothing is known of it."""
    name = parameter.name
    if name in ("dim", "dims", "axis") and "Sequence" in parameter.annotation and name != "dims":
        return dims(at)
    return BY_NAME[name](at)
