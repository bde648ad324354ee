"""Patches of pictures as words."""

import torch
from torch import nn


class ViT(nn.Module):
    def __init__(self):
        super().__init__()
        self.patch, self.cls, self.pos = (
            nn.Conv2d(3, 12, 4, 4),
            nn.Parameter(torch.zeros(1, 1, 12)),
            nn.Parameter(torch.randn(1, 10, 12) * 0.02),
        )
        layer = nn.TransformerEncoderLayer(
            12, 3, 24, 0.0, activation="gelu", batch_first=True, norm_first=True
        )
        self.encoder, self.head = (
            nn.TransformerEncoder(layer, 2, enable_nested_tensor=False),
            nn.Linear(12, 4),
        )

    def forward(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls.expand(x.shape[0], -1, -1), x], dim=1) + self.pos
        return self.head(self.encoder(x)[:, 0])


torch.manual_seed(17)
net = ViT()
optimizer = torch.optim.AdamW(net.parameters(), lr=3e-3)
scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=1e-2, total_steps=20)
x, y = torch.randn(8, 3, 12, 12), torch.randint(4, (8,))
losses = []
for _ in range(20):
    loss = nn.functional.cross_entropy(net(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    scheduler.step()
    losses.append(loss.detach().item())
