"""Sub-pixel convolutions."""

import torch
import torch.nn as nn
import torch.nn.init as init


class Net(nn.Module):
    def __init__(self, upscale_factor):
        super().__init__()
        self.relu, self.conv1 = nn.ReLU(), nn.Conv2d(1, 8, (5, 5), (1, 1), (2, 2))
        self.conv2, self.pixel_shuffle = (
            nn.Conv2d(8, upscale_factor**2, (3, 3), (1, 1), (1, 1)),
            nn.PixelShuffle(upscale_factor),
        )
        init.orthogonal_(self.conv1.weight, init.calculate_gain("relu"))
        init.orthogonal_(self.conv2.weight)

    def forward(self, x):
        return self.pixel_shuffle(self.conv2(self.relu(self.conv1(x))))


torch.manual_seed(22)
model = Net(2)
fine = torch.rand(4, 1, 12, 12)
coarse = nn.functional.interpolate(fine, scale_factor=0.5, mode="bilinear", align_corners=False)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
losses = []
for _ in range(20):
    optimizer.zero_grad()
    loss = nn.MSELoss()(model(coarse), fine)
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
