"""Sweeps as Zarr: an array for each variable over the swept inputs, named and labelled as xarray has them.

A chunk is a shard. Files are made and read in memory, so that where they are kept can write them whole.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Any, cast

import numpy as np
import zarr
from numpy.typing import NDArray
from zarr.buffer import default_buffer_prototype
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
_LABELS = 1 << 17  # values of an input in a chunk


class Arrays:
    """The arrays of a sweep whose points have equally many records."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def common(self) -> Iterator[tuple[str, bytes]]:
        """What there is before any shard: that of the variables, and the coordinates."""
        yield from _named(self._empty)
        query = self._plan.query
        for name in query.swept:
            axis = query.axis(name)
            for first in range(0, axis.count, _LABELS):
                end = min(axis.count, first + _LABELS)
                yield from self._written({name: axis.doubles(first, end)}, (slice(first, end),))
        if self._numbers is not None:
            yield from self._written({"n": self._numbers}, (slice(0, len(self._numbers)),))

    def size(self) -> int:
        return 8 * self._answer.records * len(self._variables)

    def files(self, index: int, answer: Records) -> Files:
        rows = np.concatenate([np.asarray(part) for part in answer.source() if part is not None])[:, answer.bare :]
        box = self._plan.box(index)
        shape = *(side.stop - side.start for side in box), *self._inner
        values = {name: rows[:, k].reshape(shape) for k, name in enumerate(self._variables)}
        return dict(self._written(values, box))

    def names(self, index: int) -> list[str]:
        place = *self._plan.place(index), *(0 for _ in self._inner)
        return [f"{ROOT}/{name}/c/{'/'.join(map(str, place))}" for name in self._variables]

    def values(self, index: int, files: Files) -> Values:
        held = self._empty | {
            name.removeprefix(f"{ROOT}/"): default_buffer_prototype().buffer.from_bytes(data)
            for name, data in files.items()
        }
        box = self._plan.box(index)
        try:
            group = zarr.open_group(MemoryStore(held), mode="r")
            return {name: np.asarray(_array(group, name)[box]) for name in self._variables}
        except Exception as error:  # whatever a codec raises of what it cannot decode
            raise ValueError(str(error)) from error

    @cached_property
    def _answer(self) -> Records:
        """That of the whole, of which nothing is computed."""
        return cast(Records, finish(self._plan.query.answer(UNBOUNDED, 1)))

    @cached_property
    def _variables(self) -> list[str]:
        return [column.name for column in self._answer.columns[self._answer.bare :]]

    @cached_property
    def _inner(self) -> tuple[int, ...]:
        """How many records each point has, where that is a dimension of its own."""
        each = self._answer.records // self._plan.query.points
        return (each,) if each > 1 or self._has_numbers else ()

    @property
    def _has_numbers(self) -> bool:
        return any(column.name == "n" for column in self._answer.columns[: self._answer.bare])

    @cached_property
    def _numbers(self) -> NDArray[np.int64] | None:
        """The numbers of the iterates."""
        if not self._has_numbers:
            return None
        selection = self._plan.query.selection  # type: ignore[attr-defined]  # that of /ensemble, which alone has them
        return np.arange(selection.first, selection.last + 1, selection.every, dtype=np.int64)

    @cached_property
    def _empty(self) -> dict[str, Any]:
        """The store without a value."""
        query, held = self._plan.query, {}  # type: ignore[var-annotated]
        about = {"url": query.canonical, "edition": EDITION, "version": __version__, "system": query.system.name}
        group = zarr.create_group(MemoryStore(held), attributes=about | {"title": type(query).title})
        inner = ["n" if self._has_numbers else "record"] if self._inner else []
        shape, chunks = (*query.shape, *self._inner), (*self._plan.cut, *self._inner)
        for name in self._variables:
            _create(group, name, shape, chunks, "<f8", [*query.swept, *inner])
        for name, count in zip(query.swept, query.shape, strict=True):
            _create(group, name, (count,), (min(count, _LABELS),), "<f8", [name])
        if self._numbers is not None:
            _create(group, "n", self._inner, self._inner, "<i8", ["n"])
        return held

    def _written(self, values: Values, box: tuple[slice, ...]) -> Iterator[tuple[str, bytes]]:
        """The chunks that hold some values of arrays."""
        held = dict(self._empty)
        group = zarr.open_group(MemoryStore(held), mode="r+")
        for name, array in values.items():
            _array(group, name).with_config({"write_empty_chunks": True})[box] = array
        yield from _named({name: data for name, data in held.items() if name not in self._empty})


def _create(
    group: zarr.Group, name: str, shape: tuple[int, ...], chunks: tuple[int, ...], kind: str, names: list[str]
) -> None:
    fill = float("nan") if kind == "<f8" else 0
    group.create_array(
        name, shape=shape, chunks=chunks, dtype=kind, fill_value=fill, dimension_names=names, compressors=ZstdCodec()
    )


def _array(group: zarr.Group, name: str) -> zarr.Array[Any]:
    return cast(zarr.Array[Any], group[name])


def _named(held: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    yield from ((f"{ROOT}/{name}", data.to_bytes()) for name, data in held.items())
