"""Sweeps as Zarr: an array for each variable over the swept inputs, named and labelled as xarray has them.

A chunk is a shard: its values in C order, little-endian, compressed by zstd, as the metadata tell, which zarr writes.
Zarr would leave out a chunk without a value, and takes as long as a short shard.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Any, cast

import numpy as np
import zarr
from numcodecs.zstd import Zstd
from numpy.typing import NDArray
from zarr.codecs import ZstdCodec
from zarr.storage import MemoryStore

from attractor import __version__
from attractor.api.endpoints.records import Records
from attractor.core.edition import EDITION
from attractor.core.slicing import finish
from attractor.sweeps.asked import UNBOUNDED
from attractor.sweeps.forms import Files, Values
from attractor.sweeps.plan import Plan

ROOT = "data.zarr"
"""The group, which `xarray.open_zarr` opens."""
_ZSTD = Zstd(level=0)
_LABELS = 1 << 17  # values of an input in a chunk


class Arrays:
    """The arrays of a sweep whose points have equally many records."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def common(self) -> Iterator[tuple[str, bytes]]:
        """Yields the files that belong to no shard: zarr's metadata of the arrays, and the coordinates."""
        yield from ((f"{ROOT}/{name}", data) for name, data in self._metadata().items())
        query = self._plan.query
        for name in query.swept:
            axis = query.axis(name)
            size = min(axis.count, _LABELS)
            for place, first in enumerate(range(0, axis.count, size)):
                values = axis.doubles(first, min(axis.count, first + size))
                yield f"{ROOT}/{name}/c/{place}", _encode(values, (size,))
        if self._numbers is not None:
            yield f"{ROOT}/n/c/0", _encode(self._numbers, self._numbers.shape)

    def size(self) -> int:
        return 8 * self._answer.records * len(self._variables)

    def files(self, index: int, answer: Records) -> Files:
        rows = np.concatenate([np.asarray(part) for part in answer.source() if part is not None])[:, answer.bare :]
        shape, names = self._shape(index), self.names(index)
        return {name: _encode(rows[:, k].reshape(shape), self._chunk) for k, name in enumerate(names)}

    def names(self, index: int) -> list[str]:
        place = "/".join(map(str, (*self._plan.place(index), *(0 for _ in self._inner))))
        return [f"{ROOT}/{name}/c/{place}" for name in self._variables]

    def values(self, index: int, files: Files) -> Values:
        shape, names = self._shape(index), zip(self._variables, self.names(index), strict=True)
        return {variable: _decode(files[name], self._chunk, shape) for variable, name in names if name in files}

    def _shape(self, index: int) -> tuple[int, ...]:
        """The shape of the values of a shard."""
        return *(side.stop - side.start for side in self._plan.box(index)), *self._inner

    @cached_property
    def _chunk(self) -> tuple[int, ...]:
        """The shape of a chunk, which shards at an end of the grid do not fill."""
        return *self._plan.cut, *self._inner

    @cached_property
    def _answer(self) -> Records:
        """The answer to the whole query, of which no record is computed."""
        return cast(Records, finish(self._plan.query.answer(UNBOUNDED, 1)))

    @cached_property
    def _variables(self) -> list[str]:
        return [column.name for column in self._answer.columns[self._answer.bare :]]

    @cached_property
    def _inner(self) -> tuple[int, ...]:
        """The number of records of each point, where that is a dimension of its own."""
        each = self._answer.records // self._plan.query.points
        return (each,) if each > 1 or self._has_numbers else ()

    @property
    def _has_numbers(self) -> bool:
        return any(column.name == "n" for column in self._answer.columns[: self._answer.bare])

    @cached_property
    def _numbers(self) -> NDArray[np.int64] | None:
        """The numbers of the iterates; None where records have none."""
        if not self._has_numbers:
            return None
        selection = self._plan.query.selection  # type: ignore[attr-defined]  # that of /ensemble, which alone has them
        return np.arange(selection.first, selection.last + 1, selection.every, dtype=np.int64)

    def _metadata(self) -> dict[str, bytes]:
        """The files in which zarr describes the group and its arrays."""
        query = self._plan.query
        held: dict[str, Any] = {}
        about = {"url": query.canonical, "edition": EDITION, "version": __version__, "system": query.system.name}
        group = zarr.create_group(MemoryStore(held), attributes=about | {"title": type(query).title})
        inner = ["n" if self._has_numbers else "record"] if self._inner else []
        for name in self._variables:
            _create(group, name, (*query.shape, *self._inner), self._chunk, "<f8", [*query.swept, *inner])
        for name, count in zip(query.swept, query.shape, strict=True):
            _create(group, name, (count,), (min(count, _LABELS),), "<f8", [name])
        if self._numbers is not None:
            _create(group, "n", self._inner, self._inner, "<i8", ["n"])
        return {name: data.to_bytes() for name, data in held.items()}


def _create(
    group: zarr.Group, name: str, shape: tuple[int, ...], chunks: tuple[int, ...], kind: str, names: list[str]
) -> None:
    fill = float("nan") if kind == "<f8" else 0
    group.create_array(
        name, shape=shape, chunks=chunks, dtype=kind, fill_value=fill, dimension_names=names, compressors=ZstdCodec()
    )


def _encode(values: NDArray[Any], chunk: tuple[int, ...]) -> bytes:
    """The bytes of a chunk that holds some values at its beginning."""
    whole = values
    if values.shape != chunk:
        whole = np.full(chunk, np.nan)
        whole[tuple(map(slice, values.shape))] = values
    return bytes(_ZSTD.encode(np.ascontiguousarray(whole, whole.dtype.newbyteorder("<"))))


def _decode(data: bytes, chunk: tuple[int, ...], shape: tuple[int, ...]) -> NDArray[np.float64]:
    """The values of a chunk. Raises ValueError where `data` is no chunk."""
    try:
        whole = np.frombuffer(_ZSTD.decode(data), "<f8").reshape(chunk)
    except RuntimeError as error:  # of what is not compressed
        raise ValueError(str(error)) from error
    return whole[tuple(map(slice, shape))]
