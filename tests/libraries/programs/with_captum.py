import torch
from captum.attr import (
    DeepLift,
    FeatureAblation,
    InputXGradient,
    IntegratedGradients,
    LayerActivation,
    LayerGradCam,
    Occlusion,
    Saliency,
)

torch.manual_seed(0)
net = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 3)).eval()
x = torch.randn(2, 4)
print(IntegratedGradients(net).attribute(x, target=1, n_steps=20).abs().sum().item())
print(Saliency(net).attribute(x, target=1).abs().sum().item())
print(DeepLift(net).attribute(x, target=1).abs().sum().item())
print(FeatureAblation(net).attribute(x, target=1).abs().sum().item())
print(InputXGradient(net).attribute(x, target=1).abs().sum().item())
print(LayerActivation(net, net[0]).attribute(x).abs().sum().item())
conv = torch.nn.Sequential(
    torch.nn.Conv2d(1, 2, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(2 * 36, 3)
).eval()
i = torch.randn(1, 1, 8, 8)
print(LayerGradCam(conv, conv[0]).attribute(i, target=0).abs().sum().item())
print(Occlusion(conv).attribute(i, target=0, sliding_window_shapes=(1, 2, 2)).abs().sum().item())
