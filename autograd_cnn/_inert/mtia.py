"""Meta's accelerators: there are none here."""

from ._no_device import *
