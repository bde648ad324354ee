"""Every family beside torchvision 0.28: names and shapes of all entries, scores of small nets, gradients.

The numbers were recorded, so that they are known where torchvision is not installed: the same seed draws the
same weights in both.
"""

import hashlib
import math
import warnings

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import models, nn

ENTRIES = {
    "alexnet": (61_100_840, 16, "214045a0c08ffc98"),
    "convnext_base": (88_591_464, 344, "8fe69bd876aaea8d"),
    "convnext_large": (197_767_336, 344, "f9a4970bc5ab6b0a"),
    "convnext_small": (50_223_688, 344, "1fe2be0805e0025b"),
    "convnext_tiny": (28_589_128, 182, "c419bc97af92cc08"),
    "densenet121": (7_978_856, 727, "d52aa585c6714985"),
    "densenet161": (28_681_000, 967, "726b4d40ddb188d1"),
    "densenet169": (14_149_480, 1015, "04c0da21c3018d60"),
    "densenet201": (20_013_928, 1207, "8fd3fcb6e2757522"),
    "efficientnet_b0": (5_288_548, 360, "cb7cfd236a199858"),
    "efficientnet_b1": (7_794_184, 508, "801cf188eb267bbe"),
    "efficientnet_b2": (9_109_994, 508, "d199ff5a1f1fe4f0"),
    "efficientnet_b3": (12_233_232, 574, "5f92a3586414642d"),
    "efficientnet_b4": (19_341_616, 706, "cc22593373030839"),
    "efficientnet_b5": (30_389_784, 854, "1bc826e2f24b3472"),
    "efficientnet_b6": (43_040_704, 986, "bf2d3f976158a317"),
    "efficientnet_b7": (66_347_960, 1200, "2e02ba4420de008c"),
    "efficientnet_v2_l": (118_515_272, 1548, "34a4d9dadcdb26fc"),
    "efficientnet_v2_m": (54_139_356, 1120, "fa8a0a70ccbc97fc"),
    "efficientnet_v2_s": (21_458_488, 782, "d5950d608f2a6845"),
    "googlenet": (13_004_888, 364, "e2cf6c5ea7661fad"),
    "inception_v3": (27_161_264, 580, "68f61e7f9f937dcd"),
    "mnasnet0_5": (2_218_512, 314, "88b6ffa96549424a"),
    "mnasnet0_75": (3_170_208, 314, "46bead6333b5415a"),
    "mnasnet1_0": (4_383_312, 314, "2c68af2d7b036fb5"),
    "mnasnet1_3": (6_282_256, 314, "0ec579bb799f5968"),
    "mobilenet_v2": (3_504_872, 314, "5c45000c8dea04db"),
    "mobilenet_v3_large": (5_483_032, 312, "3b44b7efcb19988b"),
    "mobilenet_v3_small": (2_542_856, 244, "a29acf552527e7ab"),
    "resnet101": (44_549_160, 626, "0e9191dd134cb07d"),
    "resnet152": (60_192_808, 932, "47360b6062c7afaa"),
    "resnet18": (11_689_512, 122, "761022b221a39ceb"),
    "resnet34": (21_797_672, 218, "1a060acae7a42530"),
    "resnet50": (25_557_032, 320, "3fa57287149b51c4"),
    "resnext101_32x8d": (88_791_336, 626, "07e967fd83ade70c"),
    "resnext101_64x4d": (83_455_272, 626, "ea9d27eaae83f943"),
    "resnext50_32x4d": (25_028_904, 320, "01e2eaa8da40cc0c"),
    "shufflenet_v2_x0_5": (1_366_792, 338, "f4803982a2c92012"),
    "shufflenet_v2_x1_0": (2_278_604, 338, "3c60236e3c59729d"),
    "shufflenet_v2_x1_5": (3_503_624, 338, "ffebecdf0ae12a0e"),
    "shufflenet_v2_x2_0": (7_393_996, 338, "ee8f5217246bdd89"),
    "squeezenet1_0": (1_248_424, 52, "dc8fa2e3e593554c"),
    "squeezenet1_1": (1_235_496, 52, "9879b1f214fa0244"),
    "vgg11": (132_863_336, 22, "a4a2a4a84e73de05"),
    "vgg11_bn": (132_868_840, 62, "6aaf84aad4159200"),
    "vgg13": (133_047_848, 26, "9dc9518e7646fe47"),
    "vgg13_bn": (133_053_736, 76, "9a11dd9903f0e3cf"),
    "vgg16": (138_357_544, 32, "6f36a6fd49b61819"),
    "vgg16_bn": (138_365_992, 97, "5f99e428d932f79e"),
    "vgg19": (143_667_240, 38, "e05a894c9ad13251"),
    "vgg19_bn": (143_678_248, 118, "4c042cc97e1d6342"),
    "vit_b_16": (86_567_656, 152, "71b16a3b8dc241da"),
    "vit_b_32": (88_224_232, 152, "2250913734da79e3"),
    "vit_h_14": (632_045_800, 392, "9e1cd5e1f66ba114"),
    "vit_l_16": (304_326_632, 296, "621baca3950300fb"),
    "vit_l_32": (306_535_400, 296, "f5d07f22f38310d1"),
    "wide_resnet101_2": (126_886_696, 626, "e730908dc76a952e"),
    "wide_resnet50_2": (68_883_240, 320, "07e4b58a5307698f"),
}
"""Of each model the number of its parameters and of the entries of its state_dict, and the beginning of the
SHA-256 of their names and shapes."""

QUICK = {
    *("alexnet", "convnext_tiny", "densenet121", "efficientnet_b0", "efficientnet_v2_s", "googlenet"),
    *("inception_v3", "mnasnet0_5", "mnasnet1_3", "mobilenet_v2", "mobilenet_v3_large", "mobilenet_v3_small"),
    *("resnet18", "resnet50", "shufflenet_v2_x0_5", "squeezenet1_0", "squeezenet1_1", "vgg11", "vgg16_bn"),
    "vit_b_32",
}


@pytest.fixture
def undrawn(monkeypatch):
    """Weights are memory as it was found: names and shapes are the same, and are there at once."""
    for name in vars(nn.init):
        if name.endswith("_") and not name.startswith("_"):
            monkeypatch.setattr(nn.init, name, lambda tensor, *args, **kwargs: tensor)


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name in QUICK else pytest.mark.slow) for name in ENTRIES]
)
def test_the_names_and_shapes_of_all_entries(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # GoogLeNet's and Inception's, of their first weights
        model = models.get_model(name)
    entries = [f"{key} {tuple(value.shape)}\n" for key, value in model.state_dict().items()]
    digest = hashlib.sha256("".join(entries).encode()).hexdigest()[:16]
    assert (sum(math.prod(p.shape) for p in model.parameters()), len(entries), digest) == ENTRIES[name]


def test_the_list_of_models_is_complete():
    assert models.list_models() == sorted(ENTRIES)


def vision_transformer():
    net = models.VisionTransformer(32, 16, 2, 2, 16, 32, num_classes=5, representation_size=8)
    net.heads.head.weight.data.normal_()  # which begins as zeros
    return net


def convnext():
    config = models.convnext.CNBlockConfig
    return models.ConvNeXt([config(8, 16, 1), config(16, None, 2)], num_classes=5)


def resnet(block, **options):
    return models.ResNet(block, [1, 1, 1, 1], num_classes=5, **options)


SMALL = {
    "convnext": convnext,
    "densenet": lambda: models.DenseNet(4, (2, 3), 8, bn_size=2, num_classes=5),
    "efficientnet": lambda: models.efficientnet_b0(num_classes=5),
    "googlenet": lambda: models.googlenet(
        num_classes=5, aux_logits=False, init_weights=False, transform_input=True
    ),
    "inception": lambda: models.inception_v3(num_classes=5, aux_logits=False, init_weights=False),
    "mnasnet": lambda: models.MNASNet(0.2, num_classes=5),
    "mobilenet_v2": lambda: models.MobileNetV2(
        num_classes=5, width_mult=0.5, inverted_residual_setting=[[1, 16, 1, 1], [6, 24, 2, 2]]
    ),
    "mobilenet_v3": lambda: models.mobilenet_v3_small(num_classes=5),
    "resnet": lambda: resnet(models.BasicBlock),
    "resnet_of_bottlenecks": lambda: resnet(
        models.Bottleneck, groups=8, width_per_group=2, replace_stride_with_dilation=[False, True, True]
    ),
    "shufflenet": lambda: models.ShuffleNetV2([1, 2, 1], [24, 16, 32, 64, 64], num_classes=5),
    "squeezenet1_0": lambda: models.squeezenet1_0(num_classes=5),
    "squeezenet1_1": lambda: models.squeezenet1_1(num_classes=5),
    "vision_transformer": vision_transformer,
}

FOUND = {
    "convnext": ([-0.057639152, -0.087521167, -0.01328195, 0.047267374, -0.036517488], 1.75471),
    "densenet": ([0.19127733, 0.23813803, 0.19685827, -0.50793583, -0.14635819], 5.3402775),
    "efficientnet": ([-6262.8639, 8187.0175, -2670.9608, 1853.5004, 1214.6217], 1.5358265e11),
    "googlenet": ([-1.4379089, 0.076485974, 2.3534398, 0.33886382, -0.55019885], 15421.226),
    "inception": ([0.80330243, 1.9702591, 4.6327544, -0.028024384, -4.7873837], 99036.292),
    "mnasnet": ([-31.78959, 25.497936, -2.3126617, 5.6142584, 44.545785], 9012942.3),
    "mobilenet_v2": ([-0.0067670688, 0.035116859, -0.067774943, 0.037331556, -0.19933683], 0.68636282),
    "mobilenet_v3": ([-0.077741201, 0.049039406, -0.16999934, 0.13550832, 0.11091829], 59.829981),
    "resnet": ([-0.48558882, 0.6241471, -0.86466335, 0.94863665, -0.6745533], 442.96095),
    "resnet_of_bottlenecks": ([-0.31761186, -0.062128044, 0.69803645, -0.1734469, 0.48996864], 118.25089),
    "shufflenet": ([-0.61325527, -0.52832526, 0.80196168, 2.34, -0.34124436], 432.66803),
    "squeezenet1_0": ([0.0, 0.20156286, 0.020024556, 0.33167002, 0.01850326], 1.6857785),
    "squeezenet1_1": ([0.0, 0.0, 0.031059555, 0.29613752, 0.0], 0.35605192),
    "vision_transformer": ([-2.6382699, 1.3423283, 0.96655903, -0.23708521, 2.6680264], 266.92936),
}
"""torchvision's scores of the second image, and the norm of the gradient of the first convolution."""

SLOW = ("googlenet", "inception", "resnet")


@pytest.mark.parametrize(
    ("name", "dtype", "tolerance"),
    [
        *(pytest.param(name, ag.float64, 1e-6, marks=pytest.mark.slow) for name in SMALL),
        *((name, ag.float32, 1e-2) for name in SMALL if name not in SLOW),
    ],
)
def test_scores_and_gradients_of_small_nets(name, dtype, tolerance):
    """Batch norms keep the statistics of one batch, so that numbers neither vanish nor grow on their way."""
    ag.manual_seed(0)
    net = SMALL[name]().to(dtype)
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = None
    size = 75 if name == "inception" else 32
    batch, images = (
        ag.tensor(np.random.default_rng(seed).normal(size=(count, 3, size, size)), dtype=dtype)
        for seed, count in ((1, 6), (0, 2))
    )
    with ag.no_grad():
        net(batch)
    scores = net.eval()(images)
    (scores**2).sum().backward()
    expected, norm = FOUND[name]
    np.testing.assert_allclose(scores[1].tolist(), expected, rtol=0, atol=tolerance * np.abs(expected).max())
    assert all(p.grad is not None and p.grad.isfinite().all() for p in net.parameters())
    first = next(module for module in net.modules() if isinstance(module, nn.Conv2d))
    np.testing.assert_allclose(float(first.weight.grad.norm()), norm, rtol=tolerance)


def test_while_training_the_classifiers_on_the_way_speak_too():
    block = models.inception.InceptionAux(6, 5)
    assert block(ag.rand(2, 6, 17, 17)).shape == (2, 5)
    net = models.googlenet(num_classes=5, init_weights=False)
    found = net(ag.rand(2, 3, 64, 64))
    assert [tuple(part.shape) for part in found] == [(2, 5)] * 3
    assert found._fields == ("logits", "aux_logits2", "aux_logits1")
    assert net.eval()(ag.rand(1, 3, 64, 64)).shape == (1, 5)
