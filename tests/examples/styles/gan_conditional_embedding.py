"""Labels as embeddings beside the noise; least squares instead of logarithms."""

import itertools

import torch
from torch import nn


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.label_emb = nn.Embedding(4, 4)
        self.model = nn.Sequential(nn.Linear(8, 16), nn.LeakyReLU(0.2), nn.Linear(16, 6), nn.Tanh())

    def forward(self, noise, labels):
        return self.model(torch.cat((self.label_emb(labels), noise), -1))


torch.manual_seed(10)
g = Generator()
d, e = nn.Linear(6, 1), nn.Embedding(4, 6)
optimizer = torch.optim.Adam(itertools.chain(g.parameters(), d.parameters(), e.parameters()), lr=1e-2)
losses = []
for _ in range(20):
    labels = torch.randint(0, 4, (12,))
    made = g(torch.randn(12, 4), labels)
    loss = nn.MSELoss()(d(made * e(labels)), torch.ones(12, 1)) + nn.L1Loss()(made, torch.zeros_like(made))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
