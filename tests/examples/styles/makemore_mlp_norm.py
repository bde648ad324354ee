"""Embeddings of the last letters, a hidden layer with batch normalisation written out."""

import torch
import torch.nn.functional as F

g = torch.Generator().manual_seed(42)
X, Y = torch.randint(0, 9, (50, 3), generator=g), torch.randint(0, 9, (50,), generator=g)
C = torch.randn((9, 4), generator=g)
W1 = torch.randn((12, 20), generator=g) * (5 / 3) / 12**0.5
W2 = torch.randn((20, 9), generator=g) * 0.01
b2 = torch.randn(9, generator=g) * 0
gain, bias = torch.ones((1, 20)), torch.zeros((1, 20))
mean_running, std_running = torch.zeros((1, 20)), torch.ones((1, 20))
parameters = [C, W1, W2, b2, gain, bias]
for p in parameters:
    p.requires_grad = True
losses = []
for i in range(20):
    ix = torch.randint(0, X.shape[0], (16,), generator=g)
    hpre = C[X[ix]].view(16, -1) @ W1
    mean, std = hpre.mean(0, keepdim=True), hpre.std(0, keepdim=True)
    hpre = gain * (hpre - mean) / std + bias
    with torch.no_grad():
        mean_running = 0.999 * mean_running + 0.001 * mean
        std_running = 0.999 * std_running + 0.001 * std
    loss = F.cross_entropy(torch.tanh(hpre) @ W2 + b2, Y[ix])
    for p in parameters:
        p.grad = None
    loss.backward()
    for p in parameters:
        p.data += -0.1 * p.grad
    losses.append(loss.item())
