"""Files: written whole or not at all, tensors in them as safetensors, and PyTorch's own read without running
them."""
