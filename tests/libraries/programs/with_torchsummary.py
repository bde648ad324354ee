import torch
from torchsummary import summary

summary(
    torch.nn.Sequential(
        torch.nn.Conv2d(1, 4, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(4 * 36, 10)
    ),
    (1, 8, 8),
    device="cpu",
)
