"""`python -m api` serves; `python -m api compile` only fills the caches of kernels and fonts: no request does, then."""

import gc

gc.disable()  # a start makes no garbage, and looking for it takes a fifth of the time; `api.app` enables it

import logging
import signal
import sys
from typing import Any

import uvicorn

from api.catalogue import example_path
from api.kernels import compile_kernels
from api.logs import configuration
from api.observed import EVERYWHERE
from api.settings import from_environment
from api.stopping import Workers
from core.systems import DEFAULT, SYSTEMS

_APPLICATION = "api.app:create_app"


def main(arguments: list[str]) -> None:
    """Raises SystemExit on a wrong argument or setting."""
    if arguments == ["compile"]:
        compile_kernels()
        fill_font_cache()
    elif not arguments:
        serve()
    else:
        raise SystemExit(__doc__)


def fill_font_cache() -> None:
    """Warns where it cannot be written, as kernels do."""
    from api.canvas import cache_fonts  # which imports matplotlib, that a start does without

    try:
        cache_fonts()
    except OSError as error:
        logging.getLogger(__name__).warning("the list of fonts is not cached: %s", error)


def serve() -> None:
    """Runs the server until it is told to stop."""
    settings = from_environment()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # a stop that was asked for is no failure
    print(f"Try http://{settings.host}:{settings.port}{example_path(SYSTEMS[DEFAULT])}", flush=True)
    options: dict[str, Any] = {
        "factory": True,
        "host": settings.host,
        "port": settings.port,
        "workers": settings.workers,
        "loop": "api.loop:Loop",
        "http": "api.protocol:Protocol",
        "forwarded_allow_ips": settings.trusted_proxies,
        "limit_concurrency": settings.max_connections,
        "log_config": configuration(not sys.stderr.isatty(), settings.access_log),
        "access_log": False,  # uvicorn's
        "headers": EVERYWHERE,
        "server_header": False,
        "timeout_graceful_shutdown": settings.drain_seconds,
    }
    if settings.workers > 1:
        config = uvicorn.Config(_APPLICATION, **options)
        Workers(config, [config.bind_socket()]).run()
    else:
        uvicorn.run(_APPLICATION, **options)


if __name__ == "__main__":
    main(sys.argv[1:])
