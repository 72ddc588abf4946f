"""The command line speaks for a person after their password, and publishes nothing unapproved."""

import io
import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from asterism.bootstrap import open_asterism
from asterism.cli.app import main
from asterism.kernel.clock import SystemClock
from asterism.server.auth import Role, add_user
from asterism.server.auth.audit import entries
from asterism.settings import Settings
from asterism.strategy import get_strategy

PASSWORD = "correct horse"
Run = Callable[..., Any]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a runner of commands: what they print as JSON, or the code they end with."""

    def command(*words: str, password: str = PASSWORD) -> Any:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
        with pytest.raises(SystemExit) as ended:
            main(["--home", str(home), *words, "--json"])
        told = capsys.readouterr().out
        return json.loads(told) if not ended.value.code else ended.value.code

    return command


@pytest.fixture
def people(home: Path) -> None:
    engine = open_asterism(Settings(home=home)).bank.engine
    for name, role in (
        ("mia", Role.STRATEGY_MANAGER),
        ("cleo", Role.COMPLIANCE),
        ("ray", Role.RELATIONSHIP_MANAGER),
    ):
        add_user(engine, name, PASSWORD, role, None, None, SystemClock())


@pytest.mark.usefixtures("people")
def test_publishing_takes_the_approval_of_another(run: Run, home: Path) -> None:
    assert run("strategy", "publish", "birthday") == 4
    assert run("strategy", "submit", "birthday", "--as", "mia", password="wrong") == 4
    assert run("strategy", "submit", "birthday", "--as", "ray") == 4
    request = run("strategy", "submit", "birthday", "--as", "mia")["request"]
    assert run("strategy", "publish", "birthday") == 4
    assert run("strategy", "approve", request, "--as", "mia") == 4
    assert run("strategy", "approve", request, "--as", "ray") == 4
    assert run("strategy", "requests")[0]["state"] == "waiting"
    assert run("strategy", "approve", request, "--as", "cleo")["state"] == "approved"
    done = run("strategy", "publish", "birthday", "--share", "0.1", "--days", "3")
    assert done == {"id": "birthday", "version": 1}
    assert run("strategy", "ramp", "birthday", "--share", "1") == 4
    assert run("strategy", "ramp", "birthday", "--share", "1", "--as", "mia")["share"] == 1.0
    stopped = run("strategy", "stop", "birthday", "--reason", "complaints")
    assert (stopped["recalled"], stopped["in_flight"]) == ({}, {})
    engine = open_asterism(Settings(home=home)).bank.engine
    assert get_strategy(engine, "birthday").approved_by == "cleo"
    assert [(one.act, one.actor) for one in entries(engine)][::-1] == [
        ("submit_strategy", "mia"),
        ("approve_strategy", "cleo"),
        ("publish_strategy", "operator"),
        ("ramp_strategy", "mia"),
        ("stop_strategy", "operator"),
    ]


@pytest.mark.usefixtures("people")
def test_a_rejection_is_one(run: Run) -> None:
    request = run("strategy", "submit", "birthday", "--as", "mia")["request"]
    done = run("strategy", "reject", request, "--as", "cleo", "--reason", "not now")
    assert done["state"] == "rejected"
    assert run("strategy", "publish", "birthday") == 4


@pytest.mark.usefixtures("people")
def test_where_approval_is_off_the_operator_publishes(run: Run, home: Path) -> None:
    (home / "settings.toml").write_text('approval = "off"\n')
    assert run("strategy", "publish", "birthday")["version"] == 1
    assert run("strategy", "ramp", "birthday", "--share", "0.5")["share"] == 0.5


def test_where_nobody_could_approve_the_operator_publishes(run: Run) -> None:
    assert run("strategy", "publish", "birthday")["version"] == 1


def test_a_bundle_goes_out_and_comes_in(run: Run, tmp_path: Path) -> None:
    run("strategy", "publish", "birthday")
    file = tmp_path / "birthday.yaml"
    assert run("strategy", "export", "birthday", str(file))["version"] == 1
    assert run("strategy", "import", str(file))["id"] == "birthday"
    file.write_text(file.read_text().replace("birthday", "funday"))
    assert run("strategy", "import", str(file)) == 2
    assert run("strategy", "import", str(tmp_path / "nothing")) == 3


def test_two_versions_are_compared(run: Run, tmp_path: Path) -> None:
    run("strategy", "publish", "birthday")
    text = run("strategy", "show", "birthday")["yaml"]
    later = (date(2020, 1, 1) + timedelta(days=31)).isoformat()
    (tmp_path / "b.yaml").write_text(text.replace("2020-01-01", later))
    run("strategy", "publish", str(tmp_path / "b.yaml"))
    (change,) = run("strategy", "diff", "birthday", "1", "2")
    assert change == {"where": "period.start", "before": "2020-01-01", "after": later}
