"""The class of queries whose answers are found by proving or drawing, which holds the interpreter's lock."""

from typing import Any, Generic, TypeVar

from attractor.api.endpoints.analysis_query import AnalysisQuery
from attractor.api.limits.helper import Helper
from attractor.api.resource import Answer
from attractor.api.settings import Settings
from attractor.core.slicing import Work

_SHORT = 0.03
"""CPU seconds of what is found sooner in the worker than by asking its helper."""

F = TypeVar("F")


class HelpedQuery(AnalysisQuery, Generic[F], frozen=True, kw_only=True):
    """A valid query whose answer is told of what it finds, which another process can do as well."""

    def find(self, settings: Settings, threads: int) -> Work[F]:
        """Finds what the answer tells, which can be pickled. Raises BadQuery."""
        raise NotImplementedError

    def tell(self, found: F) -> Answer:
        raise NotImplementedError

    def answer(self, settings: Settings, threads: int) -> Work[Answer]:
        return self.tell((yield from self.find(settings, threads)))

    def answer_by(self, helper: Helper, settings: Settings, threads: int) -> Work[Answer]:
        """The same answer, found by the helper where that takes long and it is there."""
        if self.seconds <= _SHORT or not helper.knows(self.system.name):
            return (yield from self.answer(settings, threads))
        found: Any = yield from helper.find(self.path, self.canonical.partition("?")[2].encode())
        return self.tell(found)
