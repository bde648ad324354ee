"""Part of a net frozen, its activations seen by a hook, a new head trained."""

import torch
import torch.nn as nn

torch.manual_seed(40)
net = nn.Sequential()
net.add_module("features", nn.Sequential(nn.Conv2d(3, 6, 3), nn.BatchNorm2d(6), nn.ReLU()))
net.add_module("pool", nn.AdaptiveAvgPool2d((1, 1)))
net.add_module("flat", nn.Flatten())
net.add_module("fc", nn.Linear(6, 10))
for param in net.features.parameters():
    param.requires_grad = False
net.fc = nn.Linear(net.fc.in_features, 3)
seen = []
handle = net.features[0].register_forward_hook(
    lambda module, inputs, output: seen.append(output.detach().abs().mean().item())
)
optimizer = torch.optim.SGD(filter(lambda p: p.requires_grad, net.parameters()), lr=0.1, momentum=0.9)
x, y = torch.randn(6, 3, 8, 8), torch.tensor([0, 1, 2, 0, 1, 2])
losses = []
for _ in range(20):
    loss = nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 0.5]))(net(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
handle.remove()
losses += seen[:2]
