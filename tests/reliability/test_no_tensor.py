"""Every public function, where it asks for a tensor, refuses what is none: a list, a word, None, an object.
NumPy would make arrays of these, and compute."""

import inspect

import numpy as np
import pytest

import autograd_cnn
from autograd_cnn.testing.calls import doors, generate
from autograd_cnn.testing.calls._draw import Code


class Thing:
    """An object without numbers."""

    def __repr__(self) -> str:
        return "thing"


NO_TENSORS = ("[1.0]", "(2.0,)", "'1.0'", "thing", "{'a': 1.0}", "{1.0}")


def asked_for(door):
    """The parameters that take a tensor, or a number too, and whether they take None; of a method without the
    first one."""
    known = door.parameters[door.space == "Tensor" :]
    return {
        p.name: "None" in p.annotation or "Optional[" in p.annotation
        for p in known
        if any(kind in p.annotation for kind in ("Handle[", ".Tensor", "~S"))
        and "Sequence" not in p.annotation
        and p.kind is not inspect.Parameter.VAR_POSITIONAL
    }


DOORS = [label for label, door in doors().items() if asked_for(door)]


def a_call_that_works(label):
    """A call of this function, and the names that its lines know."""
    for seed in range(40):
        call = generate(seed, label)
        *lines, statement = call.lines()
        names = {
            "torch": autograd_cnn,
            "F": autograd_cnn.nn.functional,
            "np": np,
            "inf": np.inf,
            "nan": np.nan,
        }
        try:
            exec("\n".join(lines), names)
            exec(statement, names)
        except (RuntimeError, TypeError, ValueError, IndexError, NotImplementedError):
            continue  # some calls are drawn to be refused
        return call, names
    return None


@pytest.mark.filterwarnings("ignore")
@pytest.mark.quick_share(10)
@pytest.mark.parametrize("label", DOORS)
def test_what_is_no_tensor_is_refused_by_every_function(label):
    """By a TypeError, as in PyTorch."""
    found = a_call_that_works(label)
    assert found is not None, "no call of it works"
    call, names = found
    asked = asked_for(call.door)
    taken = []
    for place, argument in enumerate(call.arguments):
        if argument.name not in asked or argument.value is None:
            continue
        for text in (*NO_TENSORS, *(() if asked[argument.name] else ("None",))):
            given = list(call.arguments)
            given[place] = argument._replace(value=Code(text))
            try:
                exec(call._replace(arguments=tuple(given)).statement(), {**names, "thing": Thing()})
            except TypeError:
                continue
            except Exception as error:  # noqa: BLE001 - any other one is told below
                taken.append(f"{argument.name} = {text}: {error!r}")
            else:
                taken.append(f"{argument.name} = {text} is taken")
    assert not taken
