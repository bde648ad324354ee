"""Pairs of pictures, near or far."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class Siamese(nn.Module):
    def __init__(self):
        super().__init__()
        self.cnn = nn.Sequential(
            nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 6, bias=False)
        )

    def forward(self, a, b):
        return self.cnn(a), self.cnn(b)


torch.manual_seed(20)
net = Siamese()
optimizer = torch.optim.Adagrad(net.parameters(), lr=0.05)
a, b, far = torch.rand(10, 1, 8, 8), torch.rand(10, 1, 8, 8), (torch.arange(10) % 2).float()
losses = []
for _ in range(20):
    distance = F.pairwise_distance(*net(a, b), keepdim=False)
    loss = torch.mean(
        (1 - far) * torch.pow(distance, 2) + far * torch.pow(torch.clamp(2.0 - distance, min=0.0), 2)
    )
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
