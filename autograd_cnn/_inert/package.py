"""Models packed with their code: not here."""

from ._answers import refusing

__all__ = ["PackageExporter", "PackageImporter"]

_INSTEAD = "save the weights: torch.save(model.state_dict(), path)"
PackageExporter = refusing("torch.package.PackageExporter", _INSTEAD)
PackageImporter = refusing("torch.package.PackageImporter", _INSTEAD)
