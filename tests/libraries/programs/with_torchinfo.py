import torch
from torchinfo import summary

net = torch.nn.Sequential(
    torch.nn.Conv2d(1, 4, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(4 * 36, 10)
)
info = summary(net, (2, 1, 8, 8), verbose=0)
print(info.total_params, info.total_mult_adds, info.total_output_bytes)
print(str(info))
