"""The type of every refusal leads to a page that the service itself has."""

import re

import pytest

from attractor.api import problems
from attractor.api.problems import PAGES, PROBLEMS
from tests.conftest import ROOT, application
from tests.corpus.recording import read

HENON = "/calculation?system=henon&x0=0.1&y0=0&a=1.4&b=0.3"
FORM = {"content-type": "application/x-www-form-urlencoded"}
REFUSED = [
    ("bad-query", "GET", f"{HENON}&steps=0", {}, ""),
    ("not-found", "GET", "/nowhere", {}, ""),
    ("not-found", "GET", "/systems/none", {}, ""),
    ("not-found", "GET", "/schema/x", {}, ""),
    ("method-not-allowed", "PUT", "/systems", {}, ""),
    ("not-acceptable", "GET", HENON, {"accept": "a/b"}, ""),
    ("not-acceptable", "GET", "/docs", {"accept-encoding": "*;q=0"}, ""),
    ("precondition-failed", "GET", HENON, {"if-match": '"other"'}, ""),
    ("precondition-failed", "GET", "/docs", {"if-match": '"other"'}, ""),
    ("content-too-large", "POST", "/ensemble", FORM, "&" * 262_145),
    ("uri-too-long", "GET", f"/ensemble?{'&' * 16_385}", {}, ""),
    ("unsupported-media-type", "POST", "/ensemble", {}, "a"),
    ("range-not-satisfiable", "GET", f"{HENON}&format=npy", {"range": "bytes=9999-"}, ""),
    ("head-too-large", "GET", "/", {f"a{i}": "b" for i in range(300)}, ""),
    ("bad-request", "GET", "/", {"host": "a/b"}, ""),
]


@pytest.mark.promise("The type of a refusal leads to a page that explains it")
@pytest.mark.parametrize(("name", "method", "target", "headers", "body"), REFUSED)
def test_a_refusal_leads_to_the_page_of_its_kind(client, name, method, target, headers, body):
    refused = client.request(method, target, headers=headers, content=body)
    told = refused.json()
    kind = PROBLEMS[name]
    assert (refused.status_code, told["status"], told["title"]) == (kind.status, kind.status, kind.title)
    page = client.get(str(refused.url.copy_with(query=None).join(told["type"])))
    assert page.url.path == PAGES + name
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert f"<h1>{kind.title}</h1>" in page.text
    assert str(kind.status) in page.text
    assert "etag" in page.headers


def test_who_asks_too_often_is_told_so():
    with application(ATTRACTOR_RATE_LIMIT="1/hour") as client:
        answers = [client.get("/systems/henon") for _ in range(2)]
    assert answers[1].json()["type"] == "/problems/too-many-requests"


@pytest.mark.parametrize(
    ("made", "name"),
    [
        (problems.busy(), "busy"),
        (problems.too_many_connections(), "busy"),
        (problems.out_of_time(1), "given-up"),
        (problems.internal_error(), "internal-error"),
    ],
)
def test_what_is_hard_to_bring_about_has_its_kind(made, name):
    assert (made.type, made.status, made.title) == (PAGES + name, PROBLEMS[name].status, PROBLEMS[name].title)


def test_no_refusal_has_another_type():
    types = {found for lines in read().values() for line in lines for found in re.findall(r'"type":"([^"]*)"', line)}
    assert types
    assert types <= {PAGES + name for name in PROBLEMS}


def test_the_documents_name_every_kind():
    text = (ROOT / "docs/api.md").read_text()
    assert all(f"`{PAGES}{name}`" in text for name in PROBLEMS)
