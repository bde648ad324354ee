"""``torch.serialization``: where storages are, and small helpers."""

import os
from types import SimpleNamespace

import pytest

import autograd_cnn as torch
from autograd_cnn import serialization
from tests.recorded import pytorch


def placed(t):
    s = t.serialization
    storage = t.ones(2).untyped_storage()
    found = [s.location_tag(storage), s.default_restore_location(storage, "cpu") is storage]
    newer = SimpleNamespace(__version__="1.10.2", __name__="mine")
    found += [
        s.check_module_version_greater_or_equal(newer, version) for version in ((1, 9), (1, 11), (1, 10, 2))
    ]
    for call in (
        lambda: s.default_restore_location(storage, "moon"),
        lambda: s.check_module_version_greater_or_equal(newer, (1, 1, 1, 1)),
    ):
        try:
            call()
        except RuntimeError:
            found.append("refused")
    return found


@pytest.mark.filterwarnings("ignore:TypedStorage")
def test_places_and_versions():
    pytorch.gives(placed(torch), placed)


def test_a_version_that_is_none():
    odd = SimpleNamespace(__version__="new", __name__="mine")
    with pytest.warns(UserWarning, match="malformed"):
        assert serialization.check_module_version_greater_or_equal(odd, (1,), error_if_malformed=False)


def test_other_places():
    def where(storage):
        return "attic" if storage == "box" else None

    def bring(storage, place):
        return (storage, place) if place == "attic" else None

    serialization.register_package(1, where, bring)
    try:
        assert serialization.location_tag("box") == "attic"
        assert serialization.default_restore_location("box", "attic") == ("box", "attic")
    finally:
        serialization._packages.clear()


def test_a_folder_that_goes(tmp_path):
    with serialization.mkdtemp() as path:
        assert os.path.isdir(path)
    assert not os.path.exists(path)


@pytest.mark.filterwarnings("ignore:TypedStorage")
def test_storages_by_their_type():
    assert serialization.storage_to_tensor_type(torch.FloatStorage(1)) is torch.FloatTensor
    assert isinstance(torch.ones(2).untyped_storage(), torch.types.Storage)
