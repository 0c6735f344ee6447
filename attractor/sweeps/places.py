"""The places that hold sweeps: a folder, or a bucket of S3. A file appears there whole or not at all."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol
from uuid import uuid4

from attractor.client.files import errors_named
from attractor.sweeps.failures import Failed

if TYPE_CHECKING:
    from obstore.store import ClientConfig

S3 = "s3://"
_ENDPOINTS = "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT"
"""Variables that name a service of S3, which is asked over HTTP where one says so."""


class Part(NamedTuple):
    """A part of a sweep that several starts share: shards i, i + n, …, counted from 1."""

    number: int = 1
    of: int = 1

    @property
    def folder(self) -> str:
        """The folder of its lock and its receipts."""
        return f"parts/{self.number}-of-{self.of}"

    def shards(self, count: int) -> range:
        return range(self.number - 1, count, self.of)


class Place(Protocol):
    """A place for the files of a sweep, by names such as parts/1-of-1/lock."""

    def write(self, name: str, data: bytes) -> None:
        """Puts a whole file in the place of any of that name."""

    def create(self, name: str, data: bytes) -> bool:
        """Whether there was no file of that name; then there is, with `data`."""

    def read(self, name: str) -> bytes | None:
        """The content of a file; None where there is none."""

    def has(self, name: str) -> bool:
        """Whether there is a file of that name."""

    def names(self, folder: str = "") -> Iterator[str]:
        """The files in a folder and below."""

    def remove(self, name: str) -> None:
        """Takes a file away, if it is there."""

    def lock(self) -> AbstractContextManager[None]:
        """While it lasts no other start computes the part. Raises Failed where one does."""

    def path(self, name: str) -> str:
        """The name of a file as people see it."""


def place_at(out: str, part: Part) -> Place:
    """The folder, or bucket and prefix (s3://bucket/prefix), that `out` names, for who computes a part."""
    return Bucket(out) if out.startswith(S3) else Folder(Path(out), part)


class Folder:
    """A folder of a file system that all who compute share."""

    def __init__(self, root: Path, part: Part) -> None:
        self._root, self._part = root, part
        self._unfinished = root / part.folder / "unfinished"

    def write(self, name: str, data: bytes) -> None:
        with errors_named(self._root / name), self._write_unnamed(data) as file:
            file.replace(_with_folder(self._root / name))

    def create(self, name: str, data: bytes) -> bool:
        with errors_named(self._root / name), self._write_unnamed(data) as file:
            try:
                os.link(file, _with_folder(self._root / name))
            except FileExistsError:
                return False
            return True

    def read(self, name: str) -> bytes | None:
        try:
            return (self._root / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def has(self, name: str) -> bool:
        return (self._root / name).is_file()

    def names(self, folder: str = "") -> Iterator[str]:
        for path, _, files in os.walk(self._root / folder):
            for file in files:
                yield str((Path(path) / file).relative_to(self._root))

    def remove(self, name: str) -> None:
        (self._root / name).unlink(missing_ok=True)
        with suppress(OSError):
            (self._root / name).parent.rmdir()

    @contextmanager
    def lock(self) -> Iterator[None]:
        path = _with_folder(self._root / self._part.folder / "lock")
        with path.open("a") as file:  # which its process's end frees, too
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                number, of = self._part
                raise Failed(f"part {number} of {of} in {self._root} is being computed by another start") from None
            shutil.rmtree(self._unfinished, ignore_errors=True)  # what a kill has left
            yield

    def path(self, name: str) -> str:
        return str(self._root / name)

    @contextmanager
    def _write_unnamed(self, data: bytes) -> Iterator[Path]:
        """A file with `data` on the disk that does not have its name yet."""
        file = _with_folder(self._unfinished / uuid4().hex)
        try:
            with file.open("xb") as out:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
            yield file
        finally:
            with suppress(OSError):
                file.unlink(missing_ok=True)


def _with_folder(path: Path) -> Path:
    """The path of a file, whose folder there is now."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


class Bucket:
    """A prefix in a bucket of S3, with the credentials and the endpoint of the environment (AWS_…)."""

    def __init__(self, url: str) -> None:
        from obstore.store import S3Store

        bucket, _, prefix = url.removeprefix(S3).partition("/")
        if not bucket:
            raise Failed(f"{url} names no bucket, as s3://bucket/prefix does")
        self._url = url.rstrip("/")
        is_plain = any(os.environ.get(name, "").startswith("http://") for name in _ENDPOINTS)
        options: ClientConfig = {"allow_http": True} if is_plain else {}
        self._store = S3Store(bucket, prefix=prefix.strip("/") or None, client_options=options)

    def write(self, name: str, data: bytes) -> None:
        with _explain(self.path(name)):
            self._store.put(name, data)

    def create(self, name: str, data: bytes) -> bool:
        from obstore.exceptions import AlreadyExistsError

        with _explain(self.path(name)):
            try:
                self._store.put(name, data, mode="create")
            except AlreadyExistsError:
                return False
            return True

    def read(self, name: str) -> bytes | None:
        with _explain(self.path(name)):
            try:
                return bytes(self._store.get(name).bytes())
            except FileNotFoundError:
                return None

    def has(self, name: str) -> bool:
        with _explain(self.path(name)):
            try:
                self._store.head(name)
            except FileNotFoundError:
                return False
            return True

    def names(self, folder: str = "") -> Iterator[str]:
        with _explain(self._url):
            for some in self._store.list(folder or None):
                yield from (each["path"] for each in some)

    def remove(self, name: str) -> None:
        with _explain(self.path(name)), suppress(FileNotFoundError):
            self._store.delete(name)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Nothing locks there: two starts of a part write equal values, and receipts of names of their own."""
        yield

    def path(self, name: str) -> str:
        return f"{self._url}/{name}"


@contextmanager
def _explain(what: str) -> Iterator[None]:
    """Errors of S3 as one sentence."""
    from obstore.exceptions import BaseError

    try:
        yield
    except BaseError as error:
        raise Failed(f"{what}: {str(error).splitlines()[0]}") from None
