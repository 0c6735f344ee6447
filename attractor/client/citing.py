"""Cites an answer by the URL that names it, which `attractor get` computes again wherever its host has gone."""

import json
import re
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from typing import NamedTuple

from attractor import __version__
from attractor.client.local import Read

AUTHOR = "The Attractor developers"


class Reference(NamedTuple):
    """The facts of a reference."""

    key: str
    title: str
    url: str
    accessed: date


def make_reference(read: Read, origin: str, accessed: date) -> Reference:
    """The reference of the answer to a query at an origin, or nowhere in particular."""
    canonical = read.query.canonical
    system = read.query.system
    kind = getattr(type(read.query), "title", "An orbit")
    key = f"attractor-{system.name}-{sha256(canonical.encode()).hexdigest()[:8]}"
    return Reference(key, f"{system.title}: {kind[0].lower()}{kind[1:]}", origin + canonical, accessed)


def bibtex(of: Reference) -> str:
    """An entry for BibLaTeX; BibTeX takes it too."""
    fields = {
        "author": f"{{{AUTHOR}}}",
        "title": f"{{{_escape(of.title)}}}",
        "howpublished": f"Attractor, version {__version__}",
        "version": __version__,
        "year": str(of.accessed.year),
        "url": of.url,
        "urldate": of.accessed.isoformat(),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items()]
    return "\n".join([f"@misc{{{of.key},", *lines, "}", ""])


def ris(of: Reference) -> str:
    """A record in RIS, whose lines end as that has it."""
    fields = [
        ("TY", "DATA"),
        ("ID", of.key),
        ("AU", AUTHOR),
        ("TI", of.title),
        ("ET", __version__),
        ("PY", str(of.accessed.year)),
        ("UR", of.url),
        ("Y2", of.accessed.strftime("%Y/%m/%d")),
        ("ER", ""),
    ]
    return "".join(f"{tag}  - {value}\r\n" for tag, value in fields)


def csl_json(of: Reference) -> str:
    """A list of one item in CSL-JSON."""
    item = {
        "id": of.key,
        "type": "dataset",
        "title": of.title,
        "author": [{"literal": AUTHOR}],
        "publisher": "Attractor",
        "version": __version__,
        "issued": {"date-parts": [[of.accessed.year]]},
        "URL": of.url,
        "accessed": {"date-parts": [[of.accessed.year, of.accessed.month, of.accessed.day]]},
    }
    return json.dumps([item], ensure_ascii=False, indent=2) + "\n"


STYLES: dict[str, Callable[[Reference], str]] = {"bibtex": bibtex, "ris": ris, "csl-json": csl_json}


def _escape(text: str) -> str:
    return re.sub(r"([&%$#_{}])", r"\\\1", text)
