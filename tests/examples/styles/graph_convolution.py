"""Nodes of a graph by their neighbours, with a dense matrix."""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.parameter import Parameter


class GraphConvolution(nn.Module):
    def __init__(self, inp, out):
        super().__init__()
        self.weight, self.bias = Parameter(torch.FloatTensor(inp, out)), Parameter(torch.FloatTensor(out))
        self.reset_parameters()

    def reset_parameters(self):
        stdv = 1.0 / math.sqrt(self.weight.size(1))
        self.weight.data.uniform_(-stdv, stdv)
        self.bias.data.uniform_(-stdv, stdv)

    def forward(self, x, adj):
        return torch.mm(adj, torch.mm(x, self.weight)) + self.bias


torch.manual_seed(25)
adj = (torch.rand(20, 20) < 0.2).float()
adj = ((adj + adj.t()) > 0).float() + torch.eye(20)
degree = adj.sum(1).pow(-0.5)
adj = degree[:, None] * adj * degree[None, :]
x, labels = torch.rand(20, 6), torch.randint(0, 3, (20,))
gc1, gc2 = GraphConvolution(6, 8), GraphConvolution(8, 3)
optimizer = torch.optim.Adam([*gc1.parameters(), *gc2.parameters()], lr=0.01, weight_decay=5e-4)
train = torch.LongTensor(range(12))
losses = []
for _ in range(20):
    optimizer.zero_grad()
    out = F.log_softmax(gc2(F.dropout(F.relu(gc1(x, adj)), 0.5, training=True), adj), dim=1)
    loss = F.nll_loss(out[train], labels[train])
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
