"""Users and things as vectors whose products are ratings."""

import torch
from torch import nn


class MF(nn.Module):
    def __init__(self, users, items, k):
        super().__init__()
        self.P, self.Q = nn.Embedding(users, k), nn.Embedding(items, k)
        self.user_bias, self.item_bias = nn.Embedding(users, 1), nn.Embedding(items, 1)

    def forward(self, u, i):
        return (self.P(u) * self.Q(i)).sum(axis=1) + self.user_bias(u).squeeze() + self.item_bias(i).squeeze()


torch.manual_seed(27)
model = MF(10, 12, 4)
users, items, ratings = (
    torch.randint(0, 10, (60,)),
    torch.randint(0, 12, (60,)),
    torch.randint(1, 6, (60,)).float(),
)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, weight_decay=1e-4)
losses = []
for _ in range(20):
    loss = nn.HuberLoss()(model(users, items), ratings)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
