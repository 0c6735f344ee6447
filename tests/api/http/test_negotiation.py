"""Accept, Accept-Encoding, If-Match and If-None-Match, held against what RFC 9110 says of the same headers.

The reference never reads a header: it is told what the header was written from.
"""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attractor.api.endpoints.analyses import RESOURCES
from attractor.api.endpoints.picture import FORMATS as PICTURES
from attractor.api.formats import FORMATS
from attractor.api.http.caching import precondition
from attractor.api.http.exchange import headers_of
from attractor.api.http.negotiation import choose_coding, choose_format, media_types
from attractor.api.problems import NoCoding
from attractor.api.settings import Settings
from tests.conftest import connected
from tests.searching import searched

EXAMPLE = "/calculation?x0=1&y0=2&z0=3&sigma=4&rho=5&beta=1&delta_t=2"
HENON = "/calculation?system=henon&x0=0.1&y0=0&a=1.4&b=0.3"

spaces = st.sampled_from(["", " ", "\t", "  "])
weights = st.none() | st.sampled_from([0, 1, 500, 1000]) | st.integers(0, 1000)
"""In thousandths; None is not said."""


def written(weight, form, pad):
    text = {"short": f"{weight / 1000:g}", "long": f"{weight / 1000:.3f}"}[form]
    return f"{pad}; {pad}{'q' if form == 'short' else 'Q'}={text}"


@st.composite
def item(draw, name, parameters=()):
    """Some item of a list: its text, its name, its parameters, its weight in thousandths."""
    text, weight = draw(name), draw(weights)
    chosen = draw(st.lists(st.sampled_from(parameters), max_size=2, unique=True)) if parameters else []
    said = "".join(f"{draw(spaces)};{draw(spaces)}{key}={value}" for key, value in chosen)
    said += "" if weight is None else written(weight, draw(st.sampled_from(["short", "long"])), draw(spaces))
    cased = text.upper() if draw(st.booleans()) else text
    plain = frozenset((key, value.strip('"')) for key, value in chosen)
    return cased + said, text, plain, 1000 if weight is None else weight


@st.composite
def lines(draw, items):
    """A list as a header has it, in one line or several, with empty items; and what it was written from."""
    found = draw(st.lists(items, min_size=1, max_size=6))
    several: list[list[str]] = [[]]
    for text, *_ in found:
        several[-1].append(draw(spaces) + text + draw(spaces))
        if draw(st.integers(0, 5)) == 0:
            several[-1].append(draw(spaces))
        if draw(st.integers(0, 3)) == 0:
            several.append([])
    texts = [",".join(each).encode() for each in several]
    return texts, found


TYPES = {"json": "application/json", "ndjson": "application/x-ndjson", "csv": "text/csv", "npy": "application/x-npy",
         "arrow": "application/vnd.apache.arrow.stream", "parquet": "application/vnd.apache.parquet"}  # fmt: skip
IN_UTF8 = {"json", "ndjson", "csv"}
ranges = item(
    st.sampled_from([*TYPES.values(), "*/*", "application/*", "text/*", "image/*", "text/html", "a/b"]),
    [("charset", "utf-8"), ("charset", '"utf-8"'), ("level", "1"), ("a", '"b,c;q=0"')],
)


def quality(name, found):
    """Of a format: that of the most specific range that matches it, the weightier of equals."""
    of_it = {("charset", "utf-8")} if name in IN_UTF8 else set()
    matching = []
    for _, text, parameters, weight in found:
        if text in (TYPES[name], TYPES[name].split("/")[0] + "/*", "*/*") and parameters <= of_it:
            specific = {"*/*": 0}.get(text, 1 if text.endswith("/*") else 2)
            matching.append((specific, len(parameters) if specific == 2 else 0, weight))
    return max(matching)[2] if matching else 0


def joined(name, texts):
    return headers_of({"headers": [(b"host", b"a"), *((name, text) for text in texts)]})[name]


@searched(300)
@given(lines(ranges))
def test_a_format_of_the_greatest_quality_is_chosen(made):
    texts, found = made
    chosen = choose_format(joined(b"accept", texts), media_types(FORMATS))
    qualities = {name: quality(name, found) for name in TYPES}
    assert (qualities[chosen] if chosen else 0) == max(qualities.values())


codings = item(st.sampled_from(["gzip", "x-gzip", "zstd", "identity", "*", "br", "deflate"]))


@searched(300)
@given(lines(codings).filter(lambda made: len({each[1].removeprefix("x-") for each in made[1]}) == len(made[1])))
def test_a_coding_of_the_greatest_quality_is_chosen(made):
    texts, found = made
    said = {text.removeprefix("x-"): weight for _, text, _, weight in found}
    qualities = {name: said.get(name, said.get("*", 0)) for name in ("zstd", "gzip")}
    plain = said.get("identity", said.get("*"))
    coded = max(qualities.values())
    header = joined(b"accept-encoding", texts)
    if not coded and plain == 0:
        with pytest.raises(NoCoding):
            choose_coding(header)
        return
    chosen = choose_coding(header)
    assert qualities[chosen.name] == coded if chosen.name else coded <= (plain or 0)
    assert chosen.is_needed == (plain == 0)
    assert choose_coding(header, pays=False).name == (None if plain != 0 else chosen.name)


TAG = b'"0.1.0-json1"'
tags = st.tuples(st.sampled_from(["", "W/"]), st.sampled_from(["0.1.0-json1", "0.1.0-json2", "", "W/", ",", "*"]))


@searched(300)
@given(*[st.none() | st.just("*") | st.lists(tags, min_size=1, max_size=4)] * 2)
def test_preconditions_are_evaluated_in_order(if_match, if_none_match):
    def text(each):
        return each if isinstance(each, str) else ", ".join(f'{weak}"{tag}"' for weak, tag in each)

    def names(each, strongly):
        return each == "*" or any(tag == "0.1.0-json1" and not (strongly and weak) for weak, tag in each)

    given = {b"if-match": if_match, b"if-none-match": if_none_match}
    headers = {name: text(each).encode() for name, each in given.items() if each is not None}
    if if_match is not None and not names(if_match, strongly=True):
        expected = 412
    else:
        expected = 304 if if_none_match is not None and names(if_none_match, strongly=False) else None
    assert precondition(headers, TAG) == expected


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (HENON, 304),
        (f"{HENON}&format=npy&precision=double", 304),
        ("/calculation?system=ikeda&x0=0&y0=0&u=0.9&format=npy", 304),  # which has no decimal
        ("/ensemble?system=henon&x0=0:1:3&y0=0&a=1.4&b=0.3", 304),
        ("/fixed-points?system=henon&a=1.4&b=0.3", 304),
        ("/docs", 304),
        (f"{EXAMPLE}&format=npy", 400),
        (f"{EXAMPLE}&format=npy&steps=5000", 400),
        (f"{EXAMPLE}&steps=9000000", 400),
        (f"{HENON}&steps=0", 400),
        ("/horizon?system=lorenz&x0=1&y0=1&z0=1&sigma=10&rho=28&beta=2.6666666666666665&delta_t=0.01&steps=60000", 400),
        ("/nowhere", 404),
        ("/systems/none", 404),
    ],
)
def test_what_would_be_refused_is_refused_whatever_the_preconditions(client, path, status):
    html = {"accept": "text/html"} if path == "/docs" else {}
    for more in ({"if-none-match": "*"}, {"if-match": "*", "if-none-match": "*"}):
        for method in ("GET", "HEAD"):
            assert client.request(method, path, headers=html | more).status_code == status
    refused = client.get(path, headers=html | {"if-match": '"other"'})
    assert refused.status_code == (412 if status == 304 else status)
    assert refused.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("format_", [*FORMATS, *PICTURES])
def test_what_is_certain_is_answered(format_):
    """Where a query is said to be, there is no other answer; here of what `auto` moves to decimal."""
    (calculation,) = [each for each in RESOURCES if each.path == "/calculation"]
    if format_ in FORMATS:
        query = calculation.read(f"{EXAMPLE.partition('?')[2]}&format={format_}".encode(), Settings(), None)
        assert calculation.is_certain(query, Settings()) == (format_ != "npy")
        assert not calculation.is_certain(query, Settings(max_decimal_work=1))


def told(address, path, *lines):
    with connected(address) as connection:
        sent = "".join(f"{line}\r\n" for line in (f"GET {path} HTTP/1.1", "Host: a", "Connection: close", *lines, ""))
        connection.sendall(sent.encode())
        received = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    head, _, body = received.partition(b"\r\n\r\n")
    status, *headers = head.decode().split("\r\n")
    return int(status.split()[1]), dict(header.lower().split(": ", 1) for header in headers), body


def test_several_lines_are_one_list(address):
    status, headers, _ = told(address, HENON, "Accept: text/csv", "Accept: application/json;q=0.1")
    assert (status, headers["content-type"]) == (200, "text/csv; charset=utf-8")
    status, headers, _ = told(address, HENON, "Accept-Encoding: gzip;q=0.5", "Accept-Encoding: identity;q=0")
    tag = headers["etag"]
    lines = [
        f"If-None-Match: {tag}",
        'If-None-Match: "other"',
        "Accept-Encoding: identity;q=0",
        "Accept-Encoding: gzip",
    ]
    assert told(address, HENON, *lines)[0] == 304
    assert told(address, "/docs", "Accept: text/html;q=0", "Accept: text/html;q=0.1")[0] == 200


def test_who_takes_no_plain_body_gets_none(address):
    for path in (HENON, f"{HENON}&format=npy", f"{HENON}&format=npy&steps=5000", f"{HENON}&steps=50000", "/docs"):
        _, plain, body = told(address, path)
        status, headers, coded = told(address, path, "Accept-Encoding: gzip, *;q=0")
        assert (status, headers["content-encoding"]) == (200, "gzip")
        assert headers["etag"] != plain["etag"]
        if "content-length" in headers:
            assert plain.get("content-length") is None or gzip.decompress(coded) == body
        assert "content-length" not in headers or len(coded) == int(headers["content-length"])
        if "transfer-encoding" not in headers:
            assert zlib.decompress(coded, wbits=31)[:100] == body[:100]
        assert told(address, path, "Accept-Encoding: br, *;q=0")[0] == 406
        assert told(address, path, "Accept-Encoding: br;q=1, identity;q=0.1")[1].get("content-encoding") is None
