"""The error for a file that cannot be read at all."""

from asterism.kernel.errors import InvalidInputError, Problem
from asterism.kernel.words import N_


def refuse(file: str, message: str, hint: str = "", **values: object) -> InvalidInputError:
    """Return the error that names the file; raise it."""
    problem = Problem(message=message, where=file, values=values, hint=hint)
    return InvalidInputError(N_("The import stops"), [problem])
