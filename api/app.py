"""The application: Litestar, in whose table of routes every path is."""

import asyncio
import logging
import re
from asyncio import to_thread
from collections.abc import AsyncIterator, Callable, Set
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache
from http import HTTPStatus
from threading import Lock
from typing import Any, cast

import msgspec
from litestar import Litestar, MediaType, Request, Response, get, route
from litestar.datastructures import State
from litestar.exceptions import ClientException, HTTPException, MethodNotAllowedException, NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig, ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.params import FromPath
from litestar.types import ASGIApp, ControllerRouterHandler
from litestar.utils import normalize_path

from attractor import __version__
from attractor.api.asgi import Application, Receive, Scope, Send
from attractor.api.endpoints.analyses import RESOURCES
from attractor.api.endpoints.short_orbit import Short, ShortOrbits
from attractor.api.endpoints.systems import Entry, entry_under, example_path
from attractor.api.explorer.assets import REVALIDATE, Asset
from attractor.api.explorer.site import asset, docs, icon, page, wants_html
from attractor.api.explorer.wellknown import DOCUMENT, DOCUMENT_TYPE, LINKS, well_known
from attractor.api.host import cpus, threads
from attractor.api.http.client_address import ClientAddress
from attractor.api.http.compression import CODINGS
from attractor.api.http.exchange import Exchange, exchange_of
from attractor.api.http.handler import Endpoint
from attractor.api.http.middleware import cross_origin_headers, is_recorded, observe, request_ids
from attractor.api.limits.helper import Helper
from attractor.api.limits.memory_budget import Budget
from attractor.api.limits.readers import cut_off_slow_readers
from attractor.api.limits.scheduler import Jobs
from attractor.api.openapi import document, operation_class
from attractor.api.problems import (
    MEDIA_TYPE,
    METHODS,
    METHODS_TO_COMPUTE,
    NoCoding,
    Problem,
    internal_error,
    method_not_allowed,
    nearest,
    no_coding,
    problem,
    shorten,
)
from attractor.api.resource import Resource
from attractor.api.server.framing import LONGEST_HOST, REFUSED
from attractor.api.server.protocol import SHORT
from attractor.api.server.shutdown import before_stopping
from attractor.api.settings import Settings, from_environment
from attractor.api.telemetry.metrics import Metrics, expose
from attractor.api.telemetry.tracing import tracing
from attractor.api.warmup import load_kernels
from attractor.core.catalogue import DEFAULT, SYSTEMS

SCHEMA = "/schema"
"""Litestar's own path for the OpenAPI document. Nothing is served there: the document is at DOCUMENT."""

_OVERRUN = 2  # times the bound on CPU seconds that an answer may take which was estimated to take less

FAST = True
"""Whether endpoints are looked up before Litestar's router, through which 20 steps take 1.5 times as long in here."""

_ANY_NAME = re.compile(rf"(/systems|{SCHEMA})/[^/]+|(/assets)/.+", re.DOTALL)
"""The paths that have a name in them, any that a client makes up."""
_NO_STATE: dict[str, Any] = {}  # of a scope that no server of ours made
_PORTS = {"http": 80, "https": 443}
_WELCOME = Asset(
    "welcome",
    b"Attractor computes orbits of discrete-time dynamical systems: one URL names one orbit.\n"
    b"Try %b, and /systems for the catalogue.\n" % example_path(SYSTEMS[DEFAULT]).encode(),
    MediaType.TEXT,
)
_COMPUTING = frozenset(resource.path for resource in RESOURCES)


@get("/", media_type=MediaType.TEXT, summary="Welcome", response_headers={"link": LINKS})
async def welcome(request: Request[Any, Any, Any]) -> Response[str]:
    """A welcome that names the way to the orbits."""
    exchange = exchange_of(request)
    if wants_html(exchange):
        return await page("index.html", exchange)
    return await _WELCOME.response(exchange.given, REVALIDATE, "accept, accept-encoding", LINKS)


@get("/systems", summary="The catalogue")
async def systems(request: Request[Any, Any, Any]) -> Response[list[Entry]]:
    """Every system of the catalogue."""
    origin = _origin(request)
    return await _send_catalogue(request, [entry_under(origin, system) for system in SYSTEMS.values()])


@get(
    "/systems/{name:str}",
    summary="One system",
    responses={404: ResponseSpec(Problem, media_type=MEDIA_TYPE, generate_examples=False)},
)
async def system(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[Entry]:
    """One system of the catalogue: its formula, names, canonical values, source and an example URL."""
    if name not in SYSTEMS:
        name = exchange_of(request).asked.rpartition("/")[2]
        known = tuple(SYSTEMS)
        raise NotFoundException(
            f"no system {shorten(name)!r}; the nearest is {nearest(name, known)}; known are {', '.join(known)}"
        )
    return await _send_catalogue(request, entry_under(_origin(request), SYSTEMS[name]))


async def _send_catalogue(request: Request[Any, Any, Any], found: Entry | list[Entry]) -> Response[Any]:
    """Sends entries of the catalogue, whose body is not kept, since it names the host that a client asked."""
    asset = Asset("catalogue", msgspec.json.encode(found), MediaType.JSON, is_kept=False)
    return await asset.response(exchange_of(request).given, REVALIDATE)


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


def _openapi() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Attractor",
        version=__version__,
        description="Orbits of discrete-time dynamical systems: one URL names one orbit. Every path answers "
        "HEAD as it does GET, but for the body. What computes takes a query too long for a URL by POST.",
        use_handler_docstrings=True,
        path=SCHEMA,
        render_plugins=[JsonRenderPlugin(path=DOCUMENT)],  # by default there are many
    )


def _origin(request: Request[Any, Any, Any]) -> str:
    """The origin by which a client calls the service. Raises ClientException where Host is longer than any name.

    Litestar's `base_url` is not used, since Litestar keeps one for each Host that any client makes up.
    """
    scope = request.scope
    host = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1")
    if len(host) > LONGEST_HOST:
        raise ClientException("Invalid host header")
    if not host and scope["server"]:
        name, port = scope["server"]
        host = name if port == _PORTS[scope["scheme"]] else f"{name}:{port}"
    return f"{scope['scheme']}://{host}"


def _routing_path(path: str, known: Set[str]) -> str:
    """The path that Litestar gets in place of `path`.

    Litestar caches every path that matches a route, so all names that are not `known` become one.
    """
    found = None if path in known else _ANY_NAME.fullmatch(path)
    return f"{found[1] or found[2]}/-" if found else path


def _answer_error(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Answers with problem details for any exception; only a client's own faults are put into words."""
    headers = None
    if isinstance(error, MethodNotAllowedException):
        allowed = _allowed_methods(request)
        refusal, headers = method_not_allowed(request.method, allowed), {"allow": allowed}
    elif isinstance(error, NoCoding):
        refusal = no_coding(exchange_of(request).given[b"accept-encoding"], [*CODINGS, "identity"])
    elif isinstance(error, HTTPException) and error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
        refusal = problem(error.status_code, error.detail)
    else:
        logging.getLogger(__name__).error("request failed", exc_info=error)
        refusal = internal_error()
    return Response(refusal.encode(), status_code=refusal.status, media_type=MEDIA_TYPE, headers=headers)


def _allowed_methods(request: Request[Any, Any, Any]) -> str:
    """The methods that the path of `request` answers, as Allow lists them."""
    return METHODS_TO_COMPUTE if exchange_of(request).route in _COMPUTING else METHODS


def _lifespan(settings: Settings) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(litestar: Litestar) -> AsyncIterator[None]:
        """Compiles or loads every kernel before the server listens."""
        load_kernels()
        before_stopping(lambda: litestar.state.update({"is_stopping": True}), settings.unready_seconds)
        yield

    return lifespan


class Service(Litestar):
    """Litestar within what must see every answer: its own `middleware=` sees no 404 and no 405."""

    surrounded: Application
    """The application around Litestar: `__call__` calls it, and it calls Litestar."""
    short: Short | None
    """A function that answers short orbits, which the server tries first where nothing else has to see a request."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan" and self.short:
            scope.get("state", {})[SHORT] = self.short
        await self.surrounded(scope, receive, send)

    def register(self, value: ControllerRouterHandler) -> None:  # type: ignore[override]  # as Litestar's is
        """Adds routes, and to each one for HEAD, whose body the server drops; no document has it."""
        super().register(value)
        for path, handlers in self.route_handler_method_map.items():
            handler = handlers.get("GET")
            if "HEAD" not in handlers and isinstance(handler, HTTPRouteHandler):
                like = HTTPRouteHandler(
                    path,
                    http_method="HEAD",
                    include_in_schema=False,
                    media_type=handler.media_type,
                    response_headers=handler.response_headers,
                    sync_to_thread=handler.sync_to_thread,
                )
                super().register(like(handler.fn))


def _well_known_route(path: str, document: Asset) -> HTTPRouteHandler:
    """The route of a document that clients look for at a well-known path."""

    @get(path, include_in_schema=False)
    async def send(request: Request[Any, Any, Any]) -> Response[Any]:
        return await document.response(exchange_of(request).given, REVALIDATE)

    return send


async def _redirect(asked: str, exchange: Exchange) -> None:
    """Redirects from the document's former paths; 404 for others below them."""
    if asked in (SCHEMA, f"{SCHEMA}{DOCUMENT}"):
        await exchange.send_whole(HTTPStatus.MOVED_PERMANENTLY, [(b"location", DOCUMENT.encode())], b"")
    else:
        await exchange.refuse(problem(HTTPStatus.NOT_FOUND, "Not Found"))


def _computing_route(
    resource: Resource[Any, Any], endpoint: Endpoint[Any, Any], settings: Settings
) -> HTTPRouteHandler:
    """The route of an endpoint that computes. The endpoint speaks ASGI itself."""

    @route(resource.path, http_method=["GET", "POST"], operation_class=operation_class(resource, settings))
    async def compute() -> ASGIApp:
        return cast(ASGIApp, endpoint)

    return compute


def _document_route(write: Callable[[], bytes]) -> HTTPRouteHandler:
    """The route of the OpenAPI document, which is written when first asked for: as long as all the rest of a start."""
    one_at_a_time = Lock()

    @cache
    def written() -> Asset:
        return Asset(DOCUMENT, write(), DOCUMENT_TYPE)

    def find() -> Asset:
        with one_at_a_time:
            return written()

    @get(DOCUMENT, include_in_schema=False)
    async def send(request: Request[Any, Any, Any]) -> Response[Any]:
        found = await to_thread(find)
        return await found.response(exchange_of(request).given, REVALIDATE)

    return send


async def _answer_options(request: Request[Any, Any, Any]) -> Response[None] | None:
    """Answers OPTIONS: Litestar's own answer names the methods of the first handler of a path."""
    if request.method == "OPTIONS":
        return Response(None, status_code=HTTPStatus.NO_CONTENT, headers={"allow": _allowed_methods(request)})
    return None


def create_app(settings: Settings | None = None) -> Litestar:
    """The application; `settings` default to the environment's."""
    settings = settings or from_environment()
    metrics, trace = Metrics(), tracing()
    cores = threads(cpus(), settings.workers)
    jobs = Jobs(max(1, cores - 1), _OVERRUN * settings.max_seconds)  # one core is the event loop's
    metrics.gauges |= {
        "longest_slice_seconds": ("CPU seconds of the longest slice of work since the start.", lambda: jobs.longest),
        "loop_lag_seconds": ("How late the event loop was at most since the start.", lambda: jobs.load.greatest),
    }
    budget, helper = Budget(settings.max_memory), Helper(settings)
    endpoints = {resource.path: Endpoint(resource, settings, jobs, budget, cores, helper) for resource in RESOURCES}
    computing = [_computing_route(resource, endpoints[resource.path], settings) for resource in RESOURCES]
    documents = well_known(RESOURCES, settings, icon())
    known_everywhere = [_well_known_route(path, document) for path, document in documents.items()]

    @asynccontextmanager
    async def beside_answers(_: Litestar) -> AsyncIterator[None]:
        beside = [asyncio.ensure_future(task) for task in (jobs.load.watch(), cut_off_slow_readers())]
        if settings.metrics_port is not None:
            beside.append(asyncio.ensure_future(expose(metrics, settings)))
        yield
        for task in beside:
            task.cancel()
        helper.close()
        if trace:
            await to_thread(trace.close)

    send_document = _document_route(lambda: document(service.openapi_schema.to_schema(), settings))
    service = Service(
        [welcome, systems, system, live, ready, docs, asset, send_document, *known_everywhere, *computing],
        lifespan=[_lifespan(settings), beside_answers],
        exception_handlers={Exception: _answer_error},
        before_request=_answer_options,
        logging_config=None,  # `api.telemetry.logs` has it
        openapi_config=_openapi(),
    )
    paths = {route.path for route in service.routes if not route.path_parameters}
    known = paths | {f"/systems/{name}" for name in SYSTEMS}
    routed = cast(Application, super(Service, service).__call__)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await routed(scope, receive, send)
        elif refusal := scope.get("state", _NO_STATE).get(REFUSED):
            await scope["exchange"].refuse(refusal[0], *refusal[1])
        elif FAST and scope["method"] in ("GET", "HEAD", "POST") and (endpoint := endpoints.get(scope["path"])):
            await endpoint(scope, receive, send)
        else:
            asked = scope["exchange"].asked = normalize_path(scope["path"])
            if scope["method"] in ("GET", "HEAD") and (asked == SCHEMA or asked.startswith(f"{SCHEMA}/")):
                await _redirect(asked, scope["exchange"])
                return
            await routed({**scope, "path": _routing_path(asked, known)}, receive, send)

    if settings.rate_limit:
        from attractor.api.http.rate_limit import RateLimit  # which takes as long as a tenth of a start

        served: Application = RateLimit(app, settings.rate_limit)
    else:
        served = app
    ids = request_ids()
    service.short = None
    if FAST and not (settings.rate_limit or is_recorded(trace)):
        added = cross_origin_headers(settings.allowed_origins)(None)
        service.short = ShortOrbits(settings, metrics, jobs.load, added, ids)
    service.surrounded = observe(served, metrics, paths, settings.allowed_origins, trace, ids)
    if settings.client_address_header:
        service.surrounded = ClientAddress(service.surrounded, settings.client_address_header, settings.trusted_proxies)
    return service
