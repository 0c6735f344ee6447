"""The pages at / and /docs, and what they load under a name that says its content."""

from asyncio import to_thread
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from litestar import Request, Response, get
from litestar.exceptions import NotFoundException

from attractor.api.endpoints.systems import entry
from attractor.api.explorer.assets import REVALIDATE, Asset
from attractor.api.explorer.mathml import mathml
from attractor.api.explorer.wellknown import LINKS
from attractor.api.formats import FORMATS
from attractor.api.http.caching import FOR_GOOD
from attractor.api.http.exchange import Exchange, exchange_of
from attractor.api.http.negotiation import choose_format, media_type
from attractor.core.balls.evaluation import circles
from attractor.core.catalogue import SYSTEMS
from attractor.core.formula import symbol
from attractor.core.system import System

_PAGES = Path(__file__).parent / "pages"
_FOLDER = "/assets/"
_WELCOMES = media_type("text/html", "html"), media_type("text/plain", "text")


class _Assets(NamedTuple):
    folder: str
    """The folder from which the pages load files; its name changes with their content."""
    pages: dict[str, Asset]
    files: dict[str, Asset]


@get("/docs", include_in_schema=False)
async def docs(request: Request[Any, Any, Any]) -> Response[Any]:
    """The reference of the API."""
    return await page("docs.html", exchange_of(request))


@get("/assets/{path:path}", include_in_schema=False)
async def asset(request: Request[Any, Any, Any]) -> Response[Any]:
    """A file that a page loads. A page of another version gets the present file, and no cache keeps it."""
    exchange = exchange_of(request)
    folder, _, files = await to_thread(_assets)
    name = exchange.asked.rpartition("/")[2]
    if name not in files:
        raise NotFoundException
    cache_control = FOR_GOOD.decode() if exchange.asked == folder + name else REVALIDATE
    return await files[name].response(exchange.given, cache_control)


async def page(name: str, exchange: Exchange) -> Response[Any]:
    """The page of this name."""
    pages = (await to_thread(_assets)).pages
    link = LINKS if name == "index.html" else ""
    return await pages[name].response(exchange.given, REVALIDATE, vary="accept, accept-encoding", link=link)


def icon() -> bytes:
    """The picture that stands for the service."""
    return (_PAGES / "icon.svg").read_bytes()


def wants_html(exchange: Exchange) -> bool:
    """Whether Accept names HTML, as a browser's does; a bare */* is for the text."""
    accept = exchange.given.get(b"accept", b"")
    return b"text/html" in accept and choose_format(accept, _WELCOMES) == "html"


@cache
def _assets() -> _Assets:
    contents = {path.name: path.read_bytes() for path in _PAGES.iterdir()}
    contents["catalogue.json"] = _catalogue(msgspec.json.decode(contents.pop("presets.json")))
    files = {name: Asset(name, body) for name, body in contents.items() if not name.endswith(".html")}
    digest = blake2b("".join(files[name].digest for name in sorted(files)).encode(), digest_size=8).hexdigest()
    folder = f"{_FOLDER}{digest}/"
    pages = {
        name: Asset(name, body.replace(b"{assets}/", folder.encode()))
        for name, body in contents.items()
        if name not in files
    }
    return _Assets(folder, pages, files)


def _catalogue(presets: dict[str, dict[str, Any]]) -> bytes:
    """The catalogue as the explorer needs it: systems with presets first, in the order of these."""
    plain = {"ranges": {}, "presets": {"Canonical values": "steps=1000"}}
    order = [*(SYSTEMS[name] for name in presets), *(s for s in SYSTEMS.values() if s.name not in presets)]
    systems = [
        msgspec.to_builtins(entry(system)) | _describe_drawing(system) | presets.get(system.name, plain)
        for system in order
    ]
    return msgspec.json.encode({"systems": systems, "formats": list(FORMATS)})


def _describe_drawing(system: System) -> dict[str, object]:
    """How the pages write a system and its names, and on which circles its coordinates lie."""
    names = (*system.state, *system.inputs)
    return {
        "mathml": mathml(system),
        "symbols": {name: symbol(name) for name in names if symbol(name) != name},
        "circles": circles(system),
    }
