"""GET /, /systems, /systems/{name}, /health and the OpenAPI document, over a real socket."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import httpx
import jsonschema
import msgspec
import pytest
from openapi_spec_validator import validate

from attractor.api.endpoints.analyses import RESOURCES
from attractor.api.queries.calculation_query import Options
from attractor.core.catalogue import SYSTEMS, WORDS, described
from tests.api.queries.test_reading import sound
from tests.api.test_routes import COMPUTING
from tests.conftest import answer_of, application, parameters_of, running_server


def test_the_welcome_is_text_that_names_the_way(client):
    response = client.get("/")
    assert response.headers["content-type"].startswith("text/plain")
    assert "/calculation" in response.text


def test_the_catalogue_lists_every_system(client):
    assert [entry["name"] for entry in client.get("/systems").json()] == list(SYSTEMS)


def test_each_system_says_in_words_what_it_and_what_each_of_its_numbers_is(client):
    for entry in client.get("/systems").json():
        assert 1 < entry["about"].count(". ") + entry["about"].endswith(".") < 4, entry["name"]
        assert list(entry["meanings"]) == [*entry["state"], *entry["parameters"]]
        assert all(entry["meanings"].values())


def test_words_of_another_name_than_the_system_has_are_refused():
    with pytest.raises(ValueError, match="henon: tell of x, y, a, b"):
        described(SYSTEMS["henon"], "", x="", y="", a="", c="")


def test_an_entry_tells_all_that_a_query_needs(client, address):
    assert client.get("/systems/henon").json() == {
        "name": "henon",
        "title": "Hénon map",
        "dimension": 2,
        "state": ["x", "y"],
        "parameters": ["a", "b"],
        "inputs": ["x0", "y0", "a", "b"],
        "canonical": {"x0": 0.0, "y0": 0.0, "a": 1.4, "b": 0.3},
        "formula": {
            "text": "x' = 1 - a * x * x + y\ny' = b * x",
            "latex": r"\begin{aligned} x' &= 1 - a \, x^2 + y \\ y' &= b \, x \end{aligned}",
        },
        "decimal": True,
        "source": SYSTEMS["henon"].source,
        "about": WORDS["henon"].about,
        "meanings": WORDS["henon"].meanings,
        "example": f"{address}/calculation?system=henon&x0=0&y0=0&a=1.4&b=0.3",
    }


def test_the_example_names_the_host_that_was_asked(client):
    entry = client.get("/systems/henon", headers={"host": "orbits.example"}).json()
    assert entry["example"].startswith("http://orbits.example/calculation?")


@pytest.mark.parametrize(
    ("path", "media_type", "beginning"),
    [
        ("/openapi.json", "application/vnd.oai.openapi+json", '{"'),
        ("/robots.txt", "text/plain; charset=utf-8", "User-agent: *\nDisallow: /calculation\n"),
        ("/llms.txt", "text/plain; charset=utf-8", "# Attractor\n\n> "),
        ("/favicon.ico", "image/svg+xml", "<svg"),
        ("/.well-known/api-catalog", "application/linkset+json", '{"linkset":'),
    ],
)
def test_what_clients_look_for_first_is_there(client, path, media_type, beginning):
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
    assert answer.text.startswith(beginning)
    assert client.get(path, headers={"if-none-match": answer.headers["etag"]}).status_code == 304
    assert client.head(path).headers["etag"] == answer.headers["etag"]
    plain = client.get(path, headers={"accept-encoding": "identity"})
    assert plain.content == answer.content
    assert plain.headers["etag"] != answer.headers["etag"] or "content-encoding" not in answer.headers


def test_the_page_for_language_models_tells_what_there_is(client):
    text = client.get("/llms.txt").text
    assert all(f"- {resource.path}: " in text for resource in RESOURCES)
    assert all(f"- {system.name} ({system.title}): {', '.join(system.inputs)}\n" in text for system in SYSTEMS.values())
    example = next(line for line in text.splitlines() if "An example: " in line).partition("An example: ")[2]
    assert client.get(example).status_code == 200


def test_the_catalog_and_the_root_lead_to_the_document(client, document):
    (entry,) = client.get("/.well-known/api-catalog").json()["linkset"]
    for each in (*entry["service-desc"], *entry["service-doc"], *entry["status"]):
        assert client.get(each["href"]).status_code == 200
    for accept in ("*/*", "text/html"):
        link = client.get("/", headers={"accept": accept}).headers["link"]
        assert link.startswith('</openapi.json>; rel="service-desc"')
    for old in ("/schema", "/schema/openapi.json", "/schema/openapi.json/"):
        moved = client.get(old)
        assert (moved.status_code, moved.headers["location"]) == (301, "/openapi.json")
    gone = client.get("/schema/swagger")
    assert (gone.status_code, gone.headers["content-type"]) == (404, "application/problem+json")
    assert document["info"]["version"]


def test_whom_to_ask_is_told_where_it_is_set(client):
    assert client.get("/.well-known/security.txt").status_code == 404
    assert "contact" not in client.get("/openapi.json").json()["info"]
    with application(ATTRACTOR_CONTACT="mailto:security@a.example") as client:
        told = client.get("/.well-known/security.txt")
        assert told.headers["content-type"] == "text/plain; charset=utf-8"
        fields = dict(line.split(": ", 1) for line in told.text.splitlines())
        assert fields["Contact"] == "mailto:security@a.example"
        left = datetime.fromisoformat(fields["Expires"]) - datetime.now(UTC)
        assert timedelta(days=364) < left <= timedelta(days=365)
        assert client.get("/openapi.json").json()["info"]["contact"] == {"email": "security@a.example"}


def test_an_unknown_system_is_answered_with_the_nearest(client):
    response = client.get("/systems/hennon")
    assert response.status_code == 404
    assert "the nearest is henon;" in response.json()["detail"]


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_health(client, path):
    assert client.get(path).status_code == 200
    assert (client.head(path).status_code, client.head(path).content) == (200, b"")


def test_every_format_is_described_as_it_is_answered(client, document):
    described = document["components"]["responses"]["Calculation"]
    named = parameters_of(document, "/calculation")["format"]["schema"]["enum"]
    url = "/calculation?system=henon&x0=0&y0=0&a=1.4&b=0.3"
    answered = {client.get(f"{url}&format={name}").headers["content-type"] for name in named}
    assert answered == set(described["content"])


@pytest.fixture(scope="module")
def document(client: httpx.Client):
    return client.get("/openapi.json").json()


def test_the_document_is_whole_when_many_ask_for_it_first():
    with running_server() as (address, _), ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: httpx.get(f"{address}/openapi.json", timeout=300), range(8)))
        assert {answer.status_code for answer in answers} == {200}
        assert {resource.path for resource in RESOURCES} <= set(answers[0].json()["paths"])
        assert {answer.content for answer in answers} == {answers[0].content}


def test_the_document_is_valid_openapi(document):
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_the_document_describes_every_parameter_with_its_bounds_and_examples(document):
    parameters = parameters_of(document, "/calculation")
    inputs = {name for system in SYSTEMS.values() for name in system.inputs}
    assert set(parameters) == set(Options.options()) | inputs
    assert parameters["system"]["schema"]["enum"] == list(SYSTEMS)
    assert parameters["steps"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 1_000_000_000, "default": 20}
    assert parameters["include_start"]["schema"] == {"type": "boolean", "default": False}
    for system in SYSTEMS.values():
        for name, value in system.canonical.items():
            assert parameters[name]["examples"][system.name]["value"] == value
            assert system.name in parameters[name]["description"]
    routed = {"/", "/systems", "/systems/{name}", "/health/live", "/health/ready"}
    assert set(document["paths"]) == routed | {resource.path for resource in RESOURCES}


def test_the_document_tells_nothing_that_the_service_does_not_do(client, document):
    assert len(client.get("/openapi.json", headers={"accept-encoding": "identity"}).content) < 60_000
    told = [msgspec.json.encode(p) for item in document["paths"].values() for p in item["get"].get("parameters", [])]
    assert not [each for each in told if b'"name"' in each and told.count(each) > 1]  # what is alike is said once
    text = client.get("/openapi.json").text
    assert "patternProperties" not in text
    assert '"deprecated"' not in text
    assert "Validation Exception" not in text  # Litestar's own refusal
    assert not re.search(r'"examples":\[?"[A-Za-z]{20}"', text)
    tags = {tag["name"] for tag in document["tags"]}
    henon = SYSTEMS["henon"]
    for path, item in document["paths"].items():
        operation = item["get"]
        assert {*operation["tags"]} <= tags
        assert operation["summary"]
        for resource in RESOURCES:
            if resource.path == path and path != "/picture":
                query = sound(path, henon, lambda names: names[0])
                found = parameters_of(document, path)
                query |= {name: str(p["schema"]["default"]) for name, p in found.items()
                          if "default" in p["schema"] and name not in query}  # fmt: skip
                query = {name: value.lower() if value in ("True", "False") else value for name, value in query.items()}
                assert client.get(path, params=query).status_code == 200, (path, query)  # each default may be said
    with application(ATTRACTOR_RATE_LIMIT="1000/minute", ATTRACTOR_CONTACT="mailto:security@a.example") as client:
        assert len(client.get("/openapi.json", headers={"accept-encoding": "identity"}).content) < 60_000
        limited = client.get("/openapi.json").json()["paths"]
        assert "429" in limited["/calculation"]["get"]["responses"]
        assert "429" not in limited["/health/live"]["get"]["responses"]
    assert "429" not in document["paths"]["/calculation"]["get"]["responses"]


@pytest.mark.parametrize("target", COMPUTING)
def test_parts_and_digests_are_told_where_they_occur(client, document, target):
    path = target.partition("?")[0]
    told, components = document["paths"][path]["get"]["responses"], document["components"]["responses"]
    parts, headers, plain = set(), set(), {"accept-encoding": "identity"}
    for form in parameters_of(document, path)["format"]["schema"]["enum"]:
        whole = client.get(f"{target}&format={form}", headers=plain)
        part = client.get(f"{target}&format={form}", headers=plain | {"range": "bytes=0-0"})
        headers |= {"accept-ranges", "repr-digest"} & {*whole.headers}
        if part.status_code == 206:
            parts.add(part.headers["content-type"])
            assert "content-range" in part.headers
    described = components[told["206"]["$ref"].rpartition("/")[2]] if "206" in told else {"content": {}}
    assert {*described["content"]} == parts
    assert {"accept-ranges", "repr-digest"} & {*answer_of(document, path)["headers"]} == headers
    assert ("416" in told) == bool(parts)
    assert not parts or {"content-range"} <= {*described["headers"]} & {*components["416"]["headers"]}


def test_the_catalogue_is_validated_and_compressed_as_other_documents(client):
    for path in ("/", "/systems", "/systems/henon"):
        found = client.get(path, headers={"accept-encoding": "identity"})
        known = {"accept-encoding": "identity", "if-none-match": found.headers["etag"]}
        assert (client.get(path, headers=known).status_code, client.head(path, headers=known).status_code) == (304, 304)
        assert client.get(path, headers={"if-match": '"other"'}).status_code == 412
    coded = client.get("/systems", headers={"accept-encoding": "gzip"})
    assert (coded.headers["content-encoding"], coded.json()) == ("gzip", client.get("/systems").json())
    assert client.get("/systems", headers={"host": "other"}).headers["etag"] != coded.headers["etag"]


def test_answers_and_refusals_match_the_document(client, document):
    responses = document["paths"]["/calculation"]["get"]["responses"]
    components = {"components": document["components"]}
    example = "x0=1&y0=2&z0=3&sigma=4&rho=5&beta=1&delta_t=2"
    for query, accept in ((example, "*/*"), (f"{example}&format=columns", "*/*"), ("x0=nan", "*/*"), (example, "a/b")):
        response = client.get(f"/calculation?{query}", headers={"accept": accept})
        described = responses[str(response.status_code)]
        described = document["components"]["responses"].get(described.get("$ref", "").rpartition("/")[2], described)
        content = described["content"][response.headers["content-type"]]
        jsonschema.validate(response.json(), content["schema"] | components)
