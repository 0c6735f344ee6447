"""What serves the pages, over a real socket."""

import json
import re
from urllib.parse import parse_qsl

import httpx
import pytest

from attractor.api.explorer.assets import CONTENT_SECURITY_POLICY
from attractor.api.http.compression import zstd
from attractor.core.catalogue import SYSTEMS
from tests.conftest import ROOT

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
PRESETS = json.loads((ROOT / "api/explorer/pages/presets.json").read_text())
OF_THE_PAGE = {"view", "axes", "draw", "apart", "along", "camera", "frame"}


@pytest.fixture(scope="module")
def html(client: httpx.Client) -> httpx.Response:
    return client.get("/", headers={"accept": BROWSER})


@pytest.fixture(scope="module")
def loaded(html: httpx.Response) -> list[str]:
    """What the page names."""
    return re.findall(r'(?:href|src)="(/assets/[^"]+)"', html.text)


@pytest.mark.parametrize("accept", ["*/*", "text/plain", "application/json, */*", "text/plain, text/html;q=0.5", ""])
def test_who_does_not_ask_for_html_gets_the_welcome(client, accept):
    response = client.get("/", headers={"accept": accept})
    assert response.headers["content-type"].startswith("text/plain")
    assert "/calculation" in response.text
    assert "accept" in response.headers["vary"]


def test_a_browser_gets_the_page(html):
    assert html.headers["content-type"] == "text/html; charset=utf-8"
    assert {"accept", "accept-encoding"} <= set(html.headers["vary"].split(", "))


@pytest.mark.promise("No inline script runs in the pages")
@pytest.mark.promise("The pages may load only what the service itself serves")
def test_the_policy_allows_only_what_the_service_itself_serves(html):
    assert html.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    directives = dict(d.split(" ", 1) for d in CONTENT_SECURITY_POLICY.split("; "))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == directives["connect-src"] == "'self'"
    assert {word for sources in directives.values() for word in sources.split()} == {
        "'none'",
        "'self'",
        "blob:",
        "data:",
    }


@pytest.mark.promise("The pages name no other host")
def test_nothing_in_the_pages_names_another_host():
    names = [path for path in (ROOT / "api/explorer/pages").iterdir() if path.suffix in (".html", ".css", ".js")]
    assert len(names) > 5
    for path in names:
        assert not re.search(r"""(src|href|url|import|from)\W{1,3}(https?:)?//""", path.read_text()), path


def test_what_the_page_names_is_there_for_good(client, loaded):
    assert len(loaded) > 8
    for path in loaded:
        response = client.get(path)
        assert response.status_code == 200, path
        assert "immutable" in response.headers["cache-control"]
        assert response.headers["x-content-type-options"] == "nosniff"


def test_every_module_that_is_imported_is_preloaded(loaded):
    pages = ROOT / "api/explorer/pages"
    imported = {name for path in pages.glob("*.js") for name in re.findall(r'from "\./([^"]+)"', path.read_text())}
    assert imported <= {path.rpartition("/")[2] for path in loaded}


def test_the_name_of_another_version_is_answered_but_not_kept(client, loaded):
    response = client.get(re.sub("/assets/[^/]+", "/assets/0123456789abcdef", loaded[0]))
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-cache"


def test_what_has_not_changed_is_not_sent_again(client, html, loaded):
    for path, response in (("/", html), (loaded[0], client.get(loaded[0]))):
        again = client.get(path, headers={"accept": BROWSER, "if-none-match": response.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(("coding", "decode"), [("zstd", zstd.decompress), ("gzip", None)])
def test_it_is_compressed_for_who_asks(client, loaded, coding, decode):
    (path,) = [name for name in loaded if name.endswith("/figure.js")]
    with client.stream("GET", path, headers={"accept-encoding": coding}) as response:
        body = b"".join(response.iter_raw())
    plain = client.get(path, headers={"accept-encoding": "identity"})
    assert response.headers["content-encoding"] == coding
    assert len(body) == int(response.headers["content-length"]) < 0.5 * len(plain.content)
    assert response.headers["etag"] != plain.headers["etag"]
    if decode:
        assert decode(body) == plain.content


def test_head_has_no_body(client, loaded):
    for path in ("/docs", loaded[0]):
        response = client.head(path)
        assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize("path", ["/assets/x/none.js", "/assets/x/..%2Fsite.py", "/assets/x/index.html", "/assets/"])
def test_what_is_no_asset_is_a_problem(client, path):
    response = client.get(path)
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


def test_other_methods_are_refused(client):
    assert client.post("/docs").status_code == 405
    assert client.post("/", headers={"accept": BROWSER}).status_code == 405


def test_every_system_has_presets_and_its_formula(client, loaded):
    (path,) = [name for name in loaded if name.endswith("catalogue.json")]
    systems = client.get(path).json()["systems"]
    assert {system["name"] for system in systems} == set(SYSTEMS) == set(PRESETS)
    for system in systems:
        assert system["presets"]
        assert system["mathml"].startswith("<math")
        assert system["mathml"].count("<mtr>") == len(system["formula"]["text"].splitlines())
        assert set(system["ranges"]) <= set(system["inputs"])


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_names_an_orbit(client, name):
    system = SYSTEMS[name]
    for title, preset in PRESETS[name]["presets"].items():
        given = dict(parse_qsl(preset, strict_parsing=True))
        orbit = {key: value for key, value in given.items() if key not in OF_THE_PAGE}
        query = {"system": name, **system.canonical, **orbit, "precision": "double", "format": "npy"}
        assert client.head("/calculation", params=query).status_code == 200, title
        assert set(given.get("axes", "").replace("'", "").split(",")) <= {*system.state, "n", ""}, title
