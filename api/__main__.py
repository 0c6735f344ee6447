"""`python -m api` serves; `python -m api compile` only fills the kernel cache."""

import gc

gc.disable()  # a start makes no garbage, and looking for it takes a fifth of the time; `api.app` enables it

import sys

import uvicorn

from api.catalogue import example_path
from api.settings import from_environment
from core.kernel import orbit_kernel
from core.systems import DEFAULT, SYSTEMS


def main(arguments: list[str]) -> None:
    """Raises SystemExit on a wrong argument or setting."""
    if arguments == ["compile"]:
        for system in SYSTEMS.values():
            orbit_kernel(system)
    elif not arguments:
        serve()
    else:
        raise SystemExit(__doc__)


def serve() -> None:
    """Runs the server until it is told to stop."""
    settings = from_environment()
    print(f"Try http://{settings.host}:{settings.port}{example_path(SYSTEMS[DEFAULT])}", flush=True)
    uvicorn.run(
        "api.app:create_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        loop="uvloop",
        http="httptools",
        access_log=False,
        server_header=False,
    )


if __name__ == "__main__":
    main(sys.argv[1:])
