"""`python -m api` serves; `python -m api compile` fills the caches that no request should have to fill."""

import gc

gc.disable()  # a start makes no garbage, and looking for it takes a fifth of the time; `attractor.api.server.process` enables it

import sys

from attractor.api.server.signals import end_at_once
from attractor.api.telemetry.logs import configuration, is_terminal, log_everything

if __name__ != "attractor.api.__main__":  # what is imported below takes long, and may warn
    log_everything()
    if not sys.argv[1:]:
        end_at_once()

import logging
from typing import Any

import uvicorn

from attractor.api.endpoints.systems import example_path
from attractor.api.http.middleware import EVERYWHERE
from attractor.api.server.shutdown import Server
from attractor.api.server.workers import Workers, run
from attractor.api.settings import Settings, from_environment
from attractor.api.warmup import compile_kernels
from attractor.core.catalogue import DEFAULT, SYSTEMS

_APPLICATION = "attractor.api.app:create_app"
_USAGE = "`python -m api` serves; `python -m api compile [SYSTEM ...]` fills the caches of kernels and fonts"


def main(arguments: list[str]) -> None:
    """Raises SystemExit on a wrong argument or setting."""
    if arguments[:1] == ["compile"] and SYSTEMS.keys() >= {*arguments[1:]}:
        compile_kernels([SYSTEMS[name] for name in arguments[1:] or SYSTEMS])
        fill_font_cache()
    elif not arguments:
        serve()
    else:
        raise SystemExit(_USAGE)


def fill_font_cache() -> None:
    """Warns where it cannot be written, as kernels do."""
    from attractor.api.pictures.canvas import cache_fonts  # which imports matplotlib, that a start does without

    try:
        cache_fonts()
    except OSError as error:
        logging.getLogger(__name__).warning("the list of fonts is not cached: %s", error)


def serve() -> None:
    """Runs the server until it is told to stop."""
    log_everything()
    settings = from_environment()
    end_at_once()
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    print(f"Try http://{host}:{settings.port}{example_path(SYSTEMS[DEFAULT])}", flush=True)
    config = uvicorn.Config(**options(settings))
    if settings.workers > 1:
        workers = Workers(options(settings), config.bind_socket(), settings)
        sys.exit(workers.run())
    run(Server(config))


def options(settings: Settings) -> dict[str, Any]:
    """What uvicorn is told, none of which it then takes from variables of its own."""
    return {
        "app": _APPLICATION,
        "factory": True,
        "host": settings.host,
        "port": settings.port,
        "workers": settings.workers,
        "loop": "attractor.api.server.event_loop:Loop",
        "http": "attractor.api.server.protocol:Protocol",
        "forwarded_allow_ips": settings.trusted_proxies,
        "limit_concurrency": settings.max_connections,
        "log_config": configuration(not is_terminal(), settings.access_log),
        "access_log": False,  # uvicorn's
        "headers": EVERYWHERE,
        "server_header": False,
        "timeout_graceful_shutdown": settings.drain_seconds,
    }


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except SystemExit as end:
        if not isinstance(end.code, str):
            raise
        for line in end.code.splitlines():
            logging.getLogger("api").error("%s", line)
        sys.exit(1)
