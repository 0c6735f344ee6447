"""Parts of answers, and digests of whole ones, over a real socket."""

import base64
import hashlib
import random
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attractor.api.http.byte_ranges import Unsatisfiable, cut_chunks, parse_range
from tests.searching import searched

ORBIT = "/calculation?system=logistic&x0=0.3&r=3.9&format={}&steps={}"
SIZED = [("npy", 20), ("npy", 300_000), ("arrow", 20), ("arrow", 300_000)]


@pytest.mark.promise("An answer whose length is known beforehand is sent from any byte on, with the same bytes")
@pytest.mark.parametrize(("form", "steps"), SIZED)
def test_a_part_is_what_the_whole_has_there(client, form, steps):
    url = ORBIT.format(form, steps)
    whole = client.get(url)
    size, tag = len(whole.content), whole.headers["etag"]
    assert whole.headers["accept-ranges"] == client.head(url).headers["accept-ranges"] == "bytes"
    rnd = random.Random(f"{form} {steps}")
    first = rnd.randrange(size - 9)
    for text, at in {
        f"bytes={first}-": range(first, size),
        f"bytes={first}-{first + 7}": range(first, first + 8),
        f"bytes={size - 1}-{size + 10**6}": range(size - 1, size),
        "Bytes = 0-0": range(1),
        "bytes=-5": range(size - 5, size),
        f"bytes=-{2 * size}": range(size),
        f"bytes={first}-{2**64 - 1}": range(first, size),  # what some clients write for an open end
        f"bytes={'0' * 30}{first}-{'9' * 5_000}": range(first, size),
        f"bytes=-{'9' * 5_000}": range(size),
    }.items():
        part = client.get(url, headers={"range": text, "if-range": tag})
        assert (part.status_code, part.content) == (206, whole.content[at.start : at.stop]), text
        assert part.headers["content-range"] == f"bytes {at.start}-{at.stop - 1}/{size}"
        assert part.headers["content-length"] == str(len(at))
        assert (part.headers["etag"], part.headers["accept-ranges"]) == (tag, "bytes")
        assert part.headers.get("repr-digest") == whole.headers.get("repr-digest")


@pytest.mark.parametrize(
    "headers",
    [
        {"range": "bytes=1-2,4-5"},
        {"range": "bytes=5-2"},
        {"range": "bytes=-"},
        {"range": "bytes=a-"},
        {"range": "bytes 1-2"},
        {"range": "lines=1-2"},
        {"range": ""},
        {"range": "bytes=1-2", "if-range": '"other"'},
        {"range": "bytes=1-2", "if-range": "W/{tag}"},
        {"range": "bytes=1-2", "if-range": "Sat, 01 Jan 2050 00:00:00 GMT"},
        {"if-range": "{tag}"},
    ],
)
def test_what_asks_for_no_one_part_of_this_answer_gets_the_whole(client, headers):
    for form, steps in SIZED[1:3]:
        whole = client.get(ORBIT.format(form, steps))
        told = {name: value.format(tag=whole.headers["etag"]) for name, value in headers.items()}
        again = client.get(ORBIT.format(form, steps), headers=told)
        assert (again.status_code, again.content) == (200, whole.content)
        assert "content-range" not in again.headers


@pytest.mark.parametrize(("form", "steps"), SIZED)
def test_what_begins_behind_the_end_is_refused_with_the_length(client, form, steps):
    url = ORBIT.format(form, steps)
    size = client.head(url).headers["content-length"]
    for text in (f"bytes={size}-", f"bytes={'9' * 5_000}-", "bytes=-0"):
        refused = client.get(url, headers={"range": text})
        assert (refused.status_code, refused.headers["content-range"]) == (416, f"bytes */{size}")
        assert refused.json()["detail"] == f"the answer has {size} bytes, and none in this Range"
    assert client.get(url, headers={"range": f"bytes={size}-", "if-range": '"other"'}).status_code == 200


def test_a_range_is_heeded_of_get_alone_and_behind_preconditions(client):
    url = ORBIT.format("npy", 20)
    tag, ranged = client.get(url).headers["etag"], {"range": "bytes=1-2"}
    assert client.head(url, headers=ranged).status_code == 200
    assert client.get(url, headers={**ranged, "if-none-match": tag}).status_code == 304
    assert client.get(url, headers={**ranged, "if-match": '"other"'}).status_code == 412
    assert client.get(f"{url}&nothing=1", headers=ranged).status_code == 400
    path, _, query = url.partition("?")
    posted = client.post(path, content=query, headers={**ranged, "content-type": "application/x-www-form-urlencoded"})
    assert (posted.status_code, "accept-ranges" in posted.headers) == (200, False)


@pytest.mark.parametrize("form", ["json", "columns", "ndjson", "csv", "parquet", "arrow&precision=decimal"])
def test_where_the_length_is_not_known_the_whole_is_sent(client, form):
    url = ORBIT.format(form, 20)
    whole, ranged = client.get(url), client.get(url, headers={"range": "bytes=1-2"})
    assert (ranged.status_code, ranged.content) == (200, whole.content)
    assert not {"accept-ranges", "content-range"} & set(ranged.headers)


def test_what_is_coded_has_no_parts(client):
    coded = {"accept-encoding": "identity;q=0, gzip", "range": "bytes=1-2"}
    answer = client.get(ORBIT.format("npy", 20), headers=coded)
    assert (answer.status_code, answer.headers["content-encoding"]) == (200, "gzip")
    assert "accept-ranges" not in answer.headers


@pytest.mark.parametrize("form", ["npy", "arrow"])
def test_curl_resumes_what_broke_off(address, client, tmp_path, form):
    url, file = ORBIT.format(form, 300_000), tmp_path / "orbit"
    whole = client.get(url).content
    file.write_bytes(whole[:1_234_567])
    assert shutil.which("curl")
    subprocess.run(["curl", "--silent", "--fail", "-C", "-", "-o", str(file), f"{address}{url}"], check=True)
    assert file.read_bytes() == whole


@searched(300)
@given(st.lists(st.none() | st.binary(max_size=9), max_size=9), st.data())
def test_a_part_of_chunks_is_that_of_all_of_them(chunks, data):
    whole = b"".join(chunk for chunk in chunks if chunk)
    first = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(first, len(whole)))
    assert b"".join(c for c in cut_chunks(iter(chunks), range(first, end)) if c) == whole[first:end]


@given(st.integers(0, 30), st.none() | st.integers(0, 30), st.integers(1, 20))
def test_a_range_is_that_of_the_rfc(first, last, length):
    try:
        found = parse_range({b"range": b"bytes=%d-%b" % (first, b"" if last is None else b"%d" % last)}, b'"a"', length)
    except Unsatisfiable:
        assert first >= length
        return
    wanted = [at for at in range(length) if at >= first and (last is None or at <= last)]
    assert found is None if last is not None and last < first else [*(found or ())] == wanted


def digest(body: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


PNG = "/picture?system=henon&x0=0.1&y0=0&a=1.4&b=0.3&steps=1000&width=200&height=160"
WHOLE = [
    PNG,
    *(ORBIT.format(form, 20) for form in ("json", "columns", "ndjson", "csv", "npy")),
    ORBIT.format("csv", 900),
]
PAGES = [
    "/",
    "/systems",
    "/systems/henon",
    "/docs",
    "/openapi.json",
    "/robots.txt",
    "/llms.txt",
    "/favicon.ico",
    "/assets/0/main.js",
]


@pytest.mark.promise("What is sent whole has its digest")
@pytest.mark.parametrize("coding", ["identity", "gzip", "zstd"])
@pytest.mark.parametrize("target", [*WHOLE, *PAGES])
def test_what_is_sent_whole_has_its_digest(client, target, coding):
    for _ in range(2):  # the second is the one that is kept
        with client.stream("GET", target, headers={"accept-encoding": coding}) as answer:
            assert answer.headers["repr-digest"] == digest(b"".join(answer.iter_raw()))
    with client.stream("HEAD", target, headers={"accept-encoding": coding}) as head:
        assert head.headers["repr-digest"] == answer.headers["repr-digest"]


def test_what_streams_has_none(client):
    assert "repr-digest" not in client.get(ORBIT.format("csv", 20_000)).headers
    assert "repr-digest" not in client.get(f"{PNG}&format=svg", headers={"accept-encoding": "gzip"}).headers


@pytest.mark.parametrize("form", ["png", "svg"])
def test_a_picture_is_there_before_it_is_sent(client, form):
    plain = {"accept-encoding": "identity"}
    whole = client.get(f"{PNG}&format={form}", headers=plain)
    assert whole.headers["repr-digest"] == digest(whole.content)
    part = client.get(f"{PNG}&format={form}", headers=plain | {"range": "bytes=9-99"})
    assert (part.status_code, part.content) == (206, whole.content[9:100])
    assert part.headers["repr-digest"] == whole.headers["repr-digest"]
