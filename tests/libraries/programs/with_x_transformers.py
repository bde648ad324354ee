import torch
from x_transformers import AutoregressiveWrapper, Decoder, Encoder, TransformerWrapper

torch.manual_seed(0)
model = AutoregressiveWrapper(
    TransformerWrapper(
        num_tokens=32, max_seq_len=16, attn_layers=Decoder(dim=32, depth=2, heads=2, rotary_pos_emb=True)
    )
)
x = torch.randint(0, 32, (2, 16))
loss = model(x)
loss.backward()
print(loss.item(), sum(p.grad.abs().sum().item() for p in model.parameters() if p.grad is not None))
enc = TransformerWrapper(num_tokens=32, max_seq_len=16, attn_layers=Encoder(dim=32, depth=1, heads=2))
print(enc(x).mean().item())
