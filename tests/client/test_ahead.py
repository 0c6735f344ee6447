"""Chunks that are computed while others are written."""

import gc
from collections.abc import Generator, Iterator
from contextlib import closing
from threading import Event, current_thread, main_thread

import pytest

from attractor.client import ahead
from attractor.client.ahead import AHEAD, compute_ahead
from tests.waiting import until


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(ahead, "PATIENCE", 0)
    yield
    assert gc.isenabled()


class Counting:
    """Chunks that count themselves as they are computed, with a pause before each, and an event that holds them up."""

    def __init__(self, count: int) -> None:
        self.computed, self.on_main, self._count = 0, [], count
        self.may_go_on = Event()
        self.may_go_on.set()

    def __iter__(self) -> Iterator[bytes | None]:
        for i in range(self._count):
            self.may_go_on.wait()
            yield None
            self.computed += 1
            self.on_main.append(current_thread() is main_thread())
            yield bytes([i])


def test_all_chunks_come_in_order_and_are_computed_beside():
    work = Counting(100)
    assert b"".join(filter(None, compute_ahead(iter(work)))) == bytes(range(100))
    assert not any(work.on_main)


def test_so_many_are_ahead_and_no_more():
    work = Counting(100)
    with closing(filter_chunks(compute_ahead(iter(work)))) as chunks:
        for taken in range(1, 10):
            next(chunks)
            until(lambda: work.computed == taken + AHEAD)  # noqa: B023  # it is called here
    assert work.computed <= taken + AHEAD


def test_while_none_is_there_it_pauses_and_who_leaves_ends_the_work():
    work = Counting(100)
    chunks = compute_ahead(iter(work))
    assert next(chunks) is None  # not yet on the thread
    assert next(chunk for chunk in chunks if chunk) == b"\0"
    until(lambda: work.computed == 1 + AHEAD)
    work.may_go_on.clear()
    assert [next(chunk for chunk in chunks if chunk) for _ in range(AHEAD)] == [b"\1", b"\2"]
    assert next(chunks) is None
    work.may_go_on.set()
    chunks.close()
    assert work.computed < 10


def test_what_the_work_raises_is_raised():
    def failing() -> Iterator[bytes | None]:
        yield None
        yield b"a"
        raise LookupError("why")

    chunks = filter_chunks(compute_ahead(failing()))
    assert next(chunks) == b"a"
    with pytest.raises(LookupError, match="why"):
        next(chunks)


def test_a_short_answer_needs_no_thread(monkeypatch):
    monkeypatch.setattr(ahead, "PATIENCE", 60)
    work = Counting(10)
    assert b"".join(filter(None, compute_ahead(iter(work)))) == bytes(range(10))
    assert all(work.on_main)


def filter_chunks(
    chunks: Generator[bytes | memoryview | None, None, None],
) -> Generator[bytes | memoryview, None, None]:
    """Those that are chunks; closing it closes them."""
    try:
        yield from filter(None, chunks)
    finally:
        chunks.close()
