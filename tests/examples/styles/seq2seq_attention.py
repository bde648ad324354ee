"""An encoder and a decoder of GRUs with attention, forced by the right answers."""

import random

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import optim

torch.manual_seed(15)
random.seed(15)


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding, self.gru = nn.Embedding(12, 10), nn.GRU(10, 10, batch_first=True)

    def forward(self, x):
        return self.gru(self.embedding(x))


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding, self.gru, self.out = (
            nn.Embedding(12, 10),
            nn.GRU(20, 10, batch_first=True),
            nn.Linear(10, 12),
        )
        self.Wa, self.Ua, self.Va = nn.Linear(10, 10), nn.Linear(10, 10), nn.Linear(10, 1)

    def step(self, x, hidden, keys):
        query = hidden.permute(1, 0, 2)
        scores = self.Va(torch.tanh(self.Wa(query) + self.Ua(keys))).squeeze(2).unsqueeze(1)
        context = torch.bmm(F.softmax(scores, dim=-1), keys)
        output, hidden = self.gru(torch.cat((self.embedding(x), context), dim=2), hidden)
        return self.out(output), hidden


encoder, decoder = Encoder(), Decoder()
opts = [optim.Adam(m.parameters(), lr=1e-2) for m in (encoder, decoder)]
source, target = torch.randint(1, 12, (6, 5)), torch.randint(1, 12, (6, 4))
losses = []
for _ in range(20):
    for o in opts:
        o.zero_grad()
    keys, hidden = encoder(source)
    x, outputs = torch.empty(6, 1, dtype=torch.long).fill_(0), []
    forced = random.random() < 0.5
    for i in range(target.size(1)):
        output, hidden = decoder.step(x, hidden, keys)
        outputs.append(output)
        x = target[:, i].unsqueeze(1) if forced else output.topk(1)[1].squeeze(-1).detach()
    loss = nn.NLLLoss()(F.log_softmax(torch.cat(outputs, dim=1), dim=-1).view(-1, 12), target.view(-1))
    loss.backward()
    for o in opts:
        o.step()
    losses.append(loss.item())
