"""Validators, canonical URLs and content codings, over a real socket."""

import gzip
import random
import re
from importlib.metadata import version

import httpx
import pytest

from attractor import __version__
from attractor.api.http.compression import zstd
from attractor.core.edition import EDITION
from tests.conftest import running_server

HENON = {"system": "henon", "x0": "0.1", "y0": "0", "a": "1.4", "b": "0.3"}
CANONICAL = (
    "/calculation?system=henon&x0=.1&y0=0&a=1.4&b=.3"
    f"&steps=20&skip=0&every=1&include_start=false&precision=auto&format=json&edition={EDITION}"
)


def url(**changes):
    return "/calculation?" + "&".join(f"{name}={value}" for name, value in {**HENON, **changes}.items())


def link(response):
    return re.fullmatch(r'<(\S+)>; rel="canonical"', response.headers["link"])[1]


def test_all_spellings_and_orders_reach_one_canonical_url_and_validator(client):
    plain = client.get(url())
    assert link(plain) == CANONICAL
    shuffled = list({**HENON, "x0": "1e-1", "y0": "0.0", "a": "01.40", "b": "%2e3", "steps": "020"}.items())
    for seed in range(5):
        random.Random(seed).shuffle(shuffled)
        other = client.get("/calculation?" + "&".join(f"{name}={value}" for name, value in shuffled))
        assert (link(other), other.headers["etag"]) == (CANONICAL, plain.headers["etag"])
        assert other.content == plain.content


def test_the_canonical_url_answers_with_the_same_bytes_and_is_its_own(client):
    for more in ({}, {"steps": "2000", "skip": "5", "every": "3", "include_start": "true", "format": "csv"},
                 {"precision": "decimal", "digits": "50", "x0": "1e-9", "y0": "-0"}):  # fmt: skip
        first = client.get(url(**more))
        again = client.get(link(first))
        assert (again.content, again.headers["etag"], link(again)) == (
            first.content,
            first.headers["etag"],
            link(first),
        )


def test_a_validator_tells_what_wrote_the_answer(address):
    formats = "json", "columns", "ndjson", "csv", "arrow", "npy", "parquet"
    asked = [(name, coding) for name in formats for coding in ("identity", "gzip", "zstd", "gzip, identity;q=0")]
    tags = {each: raw(address, url(format=each[0]), each[1])[0].headers["etag"] for each in asked}
    pyarrow_ = f"-pyarrow{version('pyarrow')}"
    assert len({*tags.values()}) == 4 * 4 + 3 * 2  # what is binary is sent as it is, unless that is not taken
    for (name, coding), tag in tags.items():
        library = re.escape(pyarrow_) if name in ("arrow", "parquet") else ""
        assert re.fullmatch(rf'"{EDITION}-{name}\d+{library}(-(gzip|zstd)[\d.]+(-always)?)?"', tag), (name, coding)
        assert tag.endswith('-always"') == (";q=0" in coding)
    assert raw(address, url(steps=21), "identity")[0].headers["etag"] == tags["json", "identity"]


@pytest.mark.parametrize("form", ["png", "svg"])
def test_the_validator_of_a_picture_tells_what_drew_and_what_packed_its_cells(client, form):
    asked = url(steps=100, width=160, height=120, format=form).replace("/calculation", "/picture")
    answer = client.get(asked, headers={"accept-encoding": "identity"})
    assert b"iVBORw0KGgo" in answer.content or answer.content.startswith(b"\x89PNG")  # a PNG, in Base64 or as it is
    libraries = "".join(f"-{name}{version(name)}" for name in ("matplotlib", "pillow"))
    assert re.fullmatch(rf'"{EDITION}-{form}\d+{re.escape(libraries)}"', answer.headers["etag"])


def test_a_build_is_told_by_headers_and_by_no_body_and_bounds_by_validators():
    bounded = {"ATTRACTOR_REVISION": "abc-1", "ATTRACTOR_MAX_STEPS": "15"}
    with running_server(**bounded) as (address, _):
        answer = httpx.get(address + url(steps=9, format="arrow"))
        assert answer.headers["attractor-version"] == __version__
        assert answer.headers["attractor-revision"] == "abc-1"
        assert re.match(rf'"{EDITION}-[0-9a-f]{{12}}-arrow\d', answer.headers["etag"])  # other defaults
        for path in (
            *(url(steps=9, format=name) for name in ("arrow", "parquet", "json")),
            "/picture?" + url(steps=9).partition("?")[2],
        ):
            answer = httpx.get(address + path)
            assert answer.status_code == 200
            body = answer.content
            assert b"abc-1" not in body
            assert f"version{__version__}".encode() not in body.replace(b"\0", b"")
        assert httpx.get(address + "/nothing").headers["attractor-revision"] == "abc-1"
        assert "etag" not in httpx.get(f"{address}/health/ready").headers


@pytest.mark.promise("What names its edition may be kept for good, all else for a day")
@pytest.mark.parametrize("path", ["/calculation", "/ensemble", "/picture"])
def test_what_an_edition_names_may_be_kept_for_good_and_all_else_for_a_day(client, path):
    for more, kept in (
        ({}, "public, max-age=86400"),
        ({"edition": EDITION}, "public, max-age=31536000, immutable"),
        ({"edition": f"0{EDITION}.0"}, "public, max-age=31536000, immutable"),
    ):
        asked = url(**more).replace("/calculation", path)
        headers = client.get(asked).headers
        assert (headers["cache-control"], headers["vary"]) == (kept, "accept, accept-encoding")
        known = {"if-none-match": headers["etag"]}
        again = client.get(asked, headers=known)
        assert (again.status_code, again.headers["cache-control"]) == (304, kept)
    assert "cache-control" not in client.get("/calculation?x0=nan").headers


@pytest.mark.parametrize("form", ["{0}", "W/{0}", '"other", {0}', "*"])
def test_what_the_client_has_is_not_sent_again(client, form):
    tag = client.get(url()).headers["etag"]
    response = client.get(url(), headers={"if-none-match": form.format(tag)})
    assert (response.status_code, response.content, response.headers["etag"]) == (304, b"", tag)
    assert client.get(url(format="csv"), headers={"if-none-match": tag}).status_code == 200


def test_not_modified_needs_no_computing(client):
    long = url(steps="1000000000", format="npy")
    with client.stream("GET", long) as begun:
        tag = begun.headers["etag"]
    assert client.get(long, headers={"if-none-match": tag}).status_code == 304  # or the client's timeout


def test_head_of_a_long_orbit_has_the_headers_of_get_and_ends_at_once(client):
    for name in ("npy", "json"):
        long = url(steps="100000000", format=name)
        head = client.head(long)
        with client.stream("GET", long) as get:
            for header in ("etag", "link", "content-type", "content-disposition", "attractor-arithmetic"):
                assert head.headers[header] == get.headers[header]
            assert head.headers.get("content-length") == get.headers.get("content-length")
        assert (head.status_code, head.content) == (200, b"")


DECODED = {"gzip": gzip.decompress, "zstd": zstd.decompress}


def raw(address, path, accept_encoding):
    with httpx.stream("GET", address + path, headers={"accept-encoding": accept_encoding}, timeout=300) as response:
        return response, b"".join(response.iter_raw())


@pytest.mark.parametrize("steps", [500, 20_000])
@pytest.mark.parametrize("coding", DECODED)
@pytest.mark.parametrize("name", ["json", "columns", "ndjson", "csv"])
def test_text_is_compressed_as_the_client_asks(address, coding, name, steps):
    path = url(steps=steps, format=name)
    plain, body = raw(address, path, "identity")
    response, data = raw(address, path, coding)
    assert response.headers["content-encoding"] == coding
    assert DECODED[coding](data) == body
    assert len(data) < len(body)
    assert response.headers["etag"] != plain.headers["etag"]


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip;q=1.0, zstd;q=0.5", "gzip"),
        ("zstd;q=0, gzip;q=0", None),
        ("br", None),
        ("", None),
        ("GZIP", "gzip"),
        ("gzip;q=x", None),
    ],
)
def test_the_coding_is_the_one_preferred(address, accepted, coding):
    response, _ = raw(address, url(steps=2000), accepted)
    assert response.headers.get("content-encoding") == coding


def test_what_is_short_or_binary_is_sent_as_it_is(address):
    for path in (url(), url(steps=5000, format="npy"), url(steps=5000, format="arrow")):
        assert "content-encoding" not in raw(address, path, "zstd, gzip")[0].headers
