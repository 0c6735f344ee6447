"""Runs the service: uvicorn, configured by the settings alone, in one process or several."""

import sys
from typing import Any

import uvicorn

from attractor import __version__
from attractor.api.endpoints.systems import example_path
from attractor.api.server.process import prepare
from attractor.api.server.shutdown import Server
from attractor.api.server.workers import Workers, run
from attractor.api.settings import Settings, from_environment
from attractor.api.telemetry.logs import configuration, is_terminal
from attractor.core.baseline import TooOld, check_cpu
from attractor.core.catalogue import DEFAULT, SYSTEMS
from attractor.core.edition import EDITION

_APPLICATION = "attractor.api.app:create_app"  # imported by those who serve, not by who starts them

EVERYWHERE = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "cross-origin"),
]
"""Headers that the server adds to each of its responses, those to what is no HTTP too."""


def telling(settings: Settings) -> list[tuple[str, str]]:
    """Headers of each response that say what runs, and the edition of its values."""
    revision = [("attractor-revision", settings.revision)] if settings.revision else []
    return [("attractor-edition", str(EDITION)), ("attractor-version", __version__), *revision]


def serve() -> None:
    """Runs the server until it is told to stop. Raises SystemExit where a setting makes no sense, and at the end.

    Likewise on a CPU that lacks what kernels are compiled for.
    """
    prepare()
    try:
        check_cpu()
    except TooOld as error:
        raise SystemExit(str(error)) from None
    settings = from_environment()
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    print(f"Try http://{host}:{settings.port}{example_path(SYSTEMS[DEFAULT])}", flush=True)
    config = uvicorn.Config(**options(settings))
    if settings.workers > 1:
        workers = Workers(options(settings), config.bind_socket(), settings)
        sys.exit(workers.run())
    run(Server(config))


def options(settings: Settings) -> dict[str, Any]:
    """The configuration of uvicorn, which then reads nothing from its own variables."""
    return {
        "app": _APPLICATION,
        "factory": True,
        "host": settings.host,
        "port": settings.port,
        "workers": settings.workers,
        "loop": "attractor.api.server.event_loop:Loop",
        "http": "attractor.api.server.protocol:Protocol",
        "ws": "none",  # whatever is installed
        "proxy_headers": settings.client_address_header is None,  # else the application reads them
        "forwarded_allow_ips": settings.trusted_proxies,
        "limit_concurrency": settings.max_connections,
        "log_config": configuration(not is_terminal(), settings.access_log),
        "access_log": False,  # uvicorn's
        "headers": EVERYWHERE + telling(settings),
        "server_header": False,
        "timeout_keep_alive": settings.keep_alive_seconds,
        "timeout_graceful_shutdown": settings.drain_seconds,
    }
