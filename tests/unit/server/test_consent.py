"""Consents over the API and on the customer's page: one word, heard everywhere."""

from typing import Any

from asterism.server.auth import Role, add_key
from asterism.server.auth.audit import entries
from asterism.server.services import Services
from asterism.strategy.consent import consent_history


def key(services: Services, name: str = "the integrator") -> dict[str, str]:
    return {"authorization": f"Bearer {add_key(services.engine, name, 'test', services.clock)}"}


def somebody(services: Services) -> str:
    """Return a customer whose records agree to e-mail, and who has said nothing since."""
    reading = services.current.get()
    return next(
        str(one)
        for one in reading.columns.customer_ids
        if reading.profile(str(one)).get("consent_email") is True
        and not consent_history(services.engine, str(one))
    )


def test_a_withdrawal_over_the_api_holds_and_is_kept(services: Services, visitor: Any) -> None:
    customer, signed = somebody(services), key(services)
    path = f"/api/v1/customers/{customer}/consent"
    before = {one["medium"]: one for one in visitor.get(path, headers=signed).json()["states"]}
    assert before["email"]["given"] is True
    assert before["email"]["source"] == "records"
    said = {"medium": "email", "given": False, "source": "hotline", "evidence": "call 17"}
    answer = visitor.request("POST", path, json=said, headers=signed)
    assert answer.status_code == 200
    after = {one["medium"]: one for one in answer.json()["states"] if one["purpose"] == "marketing"}
    assert (after["email"]["given"], after["email"]["source"]) == (False, "hotline")
    assert answer.json()["history"][0]["evidence"] == "call 17"
    assert consent_history(services.engine, customer)[0].records_said is True
    assert entries(services.engine, limit=1)[0].act == "record_consent"


def test_a_wrong_word_is_refused_and_a_stranger_not_found(services: Services, visitor: Any) -> None:
    customer, signed = somebody(services), key(services)
    path = f"/api/v1/customers/{customer}/consent"
    before = consent_history(services.engine, customer)
    wrong = {"medium": "pigeon", "given": True, "source": " "}
    answer = visitor.request("POST", path, json=wrong, headers=signed)
    assert answer.status_code == 422
    assert {problem["where"] for problem in answer.json()["problems"]} == {"medium", "source"}
    assert consent_history(services.engine, customer) == before
    path = "/api/v1/customers/nobody/consent"
    answer = visitor.request("POST", path, json={"given": False}, headers=signed)
    assert answer.status_code == 404


def test_one_click_on_the_page_withdraws_and_shows_it(services: Services, signed_in: Any) -> None:
    customer = somebody(services)
    visitor = signed_in(Role.COMPLIANCE)
    page = visitor.get(f"/customers/{customer}")
    assert page.status_code == 200
    assert 'name="given" value="false"' in page.text
    said = {"purpose": "marketing", "medium": "email", "given": "false"}
    shown = visitor.post(f"/customers/{customer}/consent", said, headers={"hx-request": "true"})
    assert shown.status_code == 200
    assert shown.text.lstrip().startswith('<div id="consent">')
    assert 'name="given" value="true"' in shown.text
    assert consent_history(services.engine, customer)[0].source == "console"
    plain = visitor.post(f"/customers/{customer}/consent", said)
    assert plain.status_code == 303


def test_who_may_not_record_sees_the_panel_without_buttons(
    services: Services, signed_in: Any
) -> None:
    customer = somebody(services)
    visitor = signed_in(Role.ANALYST)
    page = visitor.get(f"/customers/{customer}")
    assert '<div id="consent">' in page.text
    assert 'name="given"' not in page.text
    said = {"purpose": "marketing", "given": "false"}
    assert visitor.post(f"/customers/{customer}/consent", said).status_code == 403
