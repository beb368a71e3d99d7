"""What Ganymede raises: the text says where, what was found, what was expected and what to do."""


class Error(Exception):
    """The base of all of them."""


class UsageError(Error, ValueError):
    """An argument does not fit the others or what it is used on."""


class ConfigurationError(Error, ValueError):
    """A recipe or one of its settings is wrong."""


class DataError(Error, ValueError):
    """Images, labels or a data set cannot be used."""


class DivergedError(Error, ArithmeticError):
    """The networks of a training have diverged."""


class FileError(Error, OSError):
    """A file cannot be read or written, or is not what it should be."""


class Warning(UserWarning):  # noqa: A001 - named as numpy and pandas name theirs
    """Something is amiss, and the training goes on."""
