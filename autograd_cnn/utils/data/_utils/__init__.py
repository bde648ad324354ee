"""What a DataLoader and its workers do with items, under the module names that scripts take from PyTorch."""

from . import collate as collate
from . import fetch as fetch
from . import worker as worker
