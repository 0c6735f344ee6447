"""A refusal costs little and says little more, however much is wrong with a request: what is counted here is work."""

import asyncio
import threading
from difflib import SequenceMatcher
from typing import ClassVar

import httpx
import pytest

from attractor.api import problems
from attractor.api.formats import FORMATS
from attractor.api.http.caching import precondition
from attractor.api.http.handler import Endpoint
from attractor.api.http.negotiation import MAX_ITEMS, choose_coding, choose_format, media_types
from attractor.api.limits.scheduler import Jobs
from attractor.api.server.protocol import MAX_HEADERS, MAX_PATH_BYTES
from attractor.api.settings import Settings
from tests.api.limits.test_bounds import ended
from tests.conftest import connected

HENON = "/calculation?system=henon&x0=0.1&y0=0&a=1.4&b=0.3"
KNOWN = media_types(FORMATS)
MOST = 65_536
"""Bytes of the body of any refusal."""


class Counting(SequenceMatcher):
    """Counts the names that are looked for."""

    looked_for: ClassVar[list[str]] = []

    def set_seq2(self, b):
        if b:  # not from its constructor
            self.looked_for.append(b)
        super().set_seq2(b)


@pytest.mark.promise("A refusal costs little: nearest names are looked for beside three unknown ones only")
@pytest.mark.parametrize("path", ["/calculation", "/picture", "/lyapunov", "/horizon"])
def test_the_nearest_names_are_looked_for_a_few_times_however_many_are_unknown(monkeypatch, path):
    from attractor.api.app import RESOURCES
    from attractor.api.settings import Settings

    monkeypatch.setattr(problems, "SequenceMatcher", Counting)
    Counting.looked_for.clear()
    (resource,) = [each for each in RESOURCES if each.path == path]
    query = "system=nothing&format=nothing&" + "&".join(f"name{i}=1" for i in range(98))
    with pytest.raises(problems.BadQuery) as refused:
        resource.read(query.encode(), Settings(), None)
    assert 1 <= len(Counting.looked_for) <= 6
    assert {f"name{i}" for i in range(98)} <= {fault.parameter for fault in refused.value.faults}


@pytest.mark.parametrize("letter", ["a", "é", "漢", "\U0001f600", "\x01", '"', "\\", "%zz"])
@pytest.mark.parametrize("path", ["/calculation", "/picture"])
def test_the_body_of_a_refusal_is_bounded(client, path, letter):

    escaped = "".join(f"%{byte:02x}" for byte in letter.encode()) if letter != "%zz" else letter
    room = 16_000 // 100 - 10
    text = escaped * (room // 2 // len(escaped))
    for query in (
        "&".join(f"{i}{text}={text}" for i in range(100)),
        "&".join(f"x0={text}{text}" for _ in range(100)),
        "&".join(f"system={text}{text}" for _ in range(100)),
    ):
        answer = client.get(f"{path}?{query}")
        assert answer.status_code == 400
        assert len(answer.content) <= MOST
        assert answer.json()["errors"]


def test_a_long_query_is_read_beside_the_event_loop():
    seen = []

    class Resource:
        path = "/nothing"
        formats = FORMATS

        def read(self, raw, *_):
            seen.append((len(raw), threading.current_thread() is threading.main_thread()))
            raise problems.BadQuery([])

    class Exchange:
        method = "GET"
        given: ClassVar[dict[bytes, bytes]] = {}

        async def refuse(self, *_): ...

    endpoint = Endpoint(Resource(), Settings(), Jobs(1), None, 1)
    for size in (10, 16_000):
        scope = {"method": "GET", "query_string": b"a" * size, "client": None, "exchange": Exchange()}
        asyncio.run(endpoint(scope, None, None))
    assert seen == [(10, True), (16_000, False)]


@pytest.mark.parametrize(
    ("accept", "name"),
    [
        ("*/*", "json"),
        ("text/csv", "csv"),
        ("TEXT/CSV", "csv"),
        ("text/*", "csv"),
        ("text/csv, */*", "csv"),
        ("text/csv, application/json", "csv"),
        ("application/json, text/csv", "json"),
        ("application/json;q=0.5, text/csv", "csv"),
        ("text/csv;q=0.5, */*;q=0.1", "csv"),
        ("text/html, application/xml;q=0.9, */*;q=0.8", "json"),
        ("text/csv;charset=utf-8", "csv"),
        ("application/json;q=0, */*", "ndjson"),
        ("*/*;q=0", None),
        ("text/csv;q=0, text/*", None),
        ("*/*, text/csv;q=0", "json"),
        ("text/csv;q=x", "csv"),
        ("text/csv;q=nan", "csv"),
        ("text/csv;q=inf", "csv"),
        ("text/html, image/gif, *; q=.2, */*; q=.2", "json"),
        ("text/html", None),
        (",", "json"),  # an empty list names nothing that is not wanted
        ("a/b," * MAX_ITEMS + "text/csv", None),
        ("a/b," * (MAX_ITEMS - 1) + "text/csv", "csv"),
    ],
)
def test_the_most_specific_range_gives_a_format_its_quality(accept, name):
    assert choose_format(accept.encode(), KNOWN) == name


def test_a_header_of_thousands_of_items_counts_as_far_as_the_first():
    assert choose_coding(b"gzip," + b"a," * 30_000).name == "gzip"
    assert not choose_coding(b"a," * 30_000 + b"gzip").name
    assert choose_format(b"text/csv" + b";q=1" * 15_000, KNOWN) == "csv"


@pytest.mark.parametrize(
    ("given", "is_named"),
    [
        (b'"one"', True),
        (b'W/"one"', True),
        (b'"two", "one"', True),
        (b'"two",W/"one"', True),
        (b'"two",' * 10_000 + b'"one"', True),
        (b" * ", True),
        (b'"two"', False),
        (b"one", False),
        (b'"one', False),
        (b"", False),
    ],
)
def test_if_none_match_names_a_tag_or_does_not(given, is_named):
    assert (precondition({b"if-none-match": given}, b'"one"') == 304) is is_named


@pytest.mark.parametrize(("count", "status"), [(MAX_HEADERS - 10, b"200"), (MAX_HEADERS + 1, b"431")])
def test_a_head_has_at_most_so_many_lines(address, count, status):
    head = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + b"a: b\r\n" * count + b"\r\n"
    with connected(address, head) as connection:
        assert ended(connection)[9:12] == status


@pytest.mark.parametrize(
    "path",
    ["/" + "a" * 60_000, "/" * 60_000, "/systems/" + "a" * 30_000, "/" + "%41" * 20_000, "/schema/" + "a" * 9000],
)
def test_no_path_is_so_long(address, path):
    assert len(path) > MAX_PATH_BYTES
    answer = httpx.get(address + path)
    assert (answer.status_code, len(answer.content) < 1_000) == (404, True)
