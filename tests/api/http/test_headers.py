"""What every answer has among its headers, over a real socket."""

import re
import socket

import pytest

from attractor.core.edition import EDITION
from tests.conftest import ROOT, application

HENON = "/calculation?system=henon&x0=0&y0=0&a=1.4&b=0.3"
EVERYTHING = [
    ("GET", HENON, 200),
    ("GET", f"{HENON}&steps=5000", 200),
    ("HEAD", HENON, 200),
    ("GET", f"{HENON}&steps=0", 400),
    ("POST", HENON, 200),
    ("PUT", HENON, 405),
    ("OPTIONS", HENON, 204),
    ("GET", "/ensemble?system=henon&x0=0:1:3&y0=0&a=1.4&b=0.3", 200),
    ("GET", "/systems", 200),
    ("GET", "/systems/none", 404),
    ("GET", "/", 200),
    ("GET", "/health/ready", 200),
    ("GET", "/openapi.json", 200),
    ("GET", "/nothing", 404),
    ("GET", "/metrics", 404),
    ("GET", "/docs", 200),
]


def check(response):
    headers = response.headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert headers["access-control-allow-origin"] == headers["access-control-expose-headers"] == "*"
    assert re.fullmatch("[0-9a-f]+", headers["x-request-id"])
    for name, count in (("x-content-type-options", 1), ("content-security-policy", 1), ("x-request-id", 1)):
        assert len(headers.get_list(name)) == count
    if not response.request.url.path.startswith(("/docs", "/assets")):
        policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'none'"
        assert headers["content-security-policy"] == policy


@pytest.mark.promise("Every answer has headers under which nothing runs and nothing is loaded")
@pytest.mark.promise("What is answered or not sent again has a policy")
@pytest.mark.parametrize(("method", "path", "status"), EVERYTHING)
def test_every_answer_has_them(client, method, path, status):
    response = client.request(method, path)
    assert response.status_code == status
    check(response)


@pytest.mark.promise("What is answered or not sent again has a policy")
def test_so_has_what_is_not_sent_again(client):
    response = client.get(HENON, headers={"if-none-match": client.get(HENON).headers["etag"]})
    assert response.status_code == 304
    check(response)


@pytest.mark.promise("A page keeps its own policy and has no use for a camera")
def test_a_page_keeps_its_own_policy_and_has_no_use_for_a_camera(client):
    headers = client.get("/docs").headers
    assert "script-src 'self'" in headers["content-security-policy"]
    assert "camera=()" in headers["permissions-policy"]


@pytest.mark.promise("What is no HTTP is answered with security headers, too")
def test_what_is_no_http_is_answered_with_some_too(address):
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=300) as connection:
        connection.sendall(b"nonsense\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"x-content-type-options: nosniff\r\n" in answer


@pytest.mark.parametrize("count", [1, 300, 400, 600, 1_200, 3_000])
@pytest.mark.parametrize("item", ["1e14", "100000000000000", "-0.001", "1e-320"])
def test_no_head_is_longer_than_proxies_take(client, count, item):
    """nginx takes 4 kB; the canonical URL, which grows with a list, is left out where it would not fit."""
    path = f"/ensemble?system=henon&x0={','.join([item] * count)}&y0=0&a=1.4&b=0.3&steps=1&format=npy"
    if len(path) > 16_384:
        assert client.get(path).status_code == 414
        return
    answer = client.get(path)
    assert answer.status_code == 200
    assert sum(len(name) + len(value) + 4 for name, value in answer.headers.raw) < 4_000
    if "link" in answer.headers:
        canonical = answer.headers["link"].partition("<")[2].partition(">")[0]
        assert len(canonical) <= len(path) + len("&keep=final&skip=0&every=1&edition=") + len(str(EDITION))
        assert client.get(canonical).content == answer.content
    assert ("link" in answer.headers) or count > 1


ASKING = {"origin": "https://a.example", "access-control-request-method": "GET"}


@pytest.mark.promise("A preflight is answered")
def test_a_preflight_is_answered(client):
    for path in (HENON, "/systems", "/nothing"):
        response = client.options(path, headers={**ASKING, "access-control-request-headers": "if-none-match"})
        assert (response.status_code, response.content) == (204, b"")
        assert response.headers["access-control-allow-origin"] == "*"
        assert response.headers["access-control-allow-methods"] == "GET, HEAD, POST"
        assert response.headers["access-control-allow-headers"] == "*"


@pytest.mark.promise("A preflight is answered")
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_preflight_is_answered_by_what_cloudfront_forwards_of_it(method):
    """Of all headers those that Terraform names reach the service."""
    policies = (ROOT / "terraform/modules/cdn/main.tf").read_text()
    lists = re.findall(r"items = \[(.*?)\]", policies, re.DOTALL)
    forwarded = {name.lower() for each in lists for name in re.findall(r'"([\w-]+)"', each)}
    assert {"host", "accept", "origin"} <= forwarded
    browsers = {**ASKING, "access-control-request-method": method, "access-control-request-headers": "content-type"}
    browsers |= {"accept": "*/*", "sec-fetch-mode": "cors", "user-agent": "a", "referer": "https://a.example/"}
    sent = {name: value for name, value in browsers.items() if name in forwarded}
    with application() as client:
        answer = client.options(HENON, headers=sent)
        assert answer.status_code == 204
        assert answer.headers["access-control-allow-origin"] == "*"
        assert method in answer.headers["access-control-allow-methods"].split(", ")
        assert answer.headers["access-control-allow-headers"] == "*"
        assert client.get(HENON, headers={"origin": sent["origin"]}).headers["access-control-allow-origin"] == "*"
    allowed = re.search(r"allowed_methods += \[(.*?)\]", policies)[1]
    assert all(f'"{each}"' in allowed for each in ("OPTIONS", method))
    assert (
        '"OPTIONS"' not in re.search(r"cached_methods += \[(.*?)\]", policies)[1]
    )  # kept, it would answer all origins


@pytest.mark.promise("A request's id is taken where it is of a safe form")
def test_a_request_id_is_taken_where_it_is_of_a_safe_form(client):
    for given in ("a", "0b5f-A_9.z", "x" * 64):
        assert client.get(HENON, headers={"x-request-id": given}).headers["x-request-id"] == given
    for given in ("", "x" * 65, "a b", 'a"', "a;b", "\u00e4".encode("latin-1")):
        made = client.get(HENON, headers=[("x-request-id", given)]).headers["x-request-id"]
        assert re.fullmatch("[0-9a-f]+", made)


@pytest.mark.promise("No two requests are given one id")
def test_no_two_requests_are_given_one_id(client):
    assert len({client.get("/health/live").headers["x-request-id"] for _ in range(20)}) == 20


@pytest.mark.promise("Where origins are named, only those may read answers")
def test_the_origins_may_be_named():
    with application(ATTRACTOR_ALLOWED_ORIGINS="https://a.example,http://b.example:81") as client:
        for origin in ("https://a.example", "http://b.example:81"):
            for path in (HENON, "/nothing", f"{HENON}&steps=0"):
                headers = client.get(path, headers={"origin": origin}).headers
                assert headers["access-control-allow-origin"] == origin
                assert "origin" in headers["vary"].split(", ")
        for given in ({"origin": "https://c.example"}, {"origin": "https://a.example,http://b.example:81"}, {}):
            headers = client.get(HENON, headers=given).headers
            assert "access-control-allow-origin" not in headers
            assert "origin" in headers["vary"].split(", ")  # a cache must not give it to another
        refused = client.options(HENON, headers={**ASKING, "origin": "https://c.example"})
        assert "access-control-allow-origin" not in refused.headers


@pytest.mark.promise("An empty list of origins names none")
def test_no_origin_may_be_named():
    with application(ATTRACTOR_ALLOWED_ORIGINS="") as client:
        assert "access-control-allow-origin" not in client.get(HENON, headers=ASKING).headers
