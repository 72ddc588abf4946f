"""Passwords are kept as argon2id digests and compared in equal time."""

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from asterism.kernel.errors import InvalidInputError, Problem
from asterism.kernel.words import N_

#: The least characters of a password.
SHORTEST = 8
LONGEST = 256
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
#: Each check takes 19 MiB; a flood of log-ins must not take the machine's memory.
_AT_ONCE = threading.BoundedSemaphore(4)


def check_new_password(name: str, password: str) -> None:
    """Refuse a password that is too short, too long or the name itself."""
    problems = []
    if len(password) < SHORTEST:
        problems.append(
            Problem(
                message=N_("A password has at least {shortest} characters."),
                where="password",
                values={"shortest": SHORTEST},
            )
        )
    if len(password) > LONGEST:
        problems.append(
            Problem(
                message=N_("A password has at most {longest} characters."),
                where="password",
                values={"longest": LONGEST},
            )
        )
    if password.casefold() == name.casefold():
        problems.append(Problem(message=N_("A password is not the name."), where="password"))
    if problems:
        raise InvalidInputError(N_("The password does not hold"), problems)


def digest_password(password: str) -> str:
    """Return the argon2id digest (19 MiB, 2 passes, 1 lane) of `password`."""
    with _AT_ONCE:
        return _HASHER.hash(password)


@cache
def _nobody() -> str:
    """Return a digest that no password meets, so that unknown names cost the same time."""
    return _HASHER.hash("no password is this one")


def password_matches(digest: str | None, password: str) -> bool:
    """Tell whether `password` meets `digest`; None (an unknown name) takes as long and fails."""
    with _AT_ONCE:
        try:
            _HASHER.verify(digest or _nobody(), password[:LONGEST])
        except (VerificationError, InvalidHashError):
            return False
    return digest is not None
