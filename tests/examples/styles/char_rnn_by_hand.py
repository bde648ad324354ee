"""A recurrent net of two linear layers, letter by letter."""

import torch
import torch.nn as nn

torch.manual_seed(13)
letters = "abcdefgh"
names = ["abba", "cafe", "deaf", "beach", "head", "chef"] * 4


class RNN(nn.Module):
    def __init__(self, n, hidden):
        super().__init__()
        self.hidden_size = hidden
        self.i2h, self.i2o = nn.Linear(n + hidden, hidden), nn.Linear(n + hidden, n)

    def forward(self, x, hidden):
        combined = torch.cat((x, hidden), 1)
        return nn.LogSoftmax(dim=1)(self.i2o(combined)), torch.tanh(self.i2h(combined))


rnn = RNN(len(letters), 10)
losses = []
for name in names[:20]:
    hidden = torch.zeros(1, rnn.hidden_size)
    loss = torch.Tensor([0])
    for now, after in zip(name, name[1:]):
        x = torch.zeros(1, len(letters))
        x[0][letters.index(now)] = 1
        output, hidden = rnn(x, hidden)
        loss = loss + nn.NLLLoss()(output, torch.LongTensor([letters.index(after)]))
    rnn.zero_grad()
    loss.sum().backward()
    for p in rnn.parameters():
        p.data.add_(p.grad.data, alpha=-0.05)
    losses.append(loss.item() / len(name))
