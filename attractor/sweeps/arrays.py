"""Sweeps as Zarr: an array for each variable over the swept inputs, named and labelled as xarray has them.

A chunk is a shard: its values in C order, little-endian, compressed by zstd, as the metadata tell, which zarr writes.
Zarr would leave out a chunk without a value, and takes as long as a short shard.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from attractor import __version__
from attractor.api.endpoints.basins import BasinsQuery
from attractor.api.endpoints.records import Records
from attractor.api.formats.table import with_one_nan
from attractor.api.http.compression import zstd
from attractor.core.edition import EDITION
from attractor.core.slicing import finish
from attractor.sweeps.asked import UNBOUNDED
from attractor.sweeps.forms import Files, Values
from attractor.sweeps.plan import Plan

if TYPE_CHECKING:
    import zarr

ROOT = "data.zarr"
"""The group, which `xarray.open_zarr` opens."""
_LABELS = 1 << 17  # values of an input in a chunk
_REAL, _WHOLE = "<f8", "<i8"
_NOTHING = {_REAL: float("nan"), _WHOLE: -1}
"""What stands where there is no value."""


class Arrays:
    """The arrays of a sweep whose points have equally many records."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def common(self, about: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
        """What there is before any shard: what zarr tells of the arrays, and the coordinates."""
        yield from ((f"{ROOT}/{name}", data) for name, data in self._metadata(about).items())
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
        columns = zip(names, self._variables.values(), rows.T, strict=True)
        return {
            name: _encode(with_one_nan(column.astype(kind)).reshape(shape), self._chunk)
            for name, kind, column in columns
        }

    def names(self, index: int) -> list[str]:
        place = "/".join(map(str, (*self._plan.place(index), *(0 for _ in self._inner))))
        return [f"{ROOT}/{name}/c/{place}" for name in self._variables]

    def values(self, index: int, files: Files) -> Values:
        shape, names = self._shape(index), zip(self._variables.items(), self.names(index), strict=True)
        return {
            variable: _decode(files[name], kind, self._chunk, shape)
            for (variable, kind), name in names
            if name in files
        }

    def _shape(self, index: int) -> tuple[int, ...]:
        """The shape of the values of a shard."""
        return *(side.stop - side.start for side in self._plan.box(index)), *self._inner

    @cached_property
    def _chunk(self) -> tuple[int, ...]:
        """The shape of a chunk, which shards at an end of the grid do not fill."""
        return *self._plan.cut, *self._inner

    @cached_property
    def _answer(self) -> Records:
        """That of the whole, of which nothing is computed."""
        query = self._plan.query
        if isinstance(query, BasinsQuery):
            return query.make_records(np.empty(0, np.int64), np.empty(0, np.int64), [])
        return cast(Records, finish(query.answer(UNBOUNDED, 1)))

    @cached_property
    def _variables(self) -> dict[str, str]:
        """Their names, and their types."""
        columns = self._answer.columns[self._answer.bare :]
        return {column.name: _WHOLE if column.kind == "whole" else _REAL for column in columns}

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

    def _metadata(self, also: Mapping[str, Any]) -> dict[str, bytes]:
        """The files that tell of the group and its arrays."""
        import zarr  # which takes long to load, and which workers do without
        from zarr.storage import MemoryStore

        query = self._plan.query
        held: dict[str, Any] = {}
        about = {"url": query.canonical, "edition": EDITION, "version": __version__, "system": query.system.name}
        group = zarr.create_group(MemoryStore(held), attributes={**about, "title": type(query).title, **also})
        inner = ["n" if self._has_numbers else "record"] if self._inner else []
        for name, kind in self._variables.items():
            _create(group, name, (*query.shape, *self._inner), self._chunk, kind, [*query.swept, *inner])
        for name, count in zip(query.swept, query.shape, strict=True):
            _create(group, name, (count,), (min(count, _LABELS),), _REAL, [name])
        if self._numbers is not None:
            _create(group, "n", self._inner, self._inner, _WHOLE, ["n"])
        return {name: data.to_bytes() for name, data in held.items()}


def _create(
    group: "zarr.Group", name: str, shape: tuple[int, ...], chunks: tuple[int, ...], kind: str, names: list[str]
) -> None:
    from zarr.codecs import ZstdCodec

    group.create_array(
        name,
        shape=shape,
        chunks=chunks,
        dtype=kind,
        fill_value=_NOTHING[kind],
        dimension_names=names,
        compressors=ZstdCodec(),
    )


def _encode(values: NDArray[Any], chunk: tuple[int, ...]) -> bytes:
    """The bytes of a chunk that holds some values at its beginning."""
    whole = values
    if values.shape != chunk:
        whole = np.full(chunk, _NOTHING[values.dtype.newbyteorder("<").str], values.dtype)
        whole[tuple(map(slice, values.shape))] = values
    return zstd.compress(np.ascontiguousarray(whole, whole.dtype.newbyteorder("<")).tobytes())


def _decode(data: bytes, kind: str, chunk: tuple[int, ...], shape: tuple[int, ...]) -> NDArray[Any]:
    """Raises ValueError where it is no chunk."""
    try:
        whole = np.frombuffer(zstd.decompress(data), kind).reshape(chunk)
    except zstd.ZstdError as error:  # of what is not compressed
        raise ValueError(str(error)) from error
    return whole[tuple(map(slice, shape))]
