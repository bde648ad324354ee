"""PyTorch's own exporter: ``autograd_cnn.onnx.export`` writes files that other programs run."""

from ._answers import refusing

__all__ = ["ExportedProgram", "export", "load", "save"]

_INSTEAD = "write an ONNX file: autograd_cnn.onnx.export(model, example, path)"
export = refusing("torch.export.export", _INSTEAD)
load = refusing("torch.export.load", _INSTEAD)
save = refusing("torch.export.save", _INSTEAD)


class ExportedProgram:
    """What exporting makes; there is none."""
