"""The edition of values: who names it, what becomes of others, and where it stands in answers."""

import io
import json
import re
from xml.etree import ElementTree

import httpx
import pyarrow.ipc
import pyarrow.parquet
import pytest
from PIL import Image

from attractor.core.edition import EDITION
from tests.conftest import running_server

HENON = "system=henon&x0=0.1&y0=0&a=1.4&b=0.3"
QUERIES = {
    "/calculation": HENON,
    "/ensemble": f"{HENON}&steps=5",
    "/lyapunov": f"{HENON}&steps=20&transient=5",
    "/bifurcation": "system=henon&x0=0.1&y0=0&a=1.2:1.4:3&b=0.3&transient=10&kept=2",
    "/fixed-points": "system=henon&a=1.4&b=0.3",
    "/horizon": f"{HENON}&steps=5",
    "/basins": "system=logistic&x0=-0.2:1.2:5&r=3.2&steps=100",
    "/picture": f"{HENON}&steps=100&width=160&height=120",
}
URLS = [f"{path}?{query}" for path, query in QUERIES.items()]
ANALYSES = [url for url in URLS if not url.startswith(("/calculation", "/picture"))]

LATER = """
import attractor.core.edition as names
names.EDITION, names.PAST = 3, (1, 2)
from attractor.api.limits.helper import Helper
Helper.takes = lambda *_: False  # which would be of the edition of the code
from attractor.api.serve import serve
serve()
"""


@pytest.fixture(scope="module")
def later():
    """A client of a service of edition 3."""
    with running_server("-c", LATER) as (address, _), httpx.Client(base_url=address, timeout=300) as client:
        yield client


def canonical(answer):
    return re.fullmatch(r'<(\S+)>; rel="canonical"', answer.headers["link"])[1]


@pytest.mark.parametrize("url", URLS)
def test_the_canonical_url_names_the_edition_and_gives_the_same_bytes(client, url):
    plain = client.get(url)
    pinned = client.get(canonical(plain))
    assert canonical(plain).endswith(f"&edition={EDITION}")
    assert (pinned.content, pinned.headers["etag"]) == (plain.content, plain.headers["etag"])
    assert canonical(pinned) == canonical(plain)
    assert client.get(f"{url}&edition={EDITION}").content == plain.content


@pytest.mark.promise("An edition that was is answered 410, one that never was 400; both name the one that is")
@pytest.mark.parametrize("url", URLS)
def test_an_edition_that_was_is_gone_and_one_that_never_was_is_refused(later, url):
    for edition in ("1", "2", "02.0", "2e0"):
        gone = later.get(f"{url}&edition={edition}")
        assert (gone.status_code, gone.json()["type"], gone.json()["title"]) == (410, "/problems/gone", "Gone")
        (fault,) = gone.json()["errors"]
        assert (fault["parameter"], fault["given"]) == ("edition", edition)
        assert "edition 3 is" in gone.json()["detail"]
        assert gone.headers["attractor-edition"] == "3"
    for edition in ("4", "0", "1000000", "9" * 40, "1e300"):
        refused = later.get(f"{url}&edition={edition}")
        assert (refused.status_code, refused.json()["type"]) == (400, "/problems/bad-query")
        assert "never was: edition 3 is served" in refused.json()["detail"]
    for edition in ("", "x", "1.5", "-3", "3:4:2", "%zz", "３", "3&edition=3"):
        refused = later.get(f"{url}&edition={edition}")
        assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (400, "edition")
        assert refused.json()["errors"][0]["allowed"].startswith("3, ")
    assert later.get(f"{url}&edition=3").status_code == later.get(url).status_code == 200


def test_what_names_an_edition_that_was_is_gone_whatever_else_it_says(later):
    """Of what was sound then, a later edition cannot tell; it names what it does not take, all the same."""
    for url in URLS:
        gone = later.get(f"{url}&edition=1&retired=1&format=nothing")
        assert gone.status_code == 410
        assert [fault["parameter"] for fault in gone.json()["errors"]] == ["edition", "retired", "format"]
    posted = later.post("/ensemble", data={"system": "henon", "x0": "0,1", "y0": 0, "a": 1.4, "b": 0.3, "edition": 2})
    assert (posted.status_code, posted.json()["type"]) == (410, "/problems/gone")


def test_a_later_edition_has_other_validators_and_is_told_in_the_answer(client, later):
    for url in URLS:
        ours, theirs = client.get(url), later.get(url)
        assert theirs.headers["etag"] == ours.headers["etag"].replace(f'"{EDITION}-', '"3-')
        assert canonical(theirs).endswith("&edition=3")
    assert later.get(ANALYSES[0]).json()["edition"] == 3


@pytest.mark.parametrize("path", ["/", "/systems", "/nothing", "/health/live", f"/calculation?{HENON}&steps=0"])
def test_every_answer_tells_the_edition(client, path):
    assert client.get(path).headers["attractor-edition"] == str(EDITION)


@pytest.mark.parametrize("url", ANALYSES)
def test_it_stands_in_the_object_of_an_analysis(client, url):
    answer = client.get(url).json()
    assert (list(answer)[:2], answer["edition"]) == (["query", "edition"], EDITION)
    assert "edition" not in answer["query"]


def test_it_does_not_stand_in_the_list_of_iterates(client):
    records = client.get(f"/calculation?{HENON}&edition={EDITION}").json()
    assert {frozenset(record) for record in records} == {frozenset({"n", "x", "y"})}


@pytest.mark.parametrize("url", [URLS[0], *ANALYSES])
def test_it_stands_in_the_metadata_of_tables(client, url):
    arrow, parquet = (client.get(f"{url}&format={form}").content for form in ("arrow", "parquet"))
    for schema in (pyarrow.ipc.open_stream(arrow).schema, pyarrow.parquet.read_schema(io.BytesIO(parquet))):
        assert schema.metadata[b"edition"] == str(EDITION).encode()


def test_it_stands_in_the_metadata_of_pictures(client):
    told = f"Attractor-Edition: {EDITION}"
    png, svg = (client.get(f"{URLS[-1]}&format={form}") for form in ("png", "svg"))
    info = Image.open(io.BytesIO(png.content)).info
    assert (info["Attractor-Edition"], info["Source"]) == (str(EDITION), canonical(png))
    texts = [text.strip() for text in ElementTree.fromstring(svg.content).itertext()]  # noqa: S314  # our own
    assert {told, canonical(svg)} <= {*texts}


def test_the_document_tells_it(client):
    document = json.loads(client.get("/openapi.json").content)
    for path in QUERIES:
        told = json.dumps(document["paths"][path]["get"]["parameters"])
        assert '"#/components/parameters/edition"' in told
    parameter = document["components"]["parameters"]["edition"]
    assert (parameter["in"], parameter["schema"]) == ("query", {"type": "integer", "enum": [EDITION]})
