"""The protocols of an endpoint: a resource that reads a query and computes its answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeVar

from msgspec import Struct

from attractor.api.formats import Format
from attractor.api.queries.parameters import Declared
from attractor.api.settings import Settings

if TYPE_CHECKING:
    from attractor.core.slicing import Work
    from attractor.core.system import System


class Query(Protocol):
    """A valid query."""

    @property
    def system(self) -> System: ...

    @property
    def memory(self) -> int:
        """About how many bytes its answer holds while it is in flight."""

    @property
    def seconds(self) -> float:
        """About how many CPU seconds its answer takes."""

    @property
    def format(self) -> str: ...

    @property
    def edition(self) -> int | None:
        """The edition that it names, so that its answer never changes; None where it names none."""

    @property
    def canonical(self) -> str:
        """The path and the one query string that all its spellings and orders share, with every default, and the
        edition."""

    @property
    def is_short(self) -> bool:
        """Whether its answer costs less than handing it to a thread and back."""

    @property
    def holds_lock(self) -> bool:
        """Whether computing its answer holds the interpreter's lock, as decimals, balls and drawing do."""

    @property
    def iterations(self) -> int: ...


class Answer(Protocol):
    """An answer, which the query's format can write, and what the headers tell of it."""

    @property
    def stem(self) -> str:
        """The name of a file that holds the answer, without its suffix."""

    @property
    def arithmetic(self) -> str: ...

    @property
    def left_at(self) -> int | None:
        """The n at which an orbit left the range of its arithmetic."""

    @property
    def fell_back(self) -> bool:
        """Whether it is in decimal arithmetic because it left double's range."""

    @property
    def records(self) -> int: ...


class InDouble(Struct, frozen=True):
    """The base of answers in double arithmetic."""

    arithmetic: ClassVar[str] = "double"
    left_at: ClassVar[int | None] = None
    fell_back: ClassVar[bool] = False


Q = TypeVar("Q", bound=Query)
A = TypeVar("A", bound=Answer, covariant=True)


class Resource(Protocol[Q, A]):
    """An endpoint: it reads queries and computes their answers."""

    @property
    def path(self) -> str: ...

    @property
    def formats(self) -> dict[str, Format]:
        """The first is the default."""

    @property
    def kinds(self) -> Mapping[str, type[Declared]]:
        """The classes of its queries, by the value of the option `of` where there are several."""

    def read(self, raw: bytes, settings: Settings, negotiated: str | None) -> Q:
        """The query that a query string spells. Raises BadQuery and NotAcceptable."""

    def compute(self, query: Q, settings: Settings, threads: int, /) -> Work[A]:
        """Computes the answer; pauses every few milliseconds, and not before. Raises BadQuery."""

    def is_certain(self, query: Q, settings: Settings, /) -> bool:
        """Whether an answer always follows: no refusal can turn up while it is computed."""
