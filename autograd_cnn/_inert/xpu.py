"""Intel's GPUs: there are none here."""

from ._no_device import *
