"""``autograd-cnn explain`` and ``autograd-cnn why``: pictures, a page and words, from the command line."""

import importlib
import importlib.util
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

import numpy as np

from .. import explain as explaining
from .._creation.creation import tensor
from .._engine.handle import Handle
from .._files.atomic import write_atomically
from ..explain import _names, _script, _signals, _tree, _watch
from ._options import UsageError

LENET_BATCH = 4


def lenet() -> tuple[Any, Any]:
    """The loss of LeNet on a few of the bundled digits, and the model."""
    from .._creation.random import manual_seed
    from ..datasets import MNIST
    from ..models import LeNet
    from ..nn import functional as F

    manual_seed(0)
    model, digits = LeNet(), MNIST(train=True)
    images = tensor(digits.data.array[:LENET_BATCH, None].astype(np.float32) / 255)
    return F.cross_entropy(model(images), tensor(digits.targets.array[:LENET_BATCH])), model


def explain(options: Namespace) -> int:
    """Record the loss of a model or of ``module:function``, run it backwards, print its tree, write SVG, DOT
    and HTML."""
    name, function = _file_name(options.what), lenet if options.what == "lenet" else _function(options.what)
    with explaining.watch():
        made = function()
        loss, params = made if isinstance(made, tuple) and len(made) == 2 else (made, None)
        if not isinstance(loss, Handle):
            raise UsageError(
                f"{options.what} returned {type(loss).__name__}, not a loss (a Tensor of one "
                "element), or a pair of loss and model"
            )
        if loss._node is None or loss.array.size != 1:
            raise UsageError(
                f"{options.what} returned a Tensor of shape {list(loss.array.shape)} without a graph "
                "or with many elements; return the loss itself"
            )
        loss.backward(retain_graph=True)  # type: ignore[attr-defined]  # a Handle that is a Tensor
    names = (
        _names.given_names(params)
        if params is not None
        else _script.parameters_of(getattr(function, "__globals__", {}))[0]
    )
    reading = _watch.read_watched(loss, names)
    print(_tree.tree(reading, _signals.signals_of(reading, _watch.watched_or_rehearsed(loss))))
    out: Path = options.out
    out.mkdir(parents=True, exist_ok=True)
    named = (
        params
        if params is not None
        else {
            called: node.tensor()
            for node, called in names.items()
            if hasattr(node, "tensor") and node.tensor() is not None
        }
    )
    picture = explaining.draw(loss, named, depth=options.depth, fold=not options.no_fold)
    write_atomically(out / f"{name}.dot", picture.source.encode())
    written = [
        out / f"{name}.dot",
        Path(explaining.page(loss, out / f"{name}.html", named, fold=not options.no_fold)),
    ]
    try:
        written.insert(0, Path(picture.render(outfile=out / f"{name}.svg")))
    except RuntimeError as error:  # neither pygraphviz nor dot: the page and the DOT text need none
        print(f"no picture: {error}", file=sys.stderr)
    print("\nwrote", ", ".join(map(str, written)))
    return 0


def _file_name(what: str) -> str:
    """``small.py:loss`` is written to ``small-loss.svg`` and so on."""
    place, _, name = what.rpartition(":")
    return f"{Path(place).stem if place.endswith('.py') else place}-{name}" if place else name


def _function(what: str) -> Any:
    """The function named by ``module:function`` or ``file.py:function``."""
    place, _, name = what.rpartition(":")
    if not place or not name:
        raise UsageError(f"{what!r}: give lenet, or module:function, or file.py:function")
    if place.endswith(".py"):
        spec = importlib.util.spec_from_file_location(Path(place).stem, place)
        if spec is None or spec.loader is None or not Path(place).is_file():
            raise UsageError(f"{place}: there is no such file")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    else:
        sys.path.insert(0, "")
        try:
            module = importlib.import_module(place)
        except ModuleNotFoundError as error:
            raise UsageError(f"{place}: {error}") from error
        finally:
            sys.path.remove("")
    function = getattr(module, name, None)
    if not callable(function):
        raise UsageError(f"{place} has no function {name!r}")
    return function


def why(options: Namespace) -> int:
    """Rerun a script under watch and say what is wrong with its gradients."""
    if not options.script.is_file():
        raise UsageError(f"{options.script}: there is no such file")
    print(explaining.why_script(options.script, options.arguments, options.steps))
    return 0
