"""Files that appear whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole_file(name: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Opens a file whose content takes the place of the file `name` once all is written; else nothing changes.

    A pipe or a device such as /dev/null is written to as it is. Raises OSError where no such file can be made.
    """
    path = Path(os.path.realpath(name))  # where it is a link, what that leads to is replaced
    if path.exists() and not path.is_file():
        with errors_named(name), path.open("wb") as out:
            yield out
        return
    part = path.with_name(f".{path.name[:100]}.{os.urandom(4).hex()}.part")
    try:
        with errors_named(name, part):
            with part.open("xb") as out:
                yield out
                out.flush()
                os.fsync(out.fileno())
            if path.exists():
                part.chmod(path.stat().st_mode & 0o7777)
            part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise


@contextmanager
def errors_named(name: str | os.PathLike[str], *others: str | os.PathLike[str]) -> Iterator[None]:
    """Has errors tell of the file `name` where they tell of none, as those of a full disk, or of one of `others`."""
    try:
        yield
    except BrokenPipeError:  # whose reader has left
        raise
    except OSError as error:
        if error.errno is None or error.filename not in (None, *map(str, others)):
            raise
        raise OSError(error.errno, error.strerror, str(name)) from error
