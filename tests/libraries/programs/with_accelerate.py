import torch
from accelerate import Accelerator
from accelerate.utils import set_seed

set_seed(0)
acc = Accelerator(cpu=True, gradient_accumulation_steps=2)
net = torch.nn.Linear(4, 1)
opt = torch.optim.AdamW(net.parameters(), lr=0.1)
data = torch.utils.data.DataLoader(
    torch.utils.data.TensorDataset(torch.randn(16, 4), torch.randn(16, 1)), batch_size=4, shuffle=True
)
sched = torch.optim.lr_scheduler.StepLR(opt, 2)
net, opt, data, sched = acc.prepare(net, opt, data, sched)
out = []
for _ in range(2):
    for x, y in data:
        with acc.accumulate(net):
            loss = torch.nn.functional.mse_loss(net(x), y)
            acc.backward(loss)
            if acc.sync_gradients:
                acc.clip_grad_norm_(net.parameters(), 1.0)
            opt.step()
            sched.step()
            opt.zero_grad()
        out.append(round(loss.item(), 5))
print(out, acc.device, acc.is_main_process, acc.gather(torch.ones(2)).sum().item())
print(list(acc.unwrap_model(net).state_dict()))
