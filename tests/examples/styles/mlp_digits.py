"""A perceptron on small pictures, in batches of a loader."""

import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(2)
images = torch.rand(128, 1, 8, 8)
labels = (images.sum((1, 2, 3)) > 32).long()
loader = DataLoader(TensorDataset(images, labels), batch_size=32, shuffle=True)
net = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(inplace=True), nn.Dropout(0.2), nn.Linear(32, 2))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
losses = []
for _ in range(5):
    for inputs, targets in loader:
        optimizer.zero_grad(set_to_none=True)
        loss = criterion(net(inputs), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
