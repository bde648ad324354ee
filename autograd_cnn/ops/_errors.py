"""What a primitive raises when its operands do not fit. All are RuntimeErrors, as PyTorch's are."""


class ShapeError(RuntimeError):
    """Shapes, axes or indices do not fit the operator; the message names the operator, the operands and the
    shapes."""


class DTypeError(RuntimeError):
    """A dtype does not fit the operator; the message names the operator, the operands and the dtypes."""


class LinAlgError(RuntimeError):
    """A matrix is singular, or not positive definite, where the operator needs it to be; the message names
    the operator."""


class DeviceError(RuntimeError):
    """Operands live on different devices, or a device is not there; the message names them."""


class OutOfMemoryError(RuntimeError, MemoryError):
    """A device has no memory left for a result; the message names the operator, the sizes and what is
    allocated."""
