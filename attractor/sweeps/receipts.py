"""Receipts of finished shards, each with the SHA-256 of a shard's values, written once its files are.

That a file is there proves nothing. Receipts come in segments, which never change, so that S3 can hold them; one that
is lost costs computing its shards again.
"""

from time import monotonic
from uuid import uuid4

import msgspec

from attractor.sweeps.failures import Failed
from attractor.sweeps.places import Place

_SHARDS, _SECONDS = 256, 5.0  # after which a segment is written


def receipts(place: Place, folder: str = "parts") -> dict[int, str]:
    """The digest of each shard that has a receipt somewhere in a folder. Raises Failed where there are two of one."""
    found: dict[int, str] = {}
    for name in place.names(folder):
        if "/receipts/" not in name:
            continue
        for index, digest in msgspec.json.decode(place.read(name) or b"{}", type=dict[int, str]).items():
            if found.setdefault(index, digest) != digest:
                raise Failed(f"{place.path(name)} has another digest of shard {index} than there was before")
    return found


class Notes:
    """The receipts of a part, whose folder is named, as they come to be."""

    def __init__(self, place: Place, folder: str) -> None:
        self._place, self._folder = place, f"{folder}/receipts"
        self._new: dict[int, str] = {}
        self._since = monotonic()

    def __enter__(self) -> "Notes":
        return self

    def __exit__(self, *_: object) -> None:
        self._write()

    def add(self, index: int, digest: str) -> None:
        """Notes a shard whose files are written."""
        self._new[index] = digest
        if len(self._new) >= _SHARDS or monotonic() - self._since > _SECONDS:
            self._write()

    def _write(self) -> None:
        if self._new:
            self._place.write(f"{self._folder}/{uuid4().hex}.json", msgspec.json.encode(self._new))
        self._new, self._since = {}, monotonic()
