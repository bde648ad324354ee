"""A picture itself is what is learned: its features and their products (Gram matrices)."""

import torch
import torch.nn as nn
import torch.optim as optim

torch.manual_seed(23)
features = nn.Sequential(
    nn.Conv2d(3, 6, 3, padding=1), nn.ReLU(), nn.AvgPool2d(2), nn.Conv2d(6, 8, 3, padding=1), nn.ReLU()
)
for p in features.parameters():
    p.requires_grad_(False)


def gram_matrix(y):
    b, c, h, w = y.size()
    rows = y.view(b * c, h * w)
    return torch.mm(rows, rows.t()).div(b * c * h * w)


content, style = torch.rand(1, 3, 10, 10), torch.rand(1, 3, 10, 10)
image = content.clone().requires_grad_(True)
optimizer = optim.LBFGS([image], max_iter=3)
losses = []
for _ in range(7):

    def closure():
        with torch.no_grad():
            image.clamp_(0, 1)
        optimizer.zero_grad()
        found = features(image)
        loss = nn.functional.mse_loss(found, features(content)) + 1e3 * nn.functional.mse_loss(
            gram_matrix(found), gram_matrix(features(style))
        )
        loss.backward()
        losses.append(loss.item())
        return loss

    optimizer.step(closure)
losses = losses[:10]
