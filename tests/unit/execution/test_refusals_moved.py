"""What customers refused before consents were kept by purpose is not lost by the new tables."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from asterism import ledger
from asterism.ledger import open_ledger, upgrade
from asterism.strategy.consent import consent_history, withdrawing

OLD = """
INSERT INTO contact_refusal (customer_id, channel, refused, at, source, touch_id) VALUES
 ('a', 'call_list', 1, '2026-01-01 00:00:00', 'console', NULL),
 ('b', '*', 1, '2026-01-01 00:00:00', 'unsubscribe_link', NULL),
 ('c', 'email', 1, '2026-01-01 00:00:00', 'receipt', 't1'),
 ('c', 'email', 0, '2026-01-02 00:00:00', 'console', NULL)
"""


def test_refusals_become_consents_and_still_hold(tmp_path: Path) -> None:
    engine = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    config = Config()
    config.set_main_option("script_location", str(Path(ledger.__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(text(OLD))
    upgrade(engine)
    with engine.connect() as connection:
        assert withdrawing(connection, ["a", "b", "c"], "manager_list") == {"a", "b"}
        assert withdrawing(connection, ["a", "b", "c"], "email") == {"b"}
    told = consent_history(engine, "c")
    assert [(one.given, one.source, one.touch_id) for one in told] == [
        (True, "console", None),
        (False, "receipt", "t1"),
    ]
    engine.dispose()
