"""Whole numbers in the place of floats: not here."""

from ._answers import refusing

__all__ = ["convert", "prepare", "quantize_dynamic"]

_INSTEAD = "keep float32, or use float16 to save memory"
convert = refusing("torch.quantization.convert", _INSTEAD)
prepare = refusing("torch.quantization.prepare", _INSTEAD)
quantize_dynamic = refusing("torch.quantization.quantize_dynamic", _INSTEAD)
