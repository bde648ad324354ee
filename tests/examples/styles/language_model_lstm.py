"""A word language model: an LSTM over batches of a text, cut off in time."""

import math

import torch
import torch.nn as nn

torch.manual_seed(12)
corpus = torch.randint(0, 15, (400,))
batch, bptt = 5, 8
data = corpus.narrow(0, 0, corpus.size(0) // batch * batch).view(batch, -1).t().contiguous()


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.drop, self.encoder = nn.Dropout(0.1), nn.Embedding(15, 12)
        self.rnn, self.decoder = nn.LSTM(12, 12, 2, dropout=0.1), nn.Linear(12, 15)
        self.decoder.weight = self.encoder.weight
        nn.init.uniform_(self.encoder.weight, -0.1, 0.1)
        nn.init.zeros_(self.decoder.bias)

    def forward(self, x, hidden):
        out, hidden = self.rnn(self.drop(self.encoder(x)), hidden)
        return nn.functional.log_softmax(self.decoder(self.drop(out)).view(-1, 15), dim=1), hidden

    def init_hidden(self, bsz):
        weight = next(self.parameters())
        return weight.new_zeros(2, bsz, 12), weight.new_zeros(2, bsz, 12)


model, lr = Model(), 2.0
hidden = model.init_hidden(batch)
losses = []
for i in list(range(0, data.size(0) - 1, bptt)) * 2:
    n = min(bptt, len(data) - 1 - i)
    x, y = data[i : i + n], data[i + 1 : i + 1 + n].view(-1)
    model.zero_grad()
    hidden = tuple(h.detach() for h in hidden)
    output, hidden = model(x, hidden)
    loss = nn.NLLLoss()(output, y)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 0.25)
    for p in model.parameters():
        p.data.add_(p.grad, alpha=-lr)
    losses.append(math.exp(loss.item()))
