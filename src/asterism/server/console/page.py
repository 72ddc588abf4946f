"""Turns a template and its facts into a page, in the language of whoever asks."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from asterism.insight.tags import TAGS, catalogue
from asterism.kernel.words import N_
from asterism.server.assets import Assets
from asterism.server.auth.roles import TITLES, Permission
from asterism.server.console.charts import interval, spark
from asterism.server.console.vocabulary import word
from asterism.server.guard import Caller, language_of, services_of
from asterism.server.language import NAMES, messages

TEMPLATES = Path(__file__).parent.parent / "templates"
THEME_COOKIE = "asterism_theme"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu."""

    title: str
    path: str
    icon: str
    permission: Permission


@dataclass(frozen=True, slots=True)
class Group:
    """The lines of one stage of the loop."""

    title: str
    entries: tuple[Entry, ...]


MENU = (
    Group(
        "", (Entry(N_("Overview"), "/", icon="layout-dashboard", permission=Permission.SEE_HOME),)
    ),
    Group(
        N_("Insight"),
        (
            Entry(N_("Customers"), "/customers", icon="users", permission=Permission.SEE_CUSTOMERS),
            Entry(N_("Tags"), "/tags", icon="tags", permission=Permission.SEE_TAGS),
            Entry(
                N_("Audience studio"),
                "/audiences",
                icon="filter",
                permission=Permission.SEE_AUDIENCES,
            ),
        ),
    ),
    Group(
        N_("Strategy"),
        (
            Entry(
                N_("Strategy map"), "/map", icon="grid-4x4", permission=Permission.SEE_STRATEGIES
            ),
            Entry(
                N_("Strategies"), "/strategies", icon="route", permission=Permission.SEE_STRATEGIES
            ),
            Entry(N_("Prices"), "/prices", icon="cash", permission=Permission.SEE_STRATEGIES),
            Entry(
                N_("Strategy library"),
                "/library",
                icon="books",
                permission=Permission.SEE_STRATEGIES,
            ),
            Entry(N_("Approvals"), "/approvals", icon="eye", permission=Permission.SEE_STRATEGIES),
        ),
    ),
    Group(
        N_("Execution"),
        (
            Entry(
                N_("Today's list"),
                "/worklist",
                icon="checklist",
                permission=Permission.SEE_WORKLIST,
            ),
            Entry(N_("Touches"), "/touches", icon="send", permission=Permission.SEE_TOUCHES),
        ),
    ),
    Group(
        N_("Review"),
        (Entry(N_("Effects"), "/review", icon="chart-dots", permission=Permission.SEE_REVIEW),),
    ),
    Group(
        N_("Governance"),
        (
            Entry(
                N_("Audit trail"), "/audit", icon="shield-check", permission=Permission.SEE_AUDIT
            ),
            Entry(
                N_("People and keys"), "/access", icon="lock", permission=Permission.MANAGE_ACCESS
            ),
        ),
    ),
)


@cache
def environment(code: str) -> Environment:
    """Return the template environment that speaks one language."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.install_gettext_translations(messages(code), newstyle=True)  # type: ignore[attr-defined]
    made.filters["query"] = lambda values: urlencode({k: v for k, v in values.items() if v})
    made.filters["segment"] = lambda value: quote(str(value), safe="")
    made.globals.update(spark=spark, interval=interval, word=word)
    return made


def icon(assets: Assets, name: str, style: str = "") -> Markup:
    """Return the markup of one icon of the sprite."""
    return Markup('<svg class="icon {}" aria-hidden="true"><use href="{}#{}"/></svg>').format(
        style, assets.url("icons.svg"), name
    )


def render(
    request: Request,
    caller: Caller | None,
    template: str,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    **context: Any,
) -> HTMLResponse:
    """Render a template; every page gets the words, the menu and the caller besides `context`."""
    language = caller.language if caller else language_of(request)
    assets: Assets = request.app.state.assets
    reading = services_of(request).current.find() if caller else None
    shared: dict[str, Any] = {
        "assets": assets,
        "icon": lambda name, style="": icon(assets, name, style),
        "caller": caller,
        "token": caller.csrf if caller else "",
        "language": language,
        "languages": NAMES,
        "may": (lambda name: caller.may(Permission(name))) if caller else (lambda _: False),
        "menu": _menu(caller, request.url.path) if caller else (),
        "path": request.url.path,
        "privacy_of": _privacy_of,
        "tag_title": lambda name: language.text(TAGS[name].title) if name in TAGS else name,
        "here": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
        "theme": _theme(request),
        "as_of": reading.as_of if reading else None,
        "role": language.text(TITLES[caller.user.role]) if caller else "",
    }
    made = environment(language.code).get_template(template)
    return HTMLResponse(made.render({**shared, **context}), status_code=status, headers=headers)


def _privacy_of(tag: str) -> str:
    """Return a tag's privacy class; empty for what is no tag."""
    spec = catalogue().tags.get(tag)
    return spec.privacy.value if spec else ""


def _theme(request: Request) -> str:
    chosen = request.cookies.get(THEME_COOKIE, "auto")
    return chosen if chosen in {"light", "dark"} else "auto"


def _menu(caller: Caller, path: str) -> list[tuple[str, list[tuple[Entry, bool]]]]:
    groups = []
    for group in MENU:
        lines = [
            (entry, _is_here(entry.path, path))
            for entry in group.entries
            if caller.may(entry.permission)
        ]
        if lines:
            groups.append((group.title, lines))
    return groups


def _is_here(entry: str, path: str) -> bool:
    return path == entry or (entry != "/" and path.startswith(f"{entry}/"))
