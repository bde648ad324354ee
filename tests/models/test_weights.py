"""Trained weights: their names, what is known of them, and files that lie where torchvision puts them."""

import pytest

import autograd_cnn as ag
from autograd_cnn import models


@pytest.fixture
def checkpoints(tmp_path, monkeypatch):
    """The folder in which files of weights are looked for; nets begin as zeros, which takes no time."""
    zeros = ag.nn.init.zeros_
    for name in ("kaiming_uniform_", "normal_", "trunc_normal_", "uniform_"):
        monkeypatch.setattr(ag.nn.init, name, lambda tensor, *args, **kwargs: zeros(tensor))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    folder = tmp_path / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def squeezenet(checkpoints):
    """The weights that lie there."""
    state = {key: ag.full_like(value, 0.5) for key, value in models.squeezenet1_1().state_dict().items()}
    ag.save(state, checkpoints / "squeezenet1_1-b8a52dc0.pth")
    return state


WORDS = {
    "the member": {"weights": models.SqueezeNet1_1_Weights.IMAGENET1K_V1},
    "its name": {"weights": "IMAGENET1K_V1"},
    "its whole name": {"weights": "SqueezeNet1_1_Weights.DEFAULT"},
}


@pytest.mark.parametrize("words", WORDS)
def test_a_file_that_lies_there_is_read(squeezenet, words):
    net = models.squeezenet1_1(**WORDS[words], progress=False)
    assert all(ag.equal(net.state_dict()[key], value) for key, value in squeezenet.items())


@pytest.mark.parametrize("call", [lambda f: f(True), lambda f: f(pretrained=True)])
def test_the_older_word_warns(squeezenet, call):
    with pytest.warns(UserWarning, match="'pretrained' is deprecated since 0.13"):
        net = call(models.squeezenet1_1)
    assert ag.equal(net.features[0].weight, squeezenet["features.0.weight"])


def test_weights_fit_the_net_that_they_were_trained_for(checkpoints):
    with pytest.raises(ValueError, match="'num_classes' expected value 1000 but got 10 instead"):
        models.squeezenet1_1(weights="DEFAULT", num_classes=10)
    with pytest.raises(ValueError, match=r"'image_size' expected value 384 but got 224 .* weights=None$"):
        models.vit_b_16(weights="IMAGENET1K_SWAG_E2E_V1", image_size=224)
    with pytest.raises(TypeError, match="expected SqueezeNet1_1_Weights but received ResNet18_Weights"):
        models.squeezenet1_1(weights=models.ResNet18_Weights.DEFAULT)
    with pytest.raises(KeyError):
        models.squeezenet1_1(weights="IMAGENET1K_V9")
    said = r"squeezenet1_1-b8a52dc0\.pth to .*checkpoints.*, which is read then, or use weights=None"
    with pytest.raises(RuntimeError, match=said):
        models.squeezenet1_1(weights="DEFAULT")


@pytest.mark.parametrize("name", ["googlenet", "inception_v3"])
def test_an_input_is_transformed_unless_it_is_said_not_to(checkpoints, monkeypatch, name):
    monkeypatch.setattr(ag.nn.Module, "load_state_dict", lambda *args: None)
    ag.save({}, checkpoints / models.get_model_weights(name).DEFAULT.url.rpartition("/")[2])
    assert models.get_model(name, weights="DEFAULT").transform_input
    assert not models.get_model(name, weights="DEFAULT", transform_input=False).transform_input


@pytest.mark.slow
def test_a_net_without_classifiers_on_the_way_leaves_theirs_out(checkpoints):
    whole = models.googlenet(init_weights=False)
    whole.fc.bias.data.fill_(3.0)
    ag.save(whole.state_dict(), checkpoints / "googlenet-1378be20.pth")
    net = models.googlenet(weights="DEFAULT")
    assert net.transform_input
    assert net.aux1 is None
    assert not net.aux_logits
    assert net.fc.bias.tolist()[:2] == [3.0, 3.0]
    assert models.googlenet(weights="DEFAULT", aux_logits=True).aux1 is not None


def test_what_is_known_of_weights():
    weights = models.get_model_weights("resnet50")
    assert weights is models.get_model_weights(models.resnet50) is models.ResNet50_Weights
    assert [member.name for member in weights] == ["IMAGENET1K_V1", "IMAGENET1K_V2"]
    newest = models.get_weight("ResNet50_Weights.IMAGENET1K_V2")
    assert newest is weights.DEFAULT
    assert repr(newest) == "ResNet50_Weights.IMAGENET1K_V2"
    assert newest.url == "https://download.pytorch.org/models/resnet50-11ad3fa6.pth"
    assert newest.transforms()(ag.zeros(3, 300, 280)).shape == (3, 224, 224)
    assert newest.transforms().resize_size == [232]
    assert repr(newest.transforms()).startswith("ImageClassification(\n    crop_size=[224]\n    resize_size")
    assert models.SqueezeNet1_1_Weights.DEFAULT.meta["min_size"] == (17, 17)
    assert models.ViT_H_14_Weights.DEFAULT.meta["min_size"] == (518, 518)
    with pytest.raises(ValueError, match="couldn't be retrieved"):
        models.get_weight("ResNet51_Weights.DEFAULT")
    for name in ("resnet50", "ResNet50_Weights", "models.ResNet50_Weights.DEFAULT"):
        with pytest.raises(ValueError, match="Invalid weight name"):
            models.get_weight(name)
    with pytest.raises(ValueError, match="Unknown model resnet51"):
        models.get_model("resnet51")


def test_models_are_listed_by_patterns():
    assert models.list_models(include="vit*") == ["vit_b_16", "vit_b_32", "vit_h_14", "vit_l_16", "vit_l_32"]
    assert models.list_models(include=["resnet*", "mnas*"], exclude=["*1*", "*_*"]) == [
        "resnet34",
        "resnet50",
    ]
    assert models.list_models(module=models) == models.list_models()
    assert models.list_models(module=ag) == []
    assert isinstance(models.get_model("SqueezeNet1_1", num_classes=2), models.SqueezeNet)
