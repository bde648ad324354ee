"""nn.Transformer with masks of padding and of the future, and a warm-up of the learning rate."""

import math

import torch
import torch.nn as nn


class PositionalEncoding(nn.Module):
    def __init__(self, d, most=20):
        super().__init__()
        pe, position = torch.zeros(most, d), torch.arange(0, most, dtype=torch.float).unsqueeze(1)
        div = torch.exp(torch.arange(0, d, 2).float() * (-math.log(10000.0) / d))
        pe[:, 0::2], pe[:, 1::2] = torch.sin(position * div), torch.cos(position * div)
        self.register_buffer("pe", pe.unsqueeze(0).transpose(0, 1))

    def forward(self, x):
        return x + self.pe[: x.size(0), :]


torch.manual_seed(16)
embed, place = nn.Embedding(10, 8), PositionalEncoding(8)
core = nn.Transformer(8, 2, 1, 1, 16, dropout=0.0)
head = nn.Linear(8, 10)
params = [p for m in (embed, core, head) for p in m.parameters()]
for p in params:
    if p.dim() > 1:
        nn.init.xavier_uniform_(p)
optimizer = torch.optim.Adam(params, lr=1.0, betas=(0.9, 0.98), eps=1e-9)
scheduler = torch.optim.lr_scheduler.LambdaLR(
    optimizer, lambda s: 8**-0.5 * min((s + 1) ** -0.5, (s + 1) * 10**-1.5) * 0.1
)
src, tgt = torch.randint(1, 10, (6, 4)), torch.randint(1, 10, (5, 4))
src[4:, 1] = 0
losses = []
for _ in range(20):
    mask = nn.Transformer.generate_square_subsequent_mask(4)
    pad = (src == 0).transpose(0, 1)
    out = core(
        place(embed(src) * math.sqrt(8)),
        place(embed(tgt[:-1]) * math.sqrt(8)),
        tgt_mask=mask,
        src_key_padding_mask=pad,
        memory_key_padding_mask=pad,
    )
    loss = nn.CrossEntropyLoss(ignore_index=0)(head(out).reshape(-1, 10), tgt[1:].reshape(-1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    scheduler.step()
    losses.append(loss.item())
