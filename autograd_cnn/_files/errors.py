"""What is wrong with a file."""


class FileFormatError(ValueError):
    """A file is damaged, or not of the expected format; the message names the file, and the part of it."""


class EmptyFileError(FileFormatError, EOFError):
    """A file has nothing in it."""


class NoFolderError(RuntimeError, FileNotFoundError):
    """The folder of the file to write does not exist."""


class NoFileError(TypeError, AttributeError):
    """What was given as a file is none."""
