"""What random calls beside PyTorch found (``testing/calls``), by kind: numbers were worked out by hand."""

import inspect

import pytest

import autograd_cnn as ag

UNFRAMED = ("size", "stride")
"""Looked up in every other line of a program: no frame asks for other names."""


def takes_dim() -> list[str]:
    """The functions and methods that have a parameter ``dim``."""
    holders = {"torch": ag, "linalg": ag.linalg, "Tensor": ag.Tensor}
    return [
        f"{space}.{name}"
        for space, holder in holders.items()
        for name, function in sorted(
            vars(holder).items() if holder is not ag.Tensor else inspect.getmembers(holder)
        )
        if not name.startswith("_")
        and name not in UNFRAMED
        and inspect.isfunction(function)
        and "autograd_cnn" in function.__module__
        if "dim" in inspect.signature(function).parameters and "nn" not in function.__module__.split(".")
    ]


@pytest.mark.parametrize("label", takes_dim())
def test_every_dim_may_be_called_axis(label: str) -> None:
    space, name = label.split(".")
    function = getattr({"torch": ag, "linalg": ag.linalg, "Tensor": ag.Tensor}[space], name)
    names = [
        p.name
        for p in inspect.signature(function).parameters.values()
        if p.default is p.empty and p.kind is not p.VAR_POSITIONAL
    ]
    given = {name: ag.ones(2, 2) for name in names[1:] if name != "dim"}
    with pytest.raises(Exception) as caught:  # noqa: PT011 - of any class: what it says counts
        function(ag.ones(2, 2), **given, axis="no dimension")
    assert "unexpected keyword" not in str(caught.value)
    assert "missing" not in str(caught.value)
