"""Compiled kernels on disk. They are code that runs when it is read, so only what no other user can write is read.

A file holds MAGIC, the SHA-256 of its key and payload, and the payload. It is written beside its place and renamed.
"""

import hashlib
import importlib
import logging
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

config: Any = importlib.import_module("numba.core.config")  # its settings are set at run time, which no type tells

MAGIC = b"attractor kernel 1\n"
LARGEST = 16 << 20
"""Bytes of a file that may be one: kernels have some hundred thousand at most."""

_HEAD = len(MAGIC) + hashlib.sha256().digest_size
_OTHERS = stat.S_IWGRP | stat.S_IWOTH


class Untrusted(Exception):
    """Another user can write what would be read."""


class Damaged(Exception):
    """A file does not hold what it is named for."""


def folder() -> Path:
    """The folder of kernels: NUMBA_CACHE_DIR, or else beside this file; installed, in the user's cache."""
    package = Path(__file__).parent  # a checkout has a link to it
    beside = package / "__pycache__" if package.is_symlink() else _user_cache()
    return Path(config.CACHE_DIR or beside) / "kernels"


def _user_cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()) / "attractor"


def read(name: str, key: str) -> bytes | None:
    """The payload that was written for `name` and `key`; None where there is none that may be read.

    Raises Damaged where a file is there that has to be replaced. Warns once where another user could have written it.
    """
    try:
        with _open_folder(folder()) as directory:
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            try:
                file = os.open(_file(name, key), flags, dir_fd=directory)
            except FileNotFoundError:
                return None
            except OSError as error:  # a symbolic link, say
                raise Damaged(f"{_file(name, key)}: {error.strerror}") from None
            try:
                found = os.fstat(file)
                if not stat.S_ISREG(found.st_mode):
                    raise Damaged(f"{_file(name, key)}: no regular file")
                _check(found, folder() / _file(name, key))
                if found.st_size > LARGEST:
                    raise Damaged(f"{_file(name, key)}: {found.st_size} bytes")
                with open(file, "rb", closefd=False) as opened:
                    content = opened.read()
            finally:
                os.close(file)
    except Untrusted as reason:
        _warn("kernels are compiled but not cached in %s: it is not read, since %s", str(reason))
        return None
    except OSError:  # no folder, or one that this user may not enter
        return None
    if content[:_HEAD] != _head(key, payload := content[_HEAD:]):
        raise Damaged(_file(name, key))
    return payload


def write(name: str, key: str, payload: bytes) -> None:
    """Keeps `payload` for `name` and `key`; warns once, for each reason, where that cannot be."""
    try:
        made = _make_folder(folder())
        try:
            with _open_folder(folder()) as directory:
                _write(directory, _file(name, key), _head(key, payload) + payload)
        except OSError:
            if made:
                with suppress(OSError):  # another process uses it
                    folder().rmdir()
            raise
    except Untrusted as reason:
        _warn("kernels are compiled but not cached in %s: it is not read, since %s", str(reason))
    except OSError as error:
        _warn("kernels are compiled but not cached in %s: %s", f"{type(error).__name__}, {error.strerror}")


def warn_damaged(file: str) -> None:
    """Says once, for all files of a folder, that they are replaced."""
    _warn("the kernel cache %s holds damaged files, which are replaced; the first is %s", file)


def _make_folder(path: Path) -> bool:
    """Makes a folder that others cannot write, whatever the umask. Returns whether it had to be made."""
    try:
        path.mkdir(0o755, parents=True)
    except FileExistsError:
        return False
    return True


def _write(directory: int, file: str, content: bytes) -> None:
    with suppress(FileNotFoundError):
        replaced = os.stat(file, dir_fd=directory, follow_symlinks=False)
        if stat.S_ISREG(replaced.st_mode):  # else it is not what a link leads to that is replaced
            _check(replaced, folder() / file)
    temporary = f".{file}.{uuid4().hex}"
    opened = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644, dir_fd=directory)
    try:
        with open(opened, "wb", closefd=True) as writing:
            writing.write(content)
        os.rename(temporary, file, src_dir_fd=directory, dst_dir_fd=directory)
    except BaseException:
        os.unlink(temporary, dir_fd=directory)
        raise


@contextmanager
def _open_folder(path: Path) -> Iterator[int]:
    """A descriptor of the folder behind every link. Raises Untrusted where another user can write it."""
    directory = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _check(os.fstat(directory), path)
        yield directory
    finally:
        os.close(directory)


def _check(found: os.stat_result, path: Path) -> None:
    if found.st_uid not in (0, os.geteuid()):
        raise Untrusted(f"{path} belongs to user {found.st_uid}")
    if found.st_mode & _OTHERS:
        raise Untrusted(f"users beside the owner can write {path} (mode {stat.S_IMODE(found.st_mode):04o})")


def _file(name: str, key: str) -> str:
    return f"{name}-{hashlib.sha256(key.encode()).hexdigest()[:24]}.kernel"


def _head(key: str, payload: bytes) -> bytes:
    return MAGIC + hashlib.sha256(hashlib.sha256(key.encode()).digest() + payload).digest()


_said: set[tuple[str, Path]] = set()  # three messages for each folder that this process uses


def _warn(message: str, reason: str) -> None:
    """Once for each message and folder: what one kernel meets, the others do too."""
    if (message, folder()) not in _said:
        _said.add((message, folder()))
        logging.getLogger(__name__).warning(message, folder(), reason)
