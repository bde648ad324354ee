"""A recurrent network that learns to continue a text letter by letter."""

import argparse

import torch
import torch.nn as nn

TEXT = """The fog comes on little cat feet. It sits looking over harbor and city on silent haunches and then
moves on. Whose woods these are I think I know. His house is in the village though; he will not see me
stopping here to watch his woods fill up with snow. I wandered lonely as a cloud that floats on high over
vales and hills, when all at once I saw a crowd, a host of golden daffodils; beside the lake, beneath the
trees, fluttering and dancing in the breeze."""


class CharRNN(nn.Module):
    def __init__(self, kind, letters, hidden, layers):
        super().__init__()
        self.encoder = nn.Embedding(letters, hidden)
        self.rnn = getattr(nn, kind)(
            hidden, hidden, layers, dropout=0.1 if layers > 1 else 0.0, batch_first=True
        )
        self.decoder = nn.Linear(hidden, letters)

    def forward(self, x, state=None):
        out, state = self.rnn(self.encoder(x), state)
        return self.decoder(out), state


def detached(state):
    return tuple(s.detach() for s in state) if isinstance(state, tuple) else state.detach()


def sample(model, letters, start, length):
    model.eval()
    index = {letter: i for i, letter in enumerate(letters)}
    text, state = start, None
    x = torch.tensor([[index[letter] for letter in start]])
    with torch.no_grad():
        for _ in range(length):
            logits, state = model(x, state)
            x = torch.multinomial(torch.softmax(logits[0, -1] / 0.8, dim=-1), 1).unsqueeze(0)
            text += letters[x.item()]
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", choices=["RNN", "LSTM", "GRU"], default="LSTM")
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--hidden", type=int, default=32)
    parser.add_argument("--layers", type=int, default=2)
    parser.add_argument("--lr", type=float, default=1e-2)
    parser.add_argument("--clip", type=float, default=0.5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--double", action="store_true", help="compute in float64 and print all digits of every step"
    )
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    if args.double:
        torch.set_default_dtype(torch.float64)

    letters = sorted(set(TEXT))
    codes = torch.LongTensor([letters.index(letter) for letter in TEXT])
    rows, length = 4, 16
    columns = (len(codes) - 1) // rows
    x, y = codes[: rows * columns].view(rows, columns), codes[1 : rows * columns + 1].view(rows, columns)

    model = CharRNN(args.model, len(letters), args.hidden, args.layers)
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.RMSprop(model.parameters(), lr=args.lr)
    state, begin = None, 0
    for step in range(args.steps):
        if begin + length > columns:
            state, begin = None, 0
        model.train()
        model.zero_grad()
        output, state = model(x[:, begin : begin + length], state)
        state = detached(state)
        loss = criterion(output.reshape(-1, len(letters)), y[:, begin : begin + length].reshape(-1))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), args.clip)
        optimizer.step()
        begin += length
        if args.double:
            print(f"step {step} loss {loss.item():.15g}")
        elif step % 20 == 0:
            print(f"step {step:4d}  loss {loss.item():.3f}")
    print(sample(model, letters, "The ", 60))


if __name__ == "__main__":
    main()
