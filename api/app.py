"""The application: Litestar's routes, and /calculation in front of them."""

import asyncio
import gc
import logging
import sys
from asyncio import to_thread
from collections.abc import AsyncIterator, Callable, Set
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache
from http import HTTPStatus
from threading import Lock
from typing import Any, cast

from litestar import Litestar, MediaType, Request, Response, get
from litestar.datastructures import State
from litestar.exceptions import ClientException, HTTPException, MethodNotAllowedException, NotFoundException
from litestar.openapi import OpenAPIConfig, ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.utils import normalize_path

from api import VERSION
from api.analyses import RESOURCES
from api.asgi import Application, Receive, Scope, Send
from api.budget import Budget
from api.catalogue import Entry, entry_under, example_path
from api.endpoint import Endpoint
from api.explorer.site import serve_page
from api.jobs import Jobs
from api.kernels import load_kernels
from api.memory import give_back
from api.metrics import Metrics, expose
from api.observed import observed
from api.openapi import describe
from api.problems import (
    CLOSE,
    MEDIA_TYPE,
    METHODS,
    RETRY,
    Problem,
    crowded,
    internal_error,
    method_not_allowed,
    nearest,
    problem,
    shown,
)
from api.protocol import OVER
from api.readers import cut_off_slow_readers
from api.resources import cpus, threads
from api.settings import Settings, from_environment
from api.stopping import before_stopping
from api.tracing import tracing
from core.systems import DEFAULT, SYSTEMS

SCHEMA = "/schema"
SYSTEM_FOLDER = "/systems/"

_OVERRUN = 2  # times the bound on CPU seconds that an answer may take which was estimated to take less
SWITCH_INTERVAL = 0.0005  # seconds that symbolic work may keep the event loop waiting, each time it needs the GIL

_OTHER = "-"
"""In a path, what stands for any name that none has."""
_NAME = "name"
"""In the state of a request, the name of a system that there is not."""
_LONGEST_HOST = 300  # characters of a name and a port
_PORTS = {"http": 80, "https": 443}


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
    origin = _origin(request)
    return [entry_under(origin, system) for system in SYSTEMS.values()]


@get("/systems/{name:str}", summary="One system", responses={404: ResponseSpec(Problem, media_type=MEDIA_TYPE)})
async def system(request: Request[Any, Any, Any], name: str) -> Entry:
    """One system of the catalogue: its formula, names, canonical values, source and an example URL."""
    if name not in SYSTEMS:
        name = request.scope["state"][_NAME]
        known = tuple(SYSTEMS)
        raise NotFoundException(
            f"no system {shown(name)!r}; the nearest is {nearest(name, known)}; known are {', '.join(known)}"
        )
    return entry_under(_origin(request), SYSTEMS[name])


@get("/health/live", media_type=MediaType.TEXT, summary="Liveness")
async def live() -> str:
    """Answers while the process can."""
    return "live\n"


@get("/health/ready", media_type=MediaType.TEXT, summary="Readiness")
async def ready(state: State) -> Response[str]:
    """200 from when every kernel is compiled (the server takes no connection before) until it is told to stop."""
    if state.get("is_stopping"):
        return Response("stopping\n", status_code=HTTPStatus.SERVICE_UNAVAILABLE)
    return Response("ready\n")


class _Document(JsonRenderPlugin):
    """The OpenAPI document, which is the same for everybody: encoding it takes longer than any other small answer."""

    _encoded: bytes | None = None

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        if self._encoded is None:
            self._encoded = super().render(request, openapi_schema)
        return self._encoded


def _origin(request: Request[Any, Any, Any]) -> str:
    """What a client calls the service. Raises ClientException where no name is that long.

    Litestar's own would be kept.
    """
    scope = request.scope
    host = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1")
    if len(host) > _LONGEST_HOST:
        raise ClientException("Invalid host header")
    if not host and scope["server"]:
        name, port = scope["server"]
        host = name if port == _PORTS[scope["scheme"]] else f"{name}:{port}"
    return f"{scope['scheme']}://{host}"


def _routed(path: str, known: Set[str]) -> tuple[str, str]:
    """What Litestar is given for a path, and the name in it of a system that there is not, if any.

    Litestar keeps the paths that it is given. Of those that it answers alike it is given one.
    """
    path = normalize_path(path)
    if path in known:
        return path, ""
    folder, _, name = path.rpartition("/")
    if folder + "/" == SYSTEM_FOLDER:
        return f"{folder}/{_OTHER}", name
    return f"{SCHEMA}/{_OTHER}" if folder == SCHEMA else f"/{_OTHER}", ""


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


def _lifespan(settings: Settings) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(litestar: Litestar) -> AsyncIterator[None]:
        """Compiles or loads every kernel before the server listens."""
        load_kernels()
        sys.setswitchinterval(SWITCH_INTERVAL)
        gc.freeze()  # what there is by now stays
        gc.enable()
        before_stopping(lambda: litestar.state.update({"is_stopping": True}), settings.unready_seconds)
        yield

    return lifespan


def create_app(settings: Settings | None = None) -> Application:
    """The ASGI application; `settings` default to the environment's."""
    settings = settings or from_environment()
    metrics, trace = Metrics(), tracing()

    @asynccontextmanager
    async def beside_answers(_: Litestar) -> AsyncIterator[None]:
        beside = [asyncio.ensure_future(task) for task in (give_back(), jobs.load.watch(), cut_off_slow_readers())]
        if settings.metrics_port is not None:
            beside.append(asyncio.ensure_future(expose(metrics, settings)))
        yield
        for task in beside:
            task.cancel()
        if trace:
            await to_thread(trace.close)

    litestar = Litestar(
        [welcome, systems, system, live, ready],
        lifespan=[_lifespan(settings), beside_answers],
        exception_handlers={Exception: _refusal},
        logging_config=None,  # `api.logs` has it
        openapi_config=OpenAPIConfig(
            title="Attractor",
            version=VERSION,
            description="Orbits of discrete-time dynamical systems: one URL names one orbit. Every path answers "
            "HEAD as it does GET, but for the body; a method that would change anything is refused with 405.",
            use_handler_docstrings=True,
            path=SCHEMA,
            render_plugins=[_Document(path="/openapi.json")],
        ),
    )
    cores = threads(cpus(), settings.workers)
    jobs = Jobs(max(1, cores - 1), _OVERRUN * settings.max_seconds)  # one core is the event loop's
    metrics.gauges |= {
        "longest_slice_seconds": ("CPU seconds of the longest slice of work since the start.", lambda: jobs.longest),
        "loop_lag_seconds": ("How late the event loop was at most since the start.", lambda: jobs.load.greatest),
    }
    budget = Budget(settings.max_memory)
    endpoints = {resource.path: Endpoint(resource, settings, jobs, budget, cores) for resource in RESOURCES}
    others = cast(Application, litestar)

    one_at_a_time = Lock()

    @cache
    def describe_all() -> None:
        with one_at_a_time:  # Litestar builds the document at its first use, on several threads more than once
            describe(litestar.openapi_schema, RESOURCES, settings)

    routes = {route.path for route in litestar.routes} | {SYSTEM_FOLDER + name for name in SYSTEMS}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await others(scope, receive, send)
        elif OVER in scope["state"]:
            await scope["exchange"].refuse(crowded(), RETRY, CLOSE)
        elif endpoint := endpoints.get(scope["path"]):
            await endpoint(scope, receive, send)
        elif not await serve_page(scope, send):
            path, name = _routed(scope["path"], routes)
            if path.startswith(SCHEMA):
                await to_thread(describe_all)  # on first use: it takes as long as all the rest of a start
            method = "GET" if scope["method"] == "HEAD" else scope["method"]  # the server drops the body
            scope["state"][_NAME] = name
            await others({**scope, "path": path, "method": method}, receive, send)

    if settings.rate_limit:
        from api.rate_limit import RateLimit  # which takes as long as a tenth of a start

        served: Application = RateLimit(app, settings.rate_limit)
    else:
        served = app
    paths = {"/docs", *endpoints, *(route.path for route in litestar.routes)}
    return observed(served, metrics, paths, settings.allowed_origins, trace)
