"""A transformer encoder that learns to sort digits, with warm-up of the learning rate."""

import argparse
import math

import torch
import torch.nn as nn
import torch.nn.functional as F


class PositionalEncoding(nn.Module):
    def __init__(self, d_model, dropout=0.1, max_len=64):
        super().__init__()
        self.dropout = nn.Dropout(p=dropout)
        position = torch.arange(max_len).unsqueeze(1)
        div_term = torch.exp(torch.arange(0, d_model, 2) * (-math.log(10000.0) / d_model))
        pe = torch.zeros(1, max_len, d_model)
        pe[0, :, 0::2] = torch.sin(position * div_term)
        pe[0, :, 1::2] = torch.cos(position * div_term)
        self.register_buffer("pe", pe)

    def forward(self, x):
        x = x + self.pe[:, : x.size(1)]
        return self.dropout(x)


class Sorter(nn.Module):
    def __init__(self, digits, d_model, nhead, d_hid, nlayers, dropout):
        super().__init__()
        self.embedding = nn.Embedding(digits + 1, d_model, padding_idx=digits)
        self.pos_encoder = PositionalEncoding(d_model, dropout)
        layer = nn.TransformerEncoderLayer(
            d_model, nhead, d_hid, dropout, activation="gelu", batch_first=True
        )
        self.encoder = nn.TransformerEncoder(layer, nlayers, enable_nested_tensor=False)
        self.norm = nn.LayerNorm(d_model)
        self.decoder = nn.Linear(d_model, digits)
        self.d_model = d_model

    def forward(self, tokens, padding):
        x = self.pos_encoder(self.embedding(tokens) * math.sqrt(self.d_model))
        x = self.encoder(x, src_key_padding_mask=padding)
        return self.decoder(self.norm(x))


def batch(count, length, digits):
    """Rows of digits, the last ones padding in every other row; and the digits sorted."""
    tokens = torch.randint(0, digits, (count, length))
    padding = torch.zeros(count, length, dtype=torch.bool)
    padding[::2, -2:] = True
    tokens = tokens.masked_fill(padding, digits)
    return tokens, padding, tokens.sort(dim=1).values


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--warmup", type=int, default=10)
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--double", action="store_true", help="compute in float64 and print all digits of every step"
    )
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    if args.double:
        torch.set_default_dtype(torch.float64)

    digits, length = 8, 8
    model = Sorter(digits, d_model=32, nhead=4, d_hid=64, nlayers=2, dropout=args.dropout)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.01)
    scheduler = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / args.warmup, (args.warmup / (step + 1)) ** 0.5)
    )
    model.train()
    for step in range(args.steps):
        tokens, padding, target = batch(args.batch_size, length, digits)
        logits = model(tokens, padding)
        loss = F.cross_entropy(logits.view(-1, digits), target.view(-1), ignore_index=digits)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        scheduler.step()
        if args.double:
            print(f"step {step} loss {loss.item():.15g}")
        elif step % 30 == 0:
            print(f"step {step:3d}  loss {loss.item():.3f}")

    model.eval()
    with torch.no_grad():
        tokens, padding, target = batch(200, length, digits)
        right = (model(tokens, padding).argmax(-1) == target) | padding
    print(f"digits in their place: {right.float().mean().item():.3f}")


if __name__ == "__main__":
    main()
