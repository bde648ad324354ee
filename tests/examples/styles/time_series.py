"""Sines that a pair of LSTM cells goes on with."""

import numpy as np
import torch
import torch.nn as nn

np.random.seed(24)
torch.manual_seed(24)
x = np.array(range(25)) + np.random.randint(-20, 20, 6).reshape(6, 1)
data = torch.from_numpy(np.sin(x / 5.0).astype("float64"))
inputs, target = data[:, :-1], data[:, 1:]


class Sequence(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm1, self.lstm2, self.linear = nn.LSTMCell(1, 7), nn.LSTMCell(7, 7), nn.Linear(7, 1)

    def forward(self, x):
        outputs = []
        h1 = c1 = h2 = c2 = torch.zeros(x.size(0), 7, dtype=torch.double)
        for part in x.split(1, dim=1):
            h1, c1 = self.lstm1(part, (h1, c1))
            h2, c2 = self.lstm2(h1, (h2, c2))
            outputs += [self.linear(h2)]
        return torch.cat(outputs, dim=1)


seq = Sequence()
seq.double()
optimizer = torch.optim.Rprop(seq.parameters(), lr=0.01)
losses = []
for _ in range(20):
    optimizer.zero_grad()
    loss = nn.MSELoss()(seq(inputs), target)
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
