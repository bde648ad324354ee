"""What may be chosen about kernels: per thread and task, and by the environment for a whole process."""

import os
from contextvars import ContextVar

winograd = ContextVar("autograd_cnn.winograd", default=os.environ.get("AUTOGRAD_CNN_WINOGRAD", "1") != "0")
"""Whether 3x3 convolutions of float32 may be computed by Winograd's filtering."""
