"""What makes models smaller: not here."""

from .. import quantization as quantization
