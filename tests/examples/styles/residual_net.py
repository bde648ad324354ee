"""Residual blocks with batch normalisation, momentum and weight decay."""

import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, inp, out, stride=1):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(inp, out, 3, stride, 1, bias=False),
            nn.BatchNorm2d(out),
            nn.ReLU(),
            nn.Conv2d(out, out, 3, 1, 1, bias=False),
            nn.BatchNorm2d(out),
        )
        self.shortcut = nn.Sequential()
        if stride != 1 or inp != out:
            self.shortcut = nn.Sequential(nn.Conv2d(inp, out, 1, stride, bias=False), nn.BatchNorm2d(out))

    def forward(self, x):
        return nn.ReLU(inplace=True)(self.body(x) + self.shortcut(x))


torch.manual_seed(4)
net = nn.Sequential(
    nn.Conv2d(3, 8, 3, 1, 1),
    Block(8, 8),
    Block(8, 16, 2),
    nn.AdaptiveAvgPool2d(1),
    nn.Flatten(),
    nn.Linear(16, 5),
)
optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9, weight_decay=5e-4, nesterov=True)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=20)
x, y = torch.randn(16, 3, 12, 12), torch.randint(0, 5, (16,))
losses = []
for _ in range(20):
    loss = nn.CrossEntropyLoss(label_smoothing=0.1)(net(x), y)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    optimizer.step()
    scheduler.step()
    losses.append(loss.item())
