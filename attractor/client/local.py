"""Answers computed in this process, by the code of the service and within the bounds that it has by default."""

from collections.abc import Callable, Generator, Iterator
from typing import Any, NamedTuple

from attractor.api.formats import Chunk, Format
from attractor.api.host import cpus, threads
from attractor.api.problems import BadQuery
from attractor.api.resource import Answer, Query, Resource
from attractor.api.settings import Settings
from attractor.client.refusals import refusal_of
from attractor.client.resources import resource_at

SETTINGS = Settings(workers=1)


class Read(NamedTuple):
    """A query that was read, and what answers it."""

    resource: Resource[Any, Any]
    query: Query

    @property
    def form(self) -> Format:
        return self.resource.formats[self.query.format]

    def answer(self) -> Generator[None, None, Answer]:
        """The answer as the generator's value, with pauses. Raises Refused."""
        work = self.resource.compute(self.query, SETTINGS, threads(cpus(), SETTINGS.workers))
        try:
            answer: Answer = yield from work
        except BadQuery as error:
            raise refusal_of(error) from None
        return answer

    def chunks(self, tell: Callable[[int | None], object] = lambda _: None) -> Iterator[Chunk | None]:
        """The body, with None wherever the work pauses. Raises Refused before the first chunk.

        How long it is is told before that, None where that is not known.
        """
        answer = yield from self.answer()
        tell(self.form.length(answer))
        yield from write_answer(self.form, answer)


def read(path: str, raw: bytes, negotiated: str | None = None) -> Read:
    """The query that a query string spells at a path, in the format `negotiated` where it names none.

    Raises Refused.
    """
    resource = resource_at(path)
    try:
        return Read(resource, resource.read(raw, SETTINGS, negotiated or next(iter(resource.formats))))
    except BadQuery as error:
        raise refusal_of(error) from None


def finish_answer(read: Read) -> Answer:
    """The answer to a query, before it is written. Raises Refused."""
    from attractor.core.slicing import finish  # which the command line does without

    return finish(read.answer())


def write_answer(form: Format, answer: Answer) -> Iterator[Chunk | None]:
    """The chunks of an answer in a format. Raises Refused before the first."""
    try:
        yield from form.write(answer)
    except BadQuery as error:
        raise refusal_of(error) from None
