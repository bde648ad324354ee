import torch
from vit_pytorch import SimpleViT, ViT

torch.manual_seed(0)
net = ViT(image_size=32, patch_size=8, num_classes=5, dim=32, depth=2, heads=2, mlp_dim=64)
l = net(torch.randn(2, 3, 32, 32)).square().mean()
l.backward()
print(l.item())
net = SimpleViT(image_size=32, patch_size=8, num_classes=5, dim=32, depth=1, heads=2, mlp_dim=64)
print(net(torch.randn(2, 3, 32, 32)).mean().item())
