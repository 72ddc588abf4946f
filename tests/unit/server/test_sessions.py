"""Sessions, passwords, keys and the slowing down of failed log-ins."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from asterism.kernel.clock import SetClock
from asterism.kernel.errors import ConflictError, InvalidInputError
from asterism.server.auth import Role, add_key, add_user, disable_user, list_users
from asterism.server.auth.attempts import forget, must_wait, note_failure
from asterism.server.auth.keys import list_keys, revoke_key, user_of_key
from asterism.server.auth.passwords import digest_password, password_matches
from asterism.server.auth.sessions import (
    Limits,
    begin,
    csrf_matches,
    csrf_token,
    end,
    prune,
    resume,
)
from asterism.server.auth.users import User

LIMITS = Limits(idle=timedelta(minutes=15), absolute=timedelta(hours=12))


@pytest.fixture
def ana(ledger: Engine, clock: SetClock) -> User:
    return add_user(ledger, "Ana", "correct horse", Role.ANALYST, None, None, clock)


def test_a_session_is_kept_as_a_hash_and_resumed_by_its_id(
    ledger: Engine, clock: SetClock, ana: User
) -> None:
    session = begin(ledger, ana, clock)
    assert resume(ledger, session, clock, LIMITS) == ana
    assert resume(ledger, session + "x", clock, LIMITS) is None


def test_a_session_ends_when_it_idles_too_long(ledger: Engine, clock: SetClock, ana: User) -> None:
    session = begin(ledger, ana, clock)
    clock.set(clock.now() + timedelta(minutes=14))
    assert resume(ledger, session, clock, LIMITS)
    clock.set(clock.now() + timedelta(minutes=14))
    assert resume(ledger, session, clock, LIMITS)
    clock.set(clock.now() + timedelta(minutes=16))
    assert resume(ledger, session, clock, LIMITS) is None


def test_a_session_ends_after_twelve_hours_however_busy(
    ledger: Engine, clock: SetClock, ana: User
) -> None:
    session = begin(ledger, ana, clock)
    for _ in range(72):
        clock.set(clock.now() + timedelta(minutes=10))
        assert resume(ledger, session, clock, LIMITS)
    clock.set(clock.now() + timedelta(minutes=10))
    assert resume(ledger, session, clock, LIMITS) is None


def test_a_new_log_in_ends_the_session_it_replaces(
    ledger: Engine, clock: SetClock, ana: User
) -> None:
    first = begin(ledger, ana, clock)
    second = begin(ledger, ana, clock, replacing=first)
    assert resume(ledger, first, clock, LIMITS) is None
    assert resume(ledger, second, clock, LIMITS)


def test_a_disabled_user_is_cut_off_on_the_next_request(
    ledger: Engine, clock: SetClock, ana: User
) -> None:
    session, key = begin(ledger, ana, clock), add_key(ledger, "ana", "feed", clock)
    disable_user(ledger, "ana", clock)
    assert resume(ledger, session, clock, LIMITS) is None
    assert user_of_key(ledger, key) is None


def test_signing_out_and_pruning_leave_nothing(ledger: Engine, clock: SetClock, ana: User) -> None:
    end(ledger, begin(ledger, ana, clock))
    begin(ledger, ana, clock)
    clock.set(clock.now() + timedelta(hours=1))
    assert prune(ledger, clock, LIMITS) == 1


def test_a_token_belongs_to_one_session(ledger: Engine, clock: SetClock, ana: User) -> None:
    one, other = begin(ledger, ana, clock), begin(ledger, ana, clock)
    assert csrf_matches(one, csrf_token(one))
    assert not csrf_matches(one, csrf_token(other))
    assert not csrf_matches(one, "ñ")


def test_a_key_works_until_it_is_revoked(ledger: Engine, clock: SetClock, ana: User) -> None:
    key = add_key(ledger, "ana", "feed", clock)
    assert user_of_key(ledger, key) == ana
    revoke_key(ledger, list_keys(ledger)[0].key_id, clock)
    assert user_of_key(ledger, key) is None


def test_passwords_are_argon2id_with_the_parameters_we_publish() -> None:
    digest = digest_password("correct horse")
    assert digest.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert password_matches(digest, "correct horse")
    assert not password_matches(digest, "wrong")
    assert not password_matches(None, "correct horse")
    assert not password_matches("no digest", "correct horse")


@pytest.mark.parametrize(
    ("name", "password", "role"),
    [
        ("ana", "short", "analyst"),
        ("ana", "x" * 300, "analyst"),
        ("anaanaana", "ANAanaANA", "analyst"),
        ("", "correct horse", "analyst"),
        ("a\nb", "correct horse", "analyst"),
        ("ana", "correct horse", "emperor"),
    ],
)
def test_a_bad_name_password_or_role_is_refused(
    ledger: Engine, clock: SetClock, name: str, password: str, role: str
) -> None:
    with pytest.raises(InvalidInputError):
        add_user(ledger, name, password, role, None, None, clock)
    assert list_users(ledger) == ()


def test_a_name_is_taken_whatever_its_capitals(ledger: Engine, clock: SetClock, ana: User) -> None:
    with pytest.raises(ConflictError):
        add_user(ledger, f" {ana.name.upper()} ", "correct horse", "analyst", None, None, clock)


def test_failed_log_ins_wait_longer_and_longer(ledger: Engine, clock: SetClock) -> None:
    waits = []
    for _ in range(9):
        waits.append(must_wait(ledger, "ana", "10.0.0.1", clock).total_seconds())
        note_failure(ledger, "Ana", "10.0.0.1", clock)
    assert waits == [0, 0, 0, 0, 1, 2, 4, 8, 16]
    assert must_wait(ledger, "bea", "10.0.0.1", clock) == timedelta()
    clock.set(clock.now() + timedelta(seconds=40))
    assert must_wait(ledger, "ana", "10.0.0.1", clock) == timedelta()
    forget(ledger, "ana")
    note_failure(ledger, "ana", "10.0.0.1", clock)
    assert must_wait(ledger, "ana", "10.0.0.1", clock) == timedelta()


def test_one_address_cannot_try_many_names(ledger: Engine, clock: SetClock) -> None:
    for number in range(40):
        note_failure(ledger, f"user {number}", "10.0.0.1", clock)
    assert must_wait(ledger, "somebody else", "10.0.0.1", clock) > timedelta()
    assert must_wait(ledger, "somebody else", "10.0.0.2", clock) == timedelta()
