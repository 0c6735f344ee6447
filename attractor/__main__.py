"""The command `attractor`: serve the API, compile what requests need, or ask whether a service is ready."""

import logging
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from attractor import __version__


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command. Raises SystemExit: with 2 on a wrong argument, with 1 where the command fails."""
    parser = ArgumentParser("attractor", description="A compute API for discrete-time dynamical systems.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("serve", help="serve the API on HOST and PORT").set_defaults(run=_serve)
    compiling = commands.add_parser("compile", help="fill the caches of kernels and fonts, so that no request has to")
    compiling.add_argument("systems", nargs="*", metavar="SYSTEM", help="compile the kernels of these systems only")
    compiling.set_defaults(run=_compile)
    commands.add_parser("health", help="ask whether the service on HOST and PORT is ready").set_defaults(run=_health)
    asked = parser.parse_args(arguments)
    asked.run(asked, parser)


def _serve(_: Namespace, __: ArgumentParser) -> None:
    _prepare()
    try:
        from attractor.api.serve import serve

        serve()
    except SystemExit as end:
        if not isinstance(end.code, str):
            raise
        for line in end.code.splitlines():
            logging.getLogger("attractor").error("%s", line)
        sys.exit(1)


def _prepare() -> None:
    """Before what takes long is imported; what asks for health does without."""
    from attractor.api.server.process import prepare

    prepare()


def _compile(asked: Namespace, parser: ArgumentParser) -> None:
    from multiprocessing import get_context

    from attractor.api import host
    from attractor.api.warmup import compile_kernels, fill_font_cache
    from attractor.core.catalogue import SYSTEMS
    from attractor.core.compiler import COMPILER

    COMPILER.is_apart = False

    if unknown := {*asked.systems} - {*SYSTEMS}:
        parser.error(f"no system {', '.join(sorted(unknown))}; known are {', '.join(SYSTEMS)}")
    systems = [SYSTEMS[name] for name in asked.systems or SYSTEMS]
    compile_kernels(systems[:1])  # and what all share
    parts = min(len(systems) - 1, host.workers(host.cpus(), host.memory()))
    fork = get_context("fork").Process
    processes = [fork(target=compile_kernels, args=(systems[1 + i :: parts],)) for i in range(parts)]
    for process in processes:
        process.start()
    fill_font_cache()
    for process in processes:
        process.join()
    sys.exit(any(process.exitcode for process in processes))


def _health(_: Namespace, __: ArgumentParser) -> None:
    from attractor.api.healthcheck import check

    sys.exit(check())


if "multiprocessing.spawn" in sys.modules:  # a worker begins by importing this
    _prepare()
elif __name__ == "__main__":
    main()
