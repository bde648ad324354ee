"""Softmax regression with tensors alone."""

import torch

torch.manual_seed(1)
X = torch.randn(60, 8)
y = (X[:, 0] + X[:, 1] > 0).long() + (X[:, 2] > 0).long()
W = torch.normal(0, 0.01, size=(8, 3), requires_grad=True)
b = torch.zeros(3, requires_grad=True)


def softmax(scores):
    powers = torch.exp(scores)
    return powers / powers.sum(1, keepdim=True)


losses = []
for _ in range(20):
    p = softmax(X.reshape((-1, W.shape[0])) @ W + b)
    loss = -torch.log(p[range(len(p)), y]).mean()
    loss.backward()
    with torch.no_grad():
        for t in (W, b):
            t -= 0.5 * t.grad
            t.grad.zero_()
    losses.append(float(loss))
