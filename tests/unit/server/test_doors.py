"""Who gets in where: every route, every role, every way to come in without a right."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from asterism.server.auth import Permission, Role
from asterism.server.auth.audit import entries
from asterism.server.auth.roles import PERMISSIONS
from asterism.server.guard import Guard, Public
from asterism.server.headers import HEADERS
from asterism.server.services import Services

Enter = Callable[[Role], Any]


def routes_of(router: Any) -> Iterator[APIRoute]:
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield route
        elif hasattr(route, "original_router"):
            yield from routes_of(route.original_router)
        else:
            raise AssertionError(f"{route} is outside the doors")


def needs(route: APIRoute) -> list[Permission | None]:
    """Return the permissions that a route asks for; None stands for open to everyone."""
    calls = [dependency.call for dependency in route.dependant.dependencies]
    return [
        call.permission if isinstance(call, Guard) else None
        for call in calls
        if isinstance(call, Guard | Public)
    ]


def plain_pages(app: FastAPI) -> list[tuple[str, Permission]]:
    return [
        (route.path, permission)
        for route in routes_of(app)
        for permission in needs(route)
        if permission and "GET" in (route.methods or ()) and "{" not in route.path
    ]


def test_every_route_declares_exactly_one_permission(app: FastAPI) -> None:
    assert [route.path for route in routes_of(app) if len(needs(route)) != 1] == []


def test_what_is_open_to_everyone_is_known_by_name(app: FastAPI) -> None:
    assert {route.path for route in routes_of(app) if needs(route) == [None]} == {
        "/static/{version}/{name:path}",
        "/favicon.ico",
        "/health",
        "/api/v1/openapi.json",
        "/login",
        "/language",
        "/unsubscribe/{token}",
    }


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_its_pages_and_no_others(app: FastAPI, signed_in: Enter, role: Role) -> None:
    visitor = signed_in(role)
    for path, permission in plain_pages(app):
        expected = 200 if permission in PERMISSIONS[role] else 403
        assert visitor.get(path).status_code == expected, path


def test_signed_out_people_are_sent_to_the_log_in_page(visitor: Any) -> None:
    answer = visitor.get("/customers?q=C1")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=/customers%3Fq%3DC1"


def test_signed_out_systems_get_a_problem(visitor: Any) -> None:
    answer = visitor.get("/api/v1/strategies")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_denial_is_on_record(signed_in: Enter, services: Services) -> None:
    signed_in(Role.RELATIONSHIP_MANAGER).get("/audit")
    newest = entries(services.engine, act="denied")[0]
    assert (newest.actor, newest.subject) == ("the relationship_manager", "GET /audit")


def test_a_form_without_the_token_is_refused(admin: Any) -> None:
    admin.token = "0" * 64
    assert admin.post("/audiences/lists", {"title": "x"}).status_code == 403


def test_a_form_from_another_site_is_refused(admin: Any) -> None:
    answer = admin.post("/logout", headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    assert admin.get("/").status_code == 200


def test_a_log_in_from_another_site_is_refused(visitor: Any) -> None:
    answer = visitor.post("/login", headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403


def test_every_answer_carries_the_security_headers(app: FastAPI, admin: Any, visitor: Any) -> None:
    paths = [path for path, _ in plain_pages(app)]
    answers = [admin.get(path) for path in paths]
    answers += [visitor.get(path) for path in ("/login", "/nowhere", "/health", "/customers")]
    for answer in answers:
        for name, value in HEADERS.items():
            assert answer.headers[name] == value, answer.url
        assert answer.headers["cache-control"] == "no-store"


def test_pages_hold_no_inline_script_and_no_inline_handler(app: FastAPI, admin: Any) -> None:
    for path, _ in plain_pages(app):
        text = admin.get(path).text
        assert text.count("<script") == text.count("<script src="), path
        assert " onclick=" not in text, path


def test_the_session_cookie_is_out_of_reach_of_scripts(app: FastAPI, visitor: Any) -> None:
    form = {"name": "the analyst", "password": "correct horse"}
    plain = visitor.request("POST", "/login", data=form).headers["set-cookie"]
    assert plain.startswith("asterism=")
    assert "HttpOnly" in plain
    assert "SameSite=lax" in plain
    secure = visitor.request("POST", "https://console.example/login", data=form)
    cookie = next(c for c in secure.headers.get_list("set-cookie") if "__Host-" in c)
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "strict-transport-security" in secure.headers


def test_nobody_is_sent_to_another_site_after_the_log_in(visitor: Any) -> None:
    for target in ("https://evil.example", "//evil.example", "/\\evil.example", "javascript:x"):
        form = {"name": "the analyst", "password": "correct horse", "next": target}
        assert visitor.request("POST", "/login", data=form).headers["location"] == "/"
