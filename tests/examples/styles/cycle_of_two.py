"""Two translators whose composition is to be the identity, with instance norms and mirrored borders."""

import itertools

import torch
import torch.nn as nn

torch.manual_seed(11)


def translator():
    return nn.Sequential(
        nn.ReflectionPad2d(1),
        nn.Conv2d(1, 6, 3),
        nn.InstanceNorm2d(6),
        nn.ReLU(inplace=True),
        nn.Upsample(scale_factor=2),
        nn.Conv2d(6, 1, 3, stride=2, padding=1),
        nn.Tanh(),
    )


G_AB, G_BA = translator(), translator()
optimizer = torch.optim.Adam(itertools.chain(G_AB.parameters(), G_BA.parameters()), lr=1e-3)
scheduler = torch.optim.lr_scheduler.LambdaLR(
    optimizer, lr_lambda=lambda epoch: 1.0 - max(0, epoch - 10) / 20
)
a, b = torch.rand(2, 1, 8, 8), torch.rand(2, 1, 8, 8)
l1 = nn.L1Loss()
losses = []
for _ in range(20):
    loss = l1(G_BA(G_AB(a)), a) + l1(G_AB(G_BA(b)), b) + 0.5 * l1(G_BA(a), a)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    scheduler.step()
    losses.append(loss.item())
