"""The files of trained weights that torchvision names, with the sizes their transforms give images."""

from ._weights import weights_of

AlexNet_Weights = weights_of(
    "AlexNet_Weights", "alexnet", ("IMAGENET1K_V1", "alexnet-owt-7be5be79.pth", 224, 256)
)
ConvNeXt_Base_Weights = weights_of(
    "ConvNeXt_Base_Weights", "convnext_base", ("IMAGENET1K_V1", "convnext_base-6075fbad.pth", 224, 232)
)
ConvNeXt_Large_Weights = weights_of(
    "ConvNeXt_Large_Weights", "convnext_large", ("IMAGENET1K_V1", "convnext_large-ea097f82.pth", 224, 232)
)
ConvNeXt_Small_Weights = weights_of(
    "ConvNeXt_Small_Weights", "convnext_small", ("IMAGENET1K_V1", "convnext_small-0c510722.pth", 224, 230)
)
ConvNeXt_Tiny_Weights = weights_of(
    "ConvNeXt_Tiny_Weights", "convnext_tiny", ("IMAGENET1K_V1", "convnext_tiny-983f1562.pth", 224, 236)
)
DenseNet121_Weights = weights_of(
    "DenseNet121_Weights", "densenet121", ("IMAGENET1K_V1", "densenet121-a639ec97.pth", 224, 256)
)
DenseNet161_Weights = weights_of(
    "DenseNet161_Weights", "densenet161", ("IMAGENET1K_V1", "densenet161-8d451a50.pth", 224, 256)
)
DenseNet169_Weights = weights_of(
    "DenseNet169_Weights", "densenet169", ("IMAGENET1K_V1", "densenet169-b2777c0a.pth", 224, 256)
)
DenseNet201_Weights = weights_of(
    "DenseNet201_Weights", "densenet201", ("IMAGENET1K_V1", "densenet201-c1103571.pth", 224, 256)
)
EfficientNet_B0_Weights = weights_of(
    "EfficientNet_B0_Weights",
    "efficientnet_b0",
    ("IMAGENET1K_V1", "efficientnet_b0_rwightman-7f5810bc.pth", 224, 256, "bicubic"),
)
EfficientNet_B1_Weights = weights_of(
    "EfficientNet_B1_Weights",
    "efficientnet_b1",
    ("IMAGENET1K_V1", "efficientnet_b1_rwightman-bac287d4.pth", 240, 256, "bicubic"),
    ("IMAGENET1K_V2", "efficientnet_b1-c27df63c.pth", 240, 255),
)
EfficientNet_B2_Weights = weights_of(
    "EfficientNet_B2_Weights",
    "efficientnet_b2",
    ("IMAGENET1K_V1", "efficientnet_b2_rwightman-c35c1473.pth", 288, 288, "bicubic"),
)
EfficientNet_B3_Weights = weights_of(
    "EfficientNet_B3_Weights",
    "efficientnet_b3",
    ("IMAGENET1K_V1", "efficientnet_b3_rwightman-b3899882.pth", 300, 320, "bicubic"),
)
EfficientNet_B4_Weights = weights_of(
    "EfficientNet_B4_Weights",
    "efficientnet_b4",
    ("IMAGENET1K_V1", "efficientnet_b4_rwightman-23ab8bcd.pth", 380, 384, "bicubic"),
)
EfficientNet_B5_Weights = weights_of(
    "EfficientNet_B5_Weights",
    "efficientnet_b5",
    ("IMAGENET1K_V1", "efficientnet_b5_lukemelas-1a07897c.pth", 456, 456, "bicubic"),
)
EfficientNet_B6_Weights = weights_of(
    "EfficientNet_B6_Weights",
    "efficientnet_b6",
    ("IMAGENET1K_V1", "efficientnet_b6_lukemelas-24a108a5.pth", 528, 528, "bicubic"),
)
EfficientNet_B7_Weights = weights_of(
    "EfficientNet_B7_Weights",
    "efficientnet_b7",
    ("IMAGENET1K_V1", "efficientnet_b7_lukemelas-c5b4e57e.pth", 600, 600, "bicubic"),
)
EfficientNet_V2_S_Weights = weights_of(
    "EfficientNet_V2_S_Weights",
    "efficientnet_v2_s",
    ("IMAGENET1K_V1", "efficientnet_v2_s-dd5fe13b.pth", 384, 384),
)
EfficientNet_V2_M_Weights = weights_of(
    "EfficientNet_V2_M_Weights",
    "efficientnet_v2_m",
    ("IMAGENET1K_V1", "efficientnet_v2_m-dc08266a.pth", 480, 480),
)
EfficientNet_V2_L_Weights = weights_of(
    "EfficientNet_V2_L_Weights",
    "efficientnet_v2_l",
    ("IMAGENET1K_V1", "efficientnet_v2_l-59c71312.pth", 480, 480, "bicubic"),
)
GoogLeNet_Weights = weights_of(
    "GoogLeNet_Weights", "googlenet", ("IMAGENET1K_V1", "googlenet-1378be20.pth", 224, 256)
)
Inception_V3_Weights = weights_of(
    "Inception_V3_Weights", "inception_v3", ("IMAGENET1K_V1", "inception_v3_google-0cc3c7bd.pth", 299, 342)
)
MNASNet0_5_Weights = weights_of(
    "MNASNet0_5_Weights", "mnasnet0_5", ("IMAGENET1K_V1", "mnasnet0.5_top1_67.823-3ffadce67e.pth", 224, 256)
)
MNASNet0_75_Weights = weights_of(
    "MNASNet0_75_Weights", "mnasnet0_75", ("IMAGENET1K_V1", "mnasnet0_75-7090bc5f.pth", 224, 232)
)
MNASNet1_0_Weights = weights_of(
    "MNASNet1_0_Weights", "mnasnet1_0", ("IMAGENET1K_V1", "mnasnet1.0_top1_73.512-f206786ef8.pth", 224, 256)
)
MNASNet1_3_Weights = weights_of(
    "MNASNet1_3_Weights", "mnasnet1_3", ("IMAGENET1K_V1", "mnasnet1_3-a4c69d6f.pth", 224, 232)
)
MobileNet_V2_Weights = weights_of(
    "MobileNet_V2_Weights",
    "mobilenet_v2",
    ("IMAGENET1K_V1", "mobilenet_v2-b0353104.pth", 224, 256),
    ("IMAGENET1K_V2", "mobilenet_v2-7ebf99e0.pth", 224, 232),
)
MobileNet_V3_Large_Weights = weights_of(
    "MobileNet_V3_Large_Weights",
    "mobilenet_v3_large",
    ("IMAGENET1K_V1", "mobilenet_v3_large-8738ca79.pth", 224, 256),
    ("IMAGENET1K_V2", "mobilenet_v3_large-5c1a4163.pth", 224, 232),
)
MobileNet_V3_Small_Weights = weights_of(
    "MobileNet_V3_Small_Weights",
    "mobilenet_v3_small",
    ("IMAGENET1K_V1", "mobilenet_v3_small-047dcff4.pth", 224, 256),
)
ResNet18_Weights = weights_of(
    "ResNet18_Weights", "resnet18", ("IMAGENET1K_V1", "resnet18-f37072fd.pth", 224, 256)
)
ResNet34_Weights = weights_of(
    "ResNet34_Weights", "resnet34", ("IMAGENET1K_V1", "resnet34-b627a593.pth", 224, 256)
)
ResNet50_Weights = weights_of(
    "ResNet50_Weights",
    "resnet50",
    ("IMAGENET1K_V1", "resnet50-0676ba61.pth", 224, 256),
    ("IMAGENET1K_V2", "resnet50-11ad3fa6.pth", 224, 232),
)
ResNet101_Weights = weights_of(
    "ResNet101_Weights",
    "resnet101",
    ("IMAGENET1K_V1", "resnet101-63fe2227.pth", 224, 256),
    ("IMAGENET1K_V2", "resnet101-cd907fc2.pth", 224, 232),
)
ResNet152_Weights = weights_of(
    "ResNet152_Weights",
    "resnet152",
    ("IMAGENET1K_V1", "resnet152-394f9c45.pth", 224, 256),
    ("IMAGENET1K_V2", "resnet152-f82ba261.pth", 224, 232),
)
ResNeXt50_32X4D_Weights = weights_of(
    "ResNeXt50_32X4D_Weights",
    "resnext50_32x4d",
    ("IMAGENET1K_V1", "resnext50_32x4d-7cdf4587.pth", 224, 256),
    ("IMAGENET1K_V2", "resnext50_32x4d-1a0047aa.pth", 224, 232),
)
ResNeXt101_32X8D_Weights = weights_of(
    "ResNeXt101_32X8D_Weights",
    "resnext101_32x8d",
    ("IMAGENET1K_V1", "resnext101_32x8d-8ba56ff5.pth", 224, 256),
    ("IMAGENET1K_V2", "resnext101_32x8d-110c445d.pth", 224, 232),
)
ResNeXt101_64X4D_Weights = weights_of(
    "ResNeXt101_64X4D_Weights",
    "resnext101_64x4d",
    ("IMAGENET1K_V1", "resnext101_64x4d-173b62eb.pth", 224, 232),
)
Wide_ResNet50_2_Weights = weights_of(
    "Wide_ResNet50_2_Weights",
    "wide_resnet50_2",
    ("IMAGENET1K_V1", "wide_resnet50_2-95faca4d.pth", 224, 256),
    ("IMAGENET1K_V2", "wide_resnet50_2-9ba9bcbe.pth", 224, 232),
)
Wide_ResNet101_2_Weights = weights_of(
    "Wide_ResNet101_2_Weights",
    "wide_resnet101_2",
    ("IMAGENET1K_V1", "wide_resnet101_2-32ee1156.pth", 224, 256),
    ("IMAGENET1K_V2", "wide_resnet101_2-d733dc28.pth", 224, 232),
)
ShuffleNet_V2_X0_5_Weights = weights_of(
    "ShuffleNet_V2_X0_5_Weights",
    "shufflenet_v2_x0_5",
    ("IMAGENET1K_V1", "shufflenetv2_x0.5-f707e7126e.pth", 224, 256),
)
ShuffleNet_V2_X1_0_Weights = weights_of(
    "ShuffleNet_V2_X1_0_Weights",
    "shufflenet_v2_x1_0",
    ("IMAGENET1K_V1", "shufflenetv2_x1-5666bf0f80.pth", 224, 256),
)
ShuffleNet_V2_X1_5_Weights = weights_of(
    "ShuffleNet_V2_X1_5_Weights",
    "shufflenet_v2_x1_5",
    ("IMAGENET1K_V1", "shufflenetv2_x1_5-3c479a10.pth", 224, 232),
)
ShuffleNet_V2_X2_0_Weights = weights_of(
    "ShuffleNet_V2_X2_0_Weights",
    "shufflenet_v2_x2_0",
    ("IMAGENET1K_V1", "shufflenetv2_x2_0-8be3c8ee.pth", 224, 232),
)
SqueezeNet1_0_Weights = weights_of(
    "SqueezeNet1_0_Weights", "squeezenet1_0", ("IMAGENET1K_V1", "squeezenet1_0-b66bff10.pth", 224, 256)
)
SqueezeNet1_1_Weights = weights_of(
    "SqueezeNet1_1_Weights", "squeezenet1_1", ("IMAGENET1K_V1", "squeezenet1_1-b8a52dc0.pth", 224, 256)
)
VGG11_Weights = weights_of("VGG11_Weights", "vgg11", ("IMAGENET1K_V1", "vgg11-8a719046.pth", 224, 256))
VGG11_BN_Weights = weights_of(
    "VGG11_BN_Weights", "vgg11_bn", ("IMAGENET1K_V1", "vgg11_bn-6002323d.pth", 224, 256)
)
VGG13_Weights = weights_of("VGG13_Weights", "vgg13", ("IMAGENET1K_V1", "vgg13-19584684.pth", 224, 256))
VGG13_BN_Weights = weights_of(
    "VGG13_BN_Weights", "vgg13_bn", ("IMAGENET1K_V1", "vgg13_bn-abd245e5.pth", 224, 256)
)
VGG16_Weights = weights_of(
    "VGG16_Weights",
    "vgg16",
    ("IMAGENET1K_V1", "vgg16-397923af.pth", 224, 256),
    ("IMAGENET1K_FEATURES", "vgg16_features-amdegroot-88682ab5.pth", 224, 256),
)
VGG16_BN_Weights = weights_of(
    "VGG16_BN_Weights", "vgg16_bn", ("IMAGENET1K_V1", "vgg16_bn-6c64b313.pth", 224, 256)
)
VGG19_Weights = weights_of("VGG19_Weights", "vgg19", ("IMAGENET1K_V1", "vgg19-dcbb9e9d.pth", 224, 256))
VGG19_BN_Weights = weights_of(
    "VGG19_BN_Weights", "vgg19_bn", ("IMAGENET1K_V1", "vgg19_bn-c79401a0.pth", 224, 256)
)
ViT_B_16_Weights = weights_of(
    "ViT_B_16_Weights",
    "vit_b_16",
    ("IMAGENET1K_V1", "vit_b_16-c867db91.pth", 224, 256),
    ("IMAGENET1K_SWAG_E2E_V1", "vit_b_16_swag-9ac1b537.pth", 384, 384, "bicubic"),
    ("IMAGENET1K_SWAG_LINEAR_V1", "vit_b_16_lc_swag-4e70ced5.pth", 224, 224, "bicubic"),
)
ViT_B_32_Weights = weights_of(
    "ViT_B_32_Weights", "vit_b_32", ("IMAGENET1K_V1", "vit_b_32-d86f8d99.pth", 224, 256)
)
ViT_L_16_Weights = weights_of(
    "ViT_L_16_Weights",
    "vit_l_16",
    ("IMAGENET1K_V1", "vit_l_16-852ce7e3.pth", 224, 242),
    ("IMAGENET1K_SWAG_E2E_V1", "vit_l_16_swag-4f3808c9.pth", 512, 512, "bicubic"),
    ("IMAGENET1K_SWAG_LINEAR_V1", "vit_l_16_lc_swag-4d563306.pth", 224, 224, "bicubic"),
)
ViT_L_32_Weights = weights_of(
    "ViT_L_32_Weights", "vit_l_32", ("IMAGENET1K_V1", "vit_l_32-c7638314.pth", 224, 256)
)
ViT_H_14_Weights = weights_of(
    "ViT_H_14_Weights",
    "vit_h_14",
    ("IMAGENET1K_SWAG_E2E_V1", "vit_h_14_swag-80465313.pth", 518, 518, "bicubic"),
    ("IMAGENET1K_SWAG_LINEAR_V1", "vit_h_14_lc_swag-c1eb923e.pth", 224, 224, "bicubic"),
)
