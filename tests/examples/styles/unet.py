"""A small U-Net that learns a mask, with a Dice loss beside cross entropy."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class DoubleConv(nn.Module):
    def __init__(self, inp, out):
        super().__init__()
        self.double_conv = nn.Sequential(
            nn.Conv2d(inp, out, 3, padding=1, bias=False),
            nn.BatchNorm2d(out),
            nn.ReLU(inplace=True),
            nn.Conv2d(out, out, 3, padding=1, bias=False),
            nn.BatchNorm2d(out),
            nn.ReLU(inplace=True),
        )

    def forward(self, x):
        return self.double_conv(x)


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.inc, self.down = DoubleConv(1, 6), nn.Sequential(nn.MaxPool2d(2), DoubleConv(6, 12))
        self.up, self.conv, self.outc = (
            nn.ConvTranspose2d(12, 6, 2, stride=2),
            DoubleConv(12, 6),
            nn.Conv2d(6, 1, 1),
        )

    def forward(self, x):
        x1 = self.inc(x)
        x2 = self.up(self.down(x1))
        dy, dx = x1.size()[2] - x2.size()[2], x1.size()[3] - x2.size()[3]
        x2 = F.pad(x2, [dx // 2, dx - dx // 2, dy // 2, dy - dy // 2])
        return self.outc(self.conv(torch.cat([x1, x2], dim=1)))


torch.manual_seed(5)
net = UNet()
x = torch.rand(4, 1, 13, 13)
mask = (x > 0.5).float()
optimizer = torch.optim.RMSprop(net.parameters(), lr=1e-3, weight_decay=1e-8, momentum=0.9)
losses = []
for _ in range(20):
    scores = net(x)
    p = torch.sigmoid(scores)
    dice = (2 * (p * mask).sum(dim=(-1, -2)) + 1e-6) / (p.sum(dim=(-1, -2)) + mask.sum(dim=(-1, -2)) + 1e-6)
    loss = nn.BCEWithLogitsLoss()(scores, mask) + 1 - dice.mean()
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
