"""The command `attractor`. What it can do is in `attractor.commands`, which a worker that begins here does without."""

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command. Raises SystemExit, as `attractor.commands.run` does."""
    try:
        from attractor.commands import run

        run(arguments)
    except KeyboardInterrupt:  # while that is loaded, or before or behind what tells of it
        sys.exit(130)  # its INTERRUPTED, which may not be there


def _prepare() -> None:
    """Before what takes long is imported."""
    from attractor.api.server.process import prepare

    prepare()


def _is_worker() -> bool:
    """Whether the service has started this process, which begins by importing this."""
    process = sys.modules.get("multiprocessing.process")
    return process is not None and process.current_process().name.startswith("SpawnProcess")


if _is_worker():
    _prepare()
elif __name__ == "__main__":
    main()
