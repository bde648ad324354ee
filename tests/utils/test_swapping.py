"""``utils.swap_tensors``, ``utils.set_module``, and a model from a folder of one's own."""

import pytest

import autograd_cnn as ag
from autograd_cnn import hub, utils, vision
from tests.recorded import pytorch


def swapped(t):
    one, other = t.nn.Parameter(t.ones(2)), t.zeros(3, dtype=t.float64)
    one.mark = "kept"
    one.grad = t.ones(2) * 5
    t.utils.swap_tensors(one, other)
    found = [one.tolist(), other.tolist(), one.requires_grad, other.requires_grad, other.mark]
    found += [type(one).__name__, type(other).__name__, one.grad, other.grad.tolist(), hasattr(one, "mark")]
    (other * 2).sum().backward()
    return [*found, other.grad.tolist()]


def test_tensors_change_places():
    pytorch.gives(swapped(ag), swapped)


def test_what_can_not_change_places():
    x = ag.ones(2, requires_grad=True)
    for wrong in (x * 2, ag.ones(4)[:2]):
        with pytest.raises(RuntimeError, match="Cannot swap t2"):
            utils.swap_tensors(x, wrong)


def test_where_an_object_is_from():
    class Named:
        pass

    utils.set_module(Named, "mine")
    assert Named.__module__ == "mine"
    with pytest.raises(TypeError, match="should be a string"):
        utils.set_module(Named, 3)


def loaded(t, folder):
    found = [
        t.hub.load(str(folder), "double", 3, source="local"),
        t.hub.load(folder, "double", x=2, source="local"),
    ]
    for model, source in (("none", "local"), ("double", "elsewhere")):
        try:
            t.hub.load(str(folder), model, 3, source=source)
        except (RuntimeError, ValueError) as error:
            found.append(type(error).__name__)
    return found


def test_a_model_from_a_folder(tmp_path):
    (tmp_path / "other.py").write_text("factor = 2\n")
    (tmp_path / "hubconf.py").write_text("from other import factor\ndef double(x):\n    return x * factor\n")
    assert loaded(ag, tmp_path) == [6, 4, "RuntimeError", "ValueError"]
    (tmp_path / "hubconf.py").write_text("dependencies = ['no_such_package_here']\n")
    with pytest.raises(RuntimeError, match="Missing dependencies: no_such_package_here"):
        hub.load(tmp_path, "double", source="local")
    with pytest.raises(RuntimeError, match="network"):
        hub.load("pytorch/vision", "resnet18")


def test_who_reads_pictures():
    assert vision.get_image_backend() == "PIL"
    vision.set_image_backend("PIL")
    vision.disable_beta_transforms_warning()
    with pytest.raises(ValueError, match="Invalid backend"):
        vision.set_image_backend("eyes")


def test_options_of_compile():
    def double(x):
        return x * 2

    options = {"mode": "max-autotune", "fullgraph": True, "dynamic": None, "backend": "eager", "name": "d"}
    assert ag.compile(double, **options) is double
    assert ag.compile(**options)(double) is double
    with pytest.raises(TypeError, match="speed"):
        ag.compile(double, speed=9)


def renewed(t):
    x = t.ones(2, 3)
    storage = x.untyped_storage()
    made = [x.new(other=x), x.new(storage=storage), x.new(size=(2, 2), device="cpu")]
    return [list(m.shape) for m in made], made[0].tolist(), made[1].tolist()


@pytest.mark.filterwarnings("ignore")
def test_new_by_the_names_of_its_arguments():
    pytorch.gives(renewed(ag), renewed)


def leaked(t, inplace):
    x = t.linspace(-2, 1, 7, dtype=t.float64)
    function = t.rrelu_ if inplace else t.rrelu
    return function(x, 0.1, 0.5, training=True, generator=t.Generator().manual_seed(3)), x


@pytest.mark.parametrize("inplace", [False, True])
def test_slopes_from_a_generator(inplace):
    pytorch.gives(leaked(ag, inplace), leaked, inplace, rtol=1e-9)
