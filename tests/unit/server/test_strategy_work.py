"""A strategy's way through the console: drafted, counted, approved by another, live, stopped."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.unit.server.conftest import Visitor

from asterism.server.auth import Role, add_key
from asterism.server.auth.audit import entries
from asterism.server.services import Services
from asterism.strategy import get_strategy, live_strategies
from asterism.strategy.drafts import get_draft, open_drafts
from asterism.strategy.requests import get_request

Enter = Callable[[Role], Any]


@pytest.fixture
def manager(signed_in: Enter) -> Any:
    return signed_in(Role.STRATEGY_MANAGER)


@pytest.fixture
def compliance(signed_in: Enter) -> Any:
    return signed_in(Role.COMPLIANCE)


@pytest.fixture
def draft(manager: Any, services: Services) -> Iterator[str]:
    answer = manager.post("/drafts", {"source": "library:first_fund"})
    assert answer.status_code == 303, answer.text
    path = answer.headers["location"]
    yield path
    for one in open_drafts(services.engine):
        manager.post(f"/drafts/{one.draft_id}/discard")


def form_in(page: str) -> dict[str, Any]:
    """Return the editor's form as a browser would send it back."""
    form = page[page.index('<form id="draft-form"') :]
    form = form[: form.index("</form>")]
    fields: dict[str, Any] = {}
    for name, text in re.findall(
        r'<textarea[^>]* name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, re.S
    ):
        fields[name] = unescaped(text)
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = (re.search(rf' {key}="([^"]*)"', tag) for key in ("name", "value"))
        if name and ('type="checkbox"' not in tag or " checked" in tag):
            fields.setdefault(name[1], []).append(unescaped(value[1] if value else ""))
    for name, options in re.findall(r'<select[^>]* name="([^"]+)".*?>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        fields[name] = chosen[1] if chosen else ""
    return fields


def unescaped(text: str) -> str:
    from html import unescape

    return unescape(text)


def test_what_the_page_shows_comes_back_unchanged(
    manager: Any, draft: str, services: Services
) -> None:
    before = get_draft(services.engine, draft.rpartition("/")[2])
    page = manager.get(draft)
    assert page.status_code == 200
    manager.post(draft, form_in(page.text))
    assert get_draft(services.engine, before.draft_id).content == before.content


def test_sizes_and_problems_follow_what_is_written(manager: Any, draft: str) -> None:
    form = form_in(manager.get(draft).text)
    htmx = {"hx-request": "true"}
    panel = manager.post(draft, {**form, "audience": "holds_fnd"}, headers=htmx)
    assert "holds_fund" in panel.text
    assert "audience 1:1" in panel.text
    panel = manager.post(draft, {**form, "audience": "age > 200"}, headers=htmx)
    assert re.search(r'in the audience.*?<strong class="num">0<', panel.text, re.S)


def test_rows_are_added_moved_and_removed(manager: Any, draft: str, services: Services) -> None:
    identity = draft.rpartition("/")[2]

    def channels() -> Any:
        return get_draft(services.engine, identity).content["channels"]

    before = channels()
    for action, after in (
        ("down channels[0]", [before[1], before[0], *before[2:]]),
        ("up channels[1]", before),
        ("add channels", [*before, ""]),
        (f"remove channels[{len(before)}]", before),
        ("add waves[0].channels", before),
        ("remove nothing[9]", before),
    ):
        form = form_in(manager.get(draft).text)
        manager.post(f"{draft}/rows", {**form, "do": action})
        assert channels() == before if action == "add waves[0].channels" else channels() == after
    waves: Any = get_draft(services.engine, identity).content["waves"]
    assert waves[0]["channels"] == [""]


def test_the_draft_goes_out_and_comes_in_as_yaml(
    manager: Any, draft: str, services: Services
) -> None:
    page = manager.get(f"{draft}/yaml").text
    text = unescaped(re.search(r'name="text"[^>]*>\n(.*?)</textarea>', page, re.S)[1])  # type: ignore[index]
    before = get_draft(services.engine, draft.rpartition("/")[2])
    manager.post(f"{draft}/yaml", {"text": text.replace("\n", "\r\n")})
    assert get_draft(services.engine, before.draft_id).content == before.content
    wrong = manager.post(f"{draft}/yaml", {"text": text.replace("holdout:", "holdot:")})
    assert wrong.status_code == 422
    assert "holdot" in wrong.text
    assert get_draft(services.engine, before.draft_id).content == before.content


def test_from_draft_to_live_to_stopped(
    manager: Any, compliance: Any, draft: str, services: Services
) -> None:
    form = form_in(manager.get(draft).text)
    manager.post(draft, {**form, "id": "autumn_fund", "audience": "age > 30"})
    asked = manager.post(f"{draft}/submit", {"note": "for the autumn"})
    assert asked.status_code == 303, asked.text
    path = asked.headers["location"]
    page = manager.get(path)
    assert "for the autumn" in page.text
    seen = re.search(r'name="seen" value="(\w+)"', compliance.get(path).text)
    assert seen
    assert manager.post(f"{path}/approve", {"seen": seen[1]}).status_code == 409
    assert manager.post(f"{path}/live").status_code == 409
    assert compliance.post(f"{path}/approve", {"seen": "0" * 64}).status_code == 409
    assert compliance.post(f"{path}/approve", {"seen": seen[1]}).status_code == 303
    again = compliance.post(f"{path}/reject", {"reason": "too late"})
    assert again.status_code == 409
    assert "the compliance" in again.text
    live = manager.post(f"{path}/live", {"share": "0.1", "step_days": "0"})
    assert live.headers["location"] == "/strategies/autumn_fund"
    published = get_strategy(services.engine, "autumn_fund")
    assert (published.published_by, published.approved_by) == (
        "the strategy_manager",
        "the compliance",
    )
    today = services.current.get().day
    (running,) = (
        one for one in live_strategies(services.engine, today) if one.strategy.id == "autumn_fund"
    )
    assert running.ramp == 0.1
    assert "10" in manager.get("/strategies/autumn_fund").text
    manager.post("/strategies/autumn_fund/ramp", {"share": "1"})
    assert get_strategy(services.engine, "autumn_fund").version == 1
    stopped = compliance.post("/strategies/autumn_fund/stop", {"reason": "complaints"})
    assert stopped.status_code == 303
    assert "Already in flight" in manager.get(stopped.headers["location"]).text
    acts = [one.act for one in entries(services.engine) if one.subject == "autumn_fund"]
    assert acts == [
        "stop_strategy",
        "ramp_strategy",
        "publish_strategy",
        "approve_strategy",
        "submit_strategy",
    ]


def test_a_change_takes_the_request_back(
    manager: Any, compliance: Any, draft: str, services: Services
) -> None:
    form = form_in(manager.get(draft).text)
    manager.post(draft, {**form, "id": "winter_fund"})
    path = manager.post(f"{draft}/submit").headers["location"]
    seen = re.search(r'name="seen" value="(\w+)"', compliance.get(path).text)
    assert seen
    assert compliance.post(f"{path}/approve", {"seen": seen[1]}).status_code == 303
    manager.post(draft, {**form, "id": "winter_fund", "holdout": "30"})
    assert manager.post(f"{path}/live").status_code == 409
    assert "Withdrawn" in manager.get(path).text


def test_a_draft_that_does_not_hold_is_not_submitted(manager: Any, draft: str) -> None:
    form = form_in(manager.get(draft).text)
    manager.post(draft, {**form, "audience": "nobody knows"})
    answer = manager.post(f"{draft}/submit")
    assert answer.status_code == 422
    assert "audience" in answer.text


def test_an_id_that_is_taken_is_said(manager: Any, draft: str) -> None:
    form = form_in(manager.get(draft).text)
    panel = manager.post(draft, {**form, "id": "birthday"}, headers={"hx-request": "true"})
    assert "There is a strategy birthday already" in panel.text


def test_a_bundle_goes_out_and_comes_in_as_a_draft(manager: Any, services: Services) -> None:
    sent = manager.get("/strategies/birthday/bundle")
    assert sent.headers["content-disposition"] == 'attachment; filename="birthday.bundle.yaml"'
    back = manager.request(
        "POST",
        "/library/import",
        data={"csrf_token": manager.token},
        files={"file": ("../../x.yaml", sent.content)},
    )
    assert back.status_code == 303, back.text
    draft_id = back.headers["location"].rpartition("/")[2]
    assert get_draft(services.engine, draft_id).strategy_id == "birthday"
    changed = sent.content.replace(b"holdout: 0", b"holdout: 1")
    refused = manager.request(
        "POST",
        "/library/import",
        data={"csrf_token": manager.token},
        files={"file": ("x.yaml", changed)},
    )
    assert refused.status_code == 422
    manager.post(f"/drafts/{draft_id}/discard")


@pytest.mark.parametrize("role", [Role.BRANCH_HEAD, Role.OPERATIONS, Role.COMPLIANCE])
def test_who_may_not_write_does_not(signed_in: Enter, role: Role) -> None:
    visitor = signed_in(role)
    assert visitor.post("/drafts", {"source": "library:birthday"}).status_code == 403


def test_versions_are_compared_in_words(manager: Any) -> None:
    page = manager.get("/strategies/birthday/compare")
    assert page.status_code == 200
    assert "Nothing differs" in page.text


def test_a_key_of_the_writer_is_the_writer(
    app: Any, manager: Any, draft: str, services: Services
) -> None:
    form = form_in(manager.get(draft).text)
    manager.post(draft, {**form, "id": "keyed_fund"})
    path = manager.post(f"{draft}/submit").headers["location"]
    request = get_request(services.engine, path.rpartition("/")[2])
    key = add_key(services.engine, "the strategy_manager", "script", services.clock)
    answer = Visitor(app).request(
        "POST",
        f"{path}/approve",
        data={"seen": request.content_hash},
        headers={"authorization": f"Bearer {key}"},
    )
    assert answer.status_code == 409
    assert get_request(services.engine, request.request_id).state == "waiting"


def test_the_api_puts_nothing_live(app: Any) -> None:
    methods = {
        method.upper()
        for path, operations in app.openapi()["paths"].items()
        if "strateg" in path
        for method in operations
    }
    assert methods == {"GET"}
