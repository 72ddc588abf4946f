"""The web application, put together."""

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import JSONResponse, Response

from asterism.server import problems
from asterism.server.api import routers as api_routers
from asterism.server.assets import Assets
from asterism.server.console import routers as console_routers
from asterism.server.guard import public
from asterism.server.headers import SecurityHeaders
from asterism.server.services import Services

_files = APIRouter(include_in_schema=False)


@_files.get("/static/{version}/{name:path}", dependencies=[public()])
async def static(request: Request, version: str, name: str) -> Response:
    """Send one of the console's files."""
    assets: Assets = request.app.state.assets
    return assets.respond(request, version, name)


@_files.get("/favicon.ico", dependencies=[public()])
async def favicon(request: Request) -> Response:
    """Send the sign of the house."""
    assets: Assets = request.app.state.assets
    return assets.respond(request, assets.version, "logo.svg")


@_files.get("/health", dependencies=[public()])
async def health() -> dict[str, str]:
    """Tell that the process answers."""
    return {"status": "ok"}


@_files.get("/api/v1/openapi.json", dependencies=[public()])
async def openapi(request: Request) -> JSONResponse:
    """Describe the API."""
    app: FastAPI = request.app
    return JSONResponse(app.openapi())


def create_app(services: Services) -> FastAPI:
    """Return the console and the API over `services`."""
    app = FastAPI(
        title="Asterism",
        version="1",
        description="Audiences, profiles, app slots, strategies and effects.",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
    )
    app.state.services = services
    app.state.assets = Assets()
    app.include_router(_files)
    for router in (*console_routers(), *api_routers()):
        app.include_router(router)
    problems.install(app)
    app.add_middleware(SecurityHeaders)
    return app
