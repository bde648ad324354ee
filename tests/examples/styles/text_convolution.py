"""Sentences under windows of several widths, and packed sentences through a recurrent net."""

import torch
import torch.nn as nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

torch.manual_seed(29)
sentences = [torch.randint(1, 30, (n,)) for n in (9, 7, 6, 5, 4, 4)]
lengths = torch.tensor([len(s) for s in sentences])
x, y = pad_sequence(sentences, batch_first=True), torch.tensor([0, 1, 0, 1, 1, 0]).float()
embed = nn.Embedding(30, 8, padding_idx=0)
convs = nn.ModuleList([nn.Conv1d(8, 5, k, padding=k // 2) for k in (1, 3, 5)])
rnn, head = nn.GRU(8, 6, batch_first=True, bidirectional=True), nn.Linear(15 + 12, 1)
params = [p for m in (embed, convs, rnn, head) for p in m.parameters()]
optimizer = torch.optim.RAdam(params, lr=1e-2)
losses = []
for _ in range(20):
    e = embed(x)
    pooled = torch.cat([c(e.transpose(1, 2)).relu().max(dim=2)[0] for c in convs], 1)
    out, _ = pad_packed_sequence(rnn(pack_padded_sequence(e, lengths, batch_first=True))[0], batch_first=True)
    loss = nn.BCEWithLogitsLoss()(head(torch.cat([pooled, out.mean(1)], 1)).squeeze(1), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
