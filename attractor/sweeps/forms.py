"""The forms in which a sweep's values lie in files: arrays of Zarr, or tables of Parquet."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from attractor.api.endpoints.records import Records

Values = Mapping[str, NDArray[Any]]
"""The values of a shard, by the names of its variables or columns."""
Files = dict[str, bytes]
"""The contents of files by their names."""


class Form(Protocol):
    """A form in which a sweep is written."""

    def common(self, about: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
        """The files that belong to no shard, which tell this about the whole, too."""

    def size(self) -> int:
        """Bytes of all values; 0 where that is not known beforehand."""

    def files(self, index: int, answer: Records) -> Files:
        """The files of a shard."""

    def names(self, index: int) -> list[str]:
        """Their names."""

    def values(self, index: int, files: Files) -> Values:
        """The values in the files of a shard. Raises ValueError where they cannot be read."""


def digest(values: Values) -> str:
    """The SHA-256 of names and values, whatever compresses them."""
    found = sha256()
    for name, array in values.items():
        if array.dtype == object:  # words
            array = np.array("\n".join(array.tolist()).encode(), dtype=bytes)
        found.update(f"{name} {array.dtype.newbyteorder('<').str} {array.shape}\n".encode())
        found.update(array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes())
    return found.hexdigest()
