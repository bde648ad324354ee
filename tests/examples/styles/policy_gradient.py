"""REINFORCE in a corridor."""

import torch
import torch.nn as nn
import torch.optim as optim
from torch.distributions import Categorical

torch.manual_seed(18)


class Corridor:
    def reset(self):
        self.at = 2
        return self.at

    def step(self, action):
        self.at += 1 if action == 1 else -1
        done = self.at in (0, 5)
        return self.at, float(self.at == 5) - 0.05, done


policy = nn.Sequential(nn.Embedding(6, 8), nn.Linear(8, 2), nn.Softmax(dim=-1))
optimizer = optim.Adam(policy.parameters(), lr=1e-2)
env, eps, losses = Corridor(), 1e-6, []
for _ in range(20):
    state, log_probs, rewards, done = env.reset(), [], [], False
    while not done and len(rewards) < 15:
        m = Categorical(policy(torch.tensor(state)))
        action = m.sample()
        log_probs.append(m.log_prob(action))
        state, reward, done = env.step(action.item())
        rewards.append(reward)
    R, returns = 0, []
    for r in rewards[::-1]:
        R = r + 0.99 * R
        returns.insert(0, R)
    returns = torch.tensor(returns)
    returns = (returns - returns.mean()) / (returns.std() + eps)
    loss = torch.stack([-p * R for p, R in zip(log_probs, returns)]).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
