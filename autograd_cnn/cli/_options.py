"""The options of ``autograd-cnn train``, read and checked."""

import argparse
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from .._devices.device import device

DEFAULTS: dict[str, Any] = {
    "data": "mnist",
    "batch_size": 64,
    "optimizer": "sgd",
    "lr": None,
    "schedule": "none",
    "momentum": 0.9,
    "seed": 0,
}
"""What decides the course of a training run; a run that is resumed takes over those that are not given."""

RATES = {"sgd": 0.05, "adam": 0.001}
"""The learning rate of each optimizer where none is given."""


class UsageError(Exception):
    """Something the user can mend; its message is the one line to print."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see {self.prog} --help)")


def _checked(kind: Callable[[str], Any], fits: Callable[[Any], bool], wanted: str) -> Callable[[str], Any]:
    def convert(text: str) -> Any:
        try:
            value = kind(text)
        except ValueError:
            value = None
        if value is None or not fits(value):
            raise argparse.ArgumentTypeError(f"{text!r} is not {wanted}")
        return value

    return convert


_count = _checked(int, lambda n: 1 <= n < 2**31, "a whole number from 1 on")
_rate = _checked(float, lambda x: math.isfinite(x) and x > 0, "a positive number")
_momentum = _checked(float, lambda x: 0 <= x < 1, "a number from 0 up to 1")
_seed = _checked(int, lambda n: 0 <= n < 2**63, "a whole number from 0 on")


def _device(text: str) -> device:
    try:
        return device(text)
    except RuntimeError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    whole = _Parser(prog="autograd-cnn", description="Automatic differentiation to read, see and check.")
    commands = whole.add_subparsers(title="commands", dest="command", required=True)
    commands.add_parser(
        "warmup",
        help="compile the kernels that training needs, once",
        description="Compile the kernels that training needs; they are kept on disk.",
    )
    _add_gradcheck(
        commands.add_parser(
            "gradcheck",
            help="check gradients of operators",
            description="Check the gradients of operators against numerical ones.",
        )
    )
    check = commands.add_parser(
        "check",
        help="list the names of PyTorch's that a script uses and that are not here",
        description="Read a script written for PyTorch, without running it; exit code 1 where it uses names "
        "that are not here.",
    )
    check.add_argument("scripts", nargs="+", type=Path, metavar="SCRIPT", help="a Python file or folder")
    _add_train(commands)
    _add_explain(commands)
    return whole


def _add_train(commands: Any) -> None:
    """``train``."""
    train = commands.add_parser(
        "train", help="train a model", description="Train a model, and write what came of it into a folder."
    )
    add = train.add_argument
    add("model", choices=["lenet"], help="the model")
    add("--data", choices=["mnist", "fashion-mnist"], help="the dataset (default: mnist)")
    add(
        "--root",
        type=Path,
        metavar="DIR",
        help="the folder of the dataset's files (default: the 7,000 digits that come with the package)",
    )
    add("--epochs", type=_count, default=5, metavar="N", help="passes over the training images (default: 5)")
    add("--batch-size", type=_count, metavar="N", help="images per step (default: 64)")
    add("--optimizer", choices=sorted(RATES), help="the optimizer (default: sgd)")
    add("--lr", type=_rate, metavar="RATE", help="learning rate (default: 0.05 for sgd, 0.001 for adam)")
    add(
        "--schedule",
        choices=["none", "inv"],
        help="how the learning rate falls: inv is Caffe's rate (1 + 0.0001 step)^-0.75 (default: none)",
    )
    add("--momentum", type=_momentum, metavar="M", help="momentum of sgd (default: 0.9)")
    add(
        "--device",
        type=_device,
        default=device("cpu"),
        metavar="cpu|cuda",
        help="where to compute (default: cpu)",
    )
    add("--seed", type=_seed, metavar="N", help="where the random numbers start (default: 0)")
    add(
        "--out",
        type=Path,
        default=Path("runs/lenet"),
        metavar="DIR",
        help="the folder to write into (default: runs/lenet)",
    )
    add(
        "--resume",
        action="store_true",
        help="go on from DIR/checkpoint.safetensors, as if it had not been stopped",
    )
    add(
        "--debug-info",
        action="store_true",
        help="print each step's mean absolute gradients, as Caffe's debug_info does",
    )


def _add_explain(commands: Any) -> None:
    """``explain`` and ``why``."""
    explain = commands.add_parser(
        "explain",
        help="show a backward pass",
        description="Print the graph of a loss, and write it as SVG, DOT and a page that plays its backward "
        "pass.",
    )
    explain.add_argument(
        "what",
        metavar="lenet|module:function",
        help="lenet, or a function (module:function, file.py:function) that returns a loss, or (loss, model)",
    )
    explain.add_argument(
        "--out",
        type=Path,
        default=Path("explained"),
        metavar="DIR",
        help="the folder to write into (default: explained)",
    )
    explain.add_argument(
        "--depth",
        type=_checked(int, lambda n: n >= 0, "a whole number from 0 on"),
        metavar="N",
        help="how many levels of groups the picture opens (default: as many as stay readable)",
    )
    explain.add_argument("--no-fold", action="store_true", help="show every repetition")
    why = commands.add_parser(
        "why",
        help="say why a script's gradients are None, zero or NaN",
        description="Run a script under watch and say where its gradients are lost.",
    )
    why.add_argument("script", type=Path, help="the script")
    why.add_argument("arguments", nargs=argparse.REMAINDER, help="its arguments")
    why.add_argument(
        "--steps",
        type=_count,
        default=20,
        metavar="N",
        help="stop the script after N backward passes (default: 20)",
    )


def _add_gradcheck(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("operators", nargs="*", metavar="OP", help="names of operators, * and ? allowed (default: all)")
    add(
        "--import",
        dest="modules",
        action="append",
        default=[],
        metavar="MODULE",
        help="import this first: it may register operators",
    )
    add(
        "--order",
        type=int,
        choices=[1, 2],
        help="only gradients of this order (default: both, and all other checks)",
    )
    add("--dtype", choices=["float64", "float32"], help="only this dtype (default: both)")
    add(
        "--device",
        type=_device,
        default=device("cpu"),
        metavar="cpu|cuda",
        help="where to compute (default: cpu)",
    )
    add("--seed", type=_seed, default=0, metavar="N", help="where the random samples start (default: 0)")


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The options; UsageError where they are not right. Those of DEFAULTS that are not given stay None until
    :func:`settle`."""
    return parser().parse_args(argv)


def settle(options: argparse.Namespace, saved: dict[str, Any] | None) -> dict[str, Any]:
    """The options that decide the course of the run: given, else saved in the checkpoint that is resumed,
    else the defaults.

    UsageError where a given one is not the saved one: the run would not go on as if it had not been stopped.
    """
    chosen = {}
    for name, default in DEFAULTS.items():
        given = getattr(options, name)
        if saved is not None and given is not None and given != saved[name]:
            flag = "--" + name.replace("_", "-")
            raise UsageError(
                f"{flag} {given}: the checkpoint in {options.out} was made with {saved[name]}; leave "
                f"{flag} away, or start anew without --resume"
            )
        chosen[name] = saved[name] if saved is not None else default if given is None else given
    if chosen["lr"] is None:
        chosen["lr"] = RATES[chosen["optimizer"]]
    return chosen


def settled(options: Mapping[str, Any]) -> bool:
    """Whether these are options as :func:`settle` returns them: all of them, and each as the command line
    would take it."""
    if set(options) != set(DEFAULTS):
        return False
    try:
        again = parse(
            ["train", "lenet", *(f"--{name.replace('_', '-')}={value}" for name, value in options.items())]
        )
    except UsageError:
        return False
    return all(getattr(again, name) == value for name, value in options.items())
