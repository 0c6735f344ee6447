"""The application: Litestar's routes, and /calculation in front of them."""

import gc
import logging
import sys
from asyncio import to_thread
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from http import HTTPStatus
from typing import Any, cast

from litestar import Litestar, MediaType, Request, Response, get
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException
from litestar.openapi import OpenAPIConfig, ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin

from api import VERSION
from api.analyses import ANALYSES
from api.asgi import Application, Receive, Scope, Send
from api.calculation import Calculation
from api.catalogue import Entry, entry, example_path
from api.endpoint import Endpoint, Resource
from api.explorer.site import serve_page
from api.jobs import Jobs
from api.kernels import load_kernels
from api.openapi import describe
from api.picture import Pictures
from api.problems import MEDIA_TYPE, METHODS, Problem, internal_error, method_not_allowed, nearest, problem, shown
from api.resources import cpus, threads
from api.settings import Settings, from_environment
from core.systems import DEFAULT, SYSTEMS

SCHEMA = "/schema"

_SWITCH_INTERVAL = 0.0005  # seconds that symbolic work may keep the event loop waiting, each time it needs the GIL

RESOURCES: tuple[Resource, ...] = (Calculation(), *ANALYSES, Pictures())
"""What computes: each path that Litestar does not route."""


@get("/", media_type=MediaType.TEXT, summary="Welcome", response_headers={"vary": "accept"})
async def welcome() -> str:
    """A welcome that names the way to the orbits."""
    return (
        "Attractor computes orbits of discrete-time dynamical systems: one URL names one orbit.\n"
        f"Try {example_path(SYSTEMS[DEFAULT])}, and /systems for the catalogue.\n"
    )


@get("/systems", summary="The catalogue")
async def systems(request: Request[Any, Any, Any]) -> list[Entry]:
    """Every system of the catalogue."""
    return [entry(system, _origin(request)) for system in SYSTEMS.values()]


@get("/systems/{name:str}", summary="One system", responses={404: ResponseSpec(Problem, media_type=MEDIA_TYPE)})
async def system(request: Request[Any, Any, Any], name: str) -> Entry:
    """One system of the catalogue: its formula, names, canonical values, source and an example URL."""
    if name not in SYSTEMS:
        known = tuple(SYSTEMS)
        raise NotFoundException(
            f"no system {shown(name)!r}; the nearest is {nearest(name, known)}; known are {', '.join(known)}"
        )
    return entry(SYSTEMS[name], _origin(request))


@get("/health/live", media_type=MediaType.TEXT, summary="Liveness")
async def live() -> str:
    """Answers while the process can."""
    return "live\n"


@get("/health/ready", media_type=MediaType.TEXT, summary="Readiness")
async def ready() -> str:
    """Answers once every kernel is compiled: the server takes no connection before that."""
    return "ready\n"


def _origin(request: Request[Any, Any, Any]) -> str:
    return str(request.base_url).rstrip("/")


def _refusal(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Any exception as problem details; only what a client did wrong is told in words."""
    headers = None
    if isinstance(error, MethodNotAllowedException):
        refusal, headers = method_not_allowed(request.method), {"allow": METHODS}
    elif isinstance(error, HTTPException) and error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
        refusal = problem(error.status_code, error.detail)
    else:
        logging.getLogger(__name__).error("request failed", exc_info=error)
        refusal = internal_error()
    return Response(refusal.encode(), status_code=refusal.status, media_type=MEDIA_TYPE, headers=headers)


@asynccontextmanager
async def _kernels(_: Litestar) -> AsyncIterator[None]:
    """Compiles or loads every kernel before the server listens."""
    load_kernels()
    sys.setswitchinterval(_SWITCH_INTERVAL)
    gc.freeze()  # what there is by now stays
    gc.enable()
    yield


def create_app(settings: Settings | None = None) -> Application:
    """The ASGI application; `settings` default to the environment's."""
    settings = settings or from_environment()
    litestar = Litestar(
        [welcome, systems, system, live, ready],
        lifespan=[_kernels],
        exception_handlers={Exception: _refusal},
        openapi_config=OpenAPIConfig(
            title="Attractor",
            version=VERSION,
            description="Orbits of discrete-time dynamical systems: one URL names one orbit. Every path answers "
            "HEAD as it does GET, but for the body; a method that would change anything is refused with 405.",
            use_handler_docstrings=True,
            path=SCHEMA,
            render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        ),
    )
    cores = threads(cpus(), settings.workers)
    jobs = Jobs(max(1, cores - 1))  # one core is the event loop's
    endpoints = {resource.path: Endpoint(resource, settings, jobs, cores) for resource in RESOURCES}
    others = cast(Application, litestar)

    @cache
    def describe_all() -> None:
        describe(litestar.openapi_schema, RESOURCES, settings)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await others(scope, receive, send)
        elif endpoint := endpoints.get(scope["path"]):
            await endpoint(scope, receive, send)
        elif not await serve_page(scope, send):
            if scope["path"].startswith(SCHEMA):
                await to_thread(describe_all)  # on first use: it takes as long as all the rest of a start
            if scope["method"] == "HEAD":  # the server drops the body
                scope = {**scope, "method": "GET"}
            await others(scope, receive, send)

    return app
