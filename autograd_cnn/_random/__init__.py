"""Random numbers as PyTorch draws them: its generator, and its distributions over arrays."""
