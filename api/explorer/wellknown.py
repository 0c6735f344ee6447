"""Documents at paths that are the same everywhere: robots.txt, security.txt, llms.txt, the API's catalogue, pages."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any

import msgspec

from attractor.api.endpoints.systems import example_path
from attractor.api.explorer.assets import Asset
from attractor.api.problems import PAGES, PROBLEMS, Kind
from attractor.api.queries.parameters import gather_parameters
from attractor.api.resource import Resource
from attractor.api.settings import Settings
from attractor.core.catalogue import DEFAULT, SYSTEMS

DOCUMENT = "/openapi.json"
DOCUMENT_TYPE = "application/vnd.oai.openapi+json"
CATALOG = "/.well-known/api-catalog"
LINKS = (
    f'<{DOCUMENT}>; rel="service-desc"; type="{DOCUMENT_TYPE}", </docs>; rel="service-doc", '
    f'<{CATALOG}>; rel="api-catalog"'
)
"""The Link header of / (RFC 8631, RFC 9727)."""

_YEAR = timedelta(days=365)


def well_known(resources: Iterable[Resource[Any, Any]], settings: Settings, icon: bytes) -> dict[str, Asset]:
    """Each document by its path; security.txt only where there is a contact to name."""
    found = {
        "/robots.txt": Asset("robots.txt", _robots(resources)),
        "/llms.txt": Asset("llms.txt", _llms(resources, settings)),
        "/favicon.ico": Asset("favicon.svg", icon),
        CATALOG: Asset("api-catalog", _catalog(), "application/linkset+json"),
    }
    found |= {PAGES + name: Asset("problem.html", _problem(name, kind)) for name, kind in PROBLEMS.items()}
    if settings.contact:
        found["/.well-known/security.txt"] = Asset("security.txt", _security(settings.contact, datetime.now(UTC)))
    return found


def _robots(resources: Iterable[Resource[Any, Any]]) -> bytes:
    """Pages and the catalogue may be read; orbits without end are no pages."""
    return "\n".join(["User-agent: *", *(f"Disallow: {each.path}" for each in resources), ""]).encode()


def _security(contact: str, now: datetime) -> bytes:
    """RFC 9116."""
    expires = (now + _YEAR).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"Contact: {contact}\nExpires: {expires}\nPreferred-Languages: en\n".encode()


def _catalog() -> bytes:
    """RFC 9727, its references relative to where it is."""
    found = {
        "anchor": "/",
        "service-desc": [{"href": DOCUMENT, "type": DOCUMENT_TYPE}],
        "service-doc": [{"href": "/docs", "type": "text/html"}, {"href": "/llms.txt", "type": "text/plain"}],
        "status": [{"href": "/health/ready", "type": "text/plain"}],
    }
    return msgspec.json.encode({"linkset": [found]})


def _problem(name: str, kind: Kind) -> bytes:
    """The page that the type of a refusal leads to."""
    words = re.sub(r"(/systems)\b", r'<a href="\1">\1</a>', escape(kind.about))
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>{name} · Attractor</title>
<main>
<h1>{kind.title}</h1>
<p>{words}</p>
<p>A refusal of this kind has the status {kind.status} and the type <code>{PAGES}{name}</code>.</p>
<p><a href="/docs">The reference of the API</a></p>
</main>
</html>
""".encode()


def _llms(resources: Iterable[Resource[Any, Any]], settings: Settings) -> bytes:
    """How to use the API, for a language model."""
    lines = [
        "# Attractor",
        "",
        "> A compute API for discrete-time dynamical systems: one URL names one orbit, in one edition the same bits.",
        "",
        f"Ask by GET, without an account. An example: {example_path(SYSTEMS[DEFAULT])}",
        "Every initial condition and parameter of a system is required; none of another is accepted. A refusal is JSON",
        "(application/problem+json) whose errors name every offending parameter, and what is allowed in its place.",
        "Values in decimal arithmetic are strings in JSON, with every digit. null stands for what is not finite.",
        "On 503 and 429 wait for as many seconds as Retry-After says. Link names the canonical URL of an answer, with",
        "the edition of its values: that answer never changes, so keep it, and cite that URL.",
        "",
        "## Endpoints",
        "",
        *(f"- {each.path}: {_about(each)}" for each in resources),
        "",
        "Elsewhere than at /calculation an input may be a range start:stop:count or a list 1,2,5.",
        f"Bounds of an answer: {settings.max_steps:,} steps of an orbit, {settings.max_points:,} points of a grid,",
        f"{settings.max_seconds:,} CPU seconds.",
        "",
        "## Systems",
        "",
        *(f"- {each.name} ({each.title}): {', '.join(each.inputs)}" for each in SYSTEMS.values()),
        "",
        "## More",
        "",
        f"- [OpenAPI document]({DOCUMENT})",
        "- [Catalogue with formulas, canonical values and sources](/systems)",
        "",
    ]
    return "\n".join(lines).encode()


def _about(resource: Resource[Any, Any]) -> str:
    """Its title, its options with their defaults, and its formats."""
    common = ("system", "format", "edition")
    options = [name for name in gather_parameters(resource.kinds.values()) if name not in common]
    title = getattr(next(iter(resource.kinds.values())), "title", "One orbit")
    return f"{title}. Options: {', '.join(options) or 'none'}. Formats: {', '.join(resource.formats)}."
