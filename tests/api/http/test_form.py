"""POST of what computes: a query too long for a URL, as a form, over a real socket."""

import io
import json
import select

import httpx
import numpy as np
import pytest
from litestar.testing import TestClient

from attractor.api.app import create_app
from attractor.api.http.form import MEDIA_TYPE
from attractor.api.settings import Settings
from tests.api.server.test_framing import Connection
from tests.api.test_routes import COMPUTING
from tests.conftest import connected

FORM = {"content-type": MEDIA_TYPE}
HENON = "system=henon&x0=0.1&y0=0&a=1.4&b=0.3&steps=3"
MOST = 262_144
OWN = {"date", "x-request-id", "link", "content-location", "accept-ranges"}


def posted(client: httpx.Client, body: str, path: str = "/calculation", **headers: str) -> httpx.Response:
    return client.post(path, content=body, headers={**FORM, **{n.replace("_", "-"): v for n, v in headers.items()}})


@pytest.mark.parametrize("target", COMPUTING)
def test_a_post_is_answered_as_a_get_and_names_its_url(client, target):
    path, _, query = target.partition("?")
    got, sent = client.get(target), posted(client, query, path)
    assert (sent.status_code, sent.content) == (200, got.content)
    assert sent.headers["content-location"] == got.headers["link"].partition(">")[0][1:]
    assert "link" not in sent.headers
    headers = [{n: v for n, v in answer.headers.items() if n not in OWN} for answer in (got, sent)]
    assert headers[0] == headers[1]
    assert client.get(sent.headers["content-location"]).content == got.content


@pytest.mark.parametrize("query", ["", "system=nono", f"{HENON}&steps=0", f"{HENON}&q=1&r=2", "x0=%zz", f"{HENON}&a=x"])
def test_a_refusal_is_that_of_get(client, query):
    got, sent = client.get(f"/calculation?{query}"), posted(client, query)
    assert (sent.status_code, sent.content) == (400, got.content)


def test_url_and_body_are_one_query(client):
    sent = posted(client, "a=1.4&b=0.3&steps=3", "/calculation?system=henon&x0=0.1&y0=0")
    assert sent.content == client.get(f"/calculation?{HENON}").content
    twice = posted(client, "x0=1", f"/calculation?{HENON}")
    assert (twice.status_code, twice.json()["errors"][0]["problem"]) == (400, "is given 2 times")
    assert client.post(f"/calculation?{HENON}").content == sent.content  # without a body there is none to be read
    assert posted(client, "", "/calculation?" + "&" * 16_385).status_code == 414


@pytest.mark.promise("A list too long for a URL is taken by POST, and kept by no cache")
def test_a_list_too_long_for_a_url_is_taken(client):
    values = np.linspace(0.1, 0.9, 12_000)
    text = ",".join(map(repr, values.tolist()))
    query = f"system=logistic&r=3.9&steps=7&format=npy&x0={text}"
    assert 16_384 < len(query) < MOST
    sent = posted(client, query, "/ensemble")
    assert sent.status_code == 200
    assert sent.headers["cache-control"] == "no-store"
    assert not {"etag", "link", "content-location", "vary"} & set(sent.headers)
    assert len(str(sent.headers)) < 4_000
    for _ in range(7):
        values = 3.9 * values * (1 - values)
    assert np.array_equal(np.load(io.BytesIO(sent.content))[:, -1], values)


def chunks(size: int):
    for first in range(0, size, 1 << 16):
        yield b"&" * min(1 << 16, size - first)


@pytest.mark.promise("A POST has at most as many bytes as its setting says; one with more is refused unread")
@pytest.mark.parametrize("send", [lambda size: b"&" * size, chunks], ids=["a length", "chunks"])
def test_a_body_has_a_bound(client, send):
    assert client.post("/calculation", content=send(MOST), headers=FORM).status_code == 400  # that names no orbit
    for more in (1, 5_000_000):
        refused = client.post("/calculation", content=send(MOST + more), headers=FORM)
        assert (refused.status_code, refused.headers["connection"]) == (413, "close")
        assert refused.json()["errors"] == [
            {"parameter": "body", "problem": "is too long", "given": None, "allowed": f"at most {MOST} bytes"}
        ]


def test_an_operator_moves_the_bound():
    with TestClient(create_app(Settings(max_body_bytes=len(HENON)))) as within:
        assert posted(within, HENON).status_code == 200
        assert posted(within, f"{HENON}&").status_code == 413


def test_a_body_counts_as_held_until_it_is_read():
    with TestClient(create_app(Settings(max_memory=1 << 20))) as within:
        assert posted(within, HENON).status_code == 200
        refused = posted(within, "&" * 200_000)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "2")


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "application/json"},
        {"content-type": "multipart/form-data; boundary=a"},
        {"content-type": "text/plain"},
        {"content-type": ""},
        {"content-type": f"{MEDIA_TYPE}; charset=utf-16"},
        {"content-type": f"{MEDIA_TYPE}x"},
        {"content-type": MEDIA_TYPE, "content-encoding": "gzip"},
        {"content-type": MEDIA_TYPE, "content-encoding": "identity, br"},
        {},
    ],
)
def test_what_is_no_form_is_refused_and_the_form_named(client, headers):
    refused = client.post("/calculation", content=HENON, headers=headers)
    assert refused.status_code == 415
    named = {"accept-encoding": "identity"} if "content-encoding" in headers else {"accept-post": MEDIA_TYPE}
    assert named.items() <= dict(refused.headers).items()
    assert ("Content-Encoding" if "content-encoding" in headers else "Content-Type") in refused.json()["detail"]


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": f"{MEDIA_TYPE}; charset=UTF-8"},
        {"content-type": f'{MEDIA_TYPE.upper()} ;charset="utf-8"'},
        {"content-type": MEDIA_TYPE, "content-encoding": "identity"},
        {"content-type": MEDIA_TYPE, "content-encoding": ", Identity"},
        {"content-type": MEDIA_TYPE, "content-encoding": ""},
    ],
)
def test_a_form_may_say_so_otherwise(client, headers):
    assert client.post("/calculation", content=HENON, headers=headers).status_code == 200


def test_a_precondition_that_fails_is_told_with_412(client):
    tag = posted(client, HENON).headers["etag"]
    assert posted(client, HENON, if_none_match=tag).status_code == 412
    assert posted(client, HENON, if_none_match="*").status_code == 412
    assert posted(client, HENON, if_none_match='"other"').status_code == 200
    assert posted(client, HENON, if_match=tag).status_code == 200
    assert posted(client, HENON, if_match='"other"').status_code == 412
    assert posted(client, f"{HENON}&steps=0", if_none_match="*").status_code == 400


HEAD = b"POST /calculation HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
SIZED = b"Content-Length: %d\r\n" % len(HENON)
CHUNKED = b"Transfer-Encoding: chunked\r\n"
IN_CHUNKS = b"5\r\n%b\r\n%x\r\n%b\r\n0\r\n\r\n" % (HENON[:5].encode(), len(HENON) - 5, HENON[5:].encode())
NEXT = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"
BODIES = [(SIZED, HENON.encode()), (CHUNKED, IN_CHUNKS)]


@pytest.mark.parametrize(("framing", "body"), BODIES, ids=["a length", "chunks"])
@pytest.mark.parametrize("cut", [0, 1, 30, None])
def test_what_stands_behind_a_body_is_another_request(address, framing, body, cut):
    whole = HEAD + framing + b"\r\n"
    sent = [whole + body + NEXT] if cut is None else [whole + body[:cut], body[cut:] + NEXT[:3], NEXT[3:]]
    with connected(address) as connection:
        answers = Connection(connection)
        for part in sent:
            answers.send(part)
        first, second = answers.answer(), answers.answer()
    assert (first.status, len(json.loads(first.body))) == (200, 3)
    assert (second.status, second.body) == (200, b"live\n")


def test_a_body_that_looks_like_a_request_is_none(address):
    with connected(address) as connection:
        answers = Connection(connection)
        answers.send(HEAD + b"Content-Length: %d\r\n\r\n" % len(NEXT) + NEXT + NEXT)
        assert [answers.answer().status for _ in range(2)] == [400, 200]


@pytest.mark.parametrize("parts", [1, 2])
def test_what_stands_behind_the_last_chunk_is_no_header(address, parts):
    """Trailer fields are not merged with those that came before the body (RFC 9110, 6.5.1)."""
    trailers = b"Accept: text/csv\r\nAccept-Encoding: gzip\r\nIf-None-Match: *\r\nHost: other\r\n\r\n"
    sent = HEAD + CHUNKED + b"\r\n" + IN_CHUNKS.removesuffix(b"\r\n") + trailers + NEXT
    with connected(address) as connection:
        answers = Connection(connection)
        for part in (sent,) if parts == 1 else (sent[:-90], sent[-90:]):
            answers.send(part)
        first, second = answers.answer(), answers.answer()
    assert isinstance(json.loads(first.body), list)
    assert (first.status, second.status) == (200, 200)


@pytest.mark.parametrize(
    ("beside", "more"),
    [(b"0\r\n", b"X: a\r\n" * 20), (b"0\r\nX: ", b"a" * 1_000), (b"1;", b"a" * 1_000)],
    ids=["trailers", "a long trailer", "a long extension"],
)
def test_what_stands_beside_a_body_is_bounded_as_a_head_is(address, beside, more):
    """Else a client that goes on with it fills memory that nobody has counted."""
    with connected(address, HEAD + CHUNKED + b"\r\n" + beside) as connection:
        for _ in range(2_000):
            connection.sendall(more)
            if select.select([connection], [], [], 0.001)[0]:
                break
        assert connection.recv(1_000).startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize(("framing", "body"), BODIES, ids=["a length", "chunks"])
def test_who_waits_to_be_asked_is_asked(address, framing, body):
    with connected(address, HEAD + framing + b"Expect: 100-continue\r\n\r\n") as connection:
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        answers = Connection(connection)
        answers.send(body + NEXT)
        assert [answers.answer().status for _ in range(2)] == [200, 200]


def test_who_speaks_http_1_0_is_not_asked(address):
    """It would take that for the answer (RFC 9110, 10.1.1)."""
    head = HEAD.replace(b"1.1", b"1.0") + SIZED + b"Expect: 100-continue\r\n\r\n"
    with connected(address, head + HENON.encode()) as connection:
        assert Connection(connection).answer().status == 200


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (HEAD + b"Content-Length: 300000\r\n", 413),
        (HEAD.replace(b"Content-Type", b"Content-Kind") + SIZED, 415),
        (HEAD.replace(b"/calculation", b"/systems") + SIZED, 405),
        (HEAD.replace(b"POST", b"GET") + SIZED, 400),
        (HEAD.replace(b"POST", b"PUT") + SIZED, 405),
    ],
)
def test_who_is_answered_before_being_asked_is_answered_last(address, head, status):
    """Whether the body still comes nobody knows, so nothing behind it can be told from it."""
    with connected(address, head + b"Expect: 100-continue\r\n\r\n") as connection:
        answers = Connection(connection)
        refused = answers.answer()
        assert (refused.status, refused.headers["connection"]) == (status, "close")
        answers.send(NEXT)
        assert connection.recv(100) == b""


def test_who_leaves_within_a_body_harms_nobody(client, address):
    for framing, body in BODIES:
        with connected(address, HEAD + framing + b"\r\n" + body[:9]):
            pass
    assert posted(client, HENON).status_code == 200
