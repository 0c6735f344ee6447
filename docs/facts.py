"""What the documents state as facts, written into them by cog from the code: `make facts`; `make lint` compares.

Each function returns Markdown. Nothing is measured and nothing is served here: an example's answer is computed by the
endpoint's own code, and a measured figure is read from measured/NAME.json, which a benchmark writes with --record.
"""

import ast
import inspect
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from textwrap import dedent
from typing import Any, get_args, get_type_hints
from unittest.mock import patch

from msgspec.structs import fields

from attractor.api import app
from attractor.api.endpoints.analyses import RESOURCES
from attractor.api.endpoints.analysis import Analysis
from attractor.api.endpoints.systems import example_path
from attractor.api.formats import FORMATS
from attractor.api.limits import readers
from attractor.api.problems import PAGES, PROBLEMS, BadQuery, bad_query
from attractor.api.queries import numbers, query_string
from attractor.api.queries.parameters import Option
from attractor.api.resource import Resource
from attractor.api.server import protocol
from attractor.api.settings import Settings
from attractor.api.telemetry.metrics import Metrics, Tally
from attractor.client.functions import PATHS, hint
from attractor.client.resources import resource_at
from attractor.commands import CODES
from attractor.core.catalogue import DEFAULT, SYSTEMS, WORDS
from attractor.core.edition import EDITION
from attractor.core.formula import latex
from attractor.core.slicing import finish
from attractor.core.system import System
from attractor.sweeps.asked import read_sweep
from attractor.sweeps.plan import Plan
from attractor.sweeps.work import form_of
from docs.costs import DATED, Row, a_million, dearest, idle, swept
from docs.gallery import FIGURES

ADDRESS = "http://127.0.0.1:8000"
_ROOT = Path(__file__).parent.parent
MEASURED = _ROOT / "docs/measured"
_SETTINGS = Settings(workers=1)
_ELLIPSIS = "…"
_WIDEST = 110  # characters of a line of an answer


def settings() -> str:
    """Every setting: the variable, its default, what it allows and what it does, as `Settings` declares them."""
    about = _docstrings(Settings)
    hints = get_type_hints(Settings, include_extras=True)
    rows = [
        [
            _code(each.encode_name),
            _default(each.name, each.default),
            get_args(hints[each.name])[1].allowed,
            about.get(each.name, ""),
        ]
        for each in fields(Settings)
    ]
    return _table(("variable", "default", "allowed", "what it sets"), rows)


def variables() -> str:
    """Every variable of the deployment: its default and what it is, as terraform/variables.tf declares them."""
    source = (_ROOT / "terraform/variables.tf").read_text()
    rows = []
    for name, body in re.findall(r'(?ms)^variable "(\w+)" \{\n(.*?)^\}', source):
        default = re.search(r"(?m)^  default     = (.+)$", body)
        told = re.search(r'(?ms)^  description = (?:"(.*?)"$|<<-EOT\n(.*?)^  EOT)', body)
        if told is None:
            raise ValueError(f"the variable {name} has no description")
        words = " ".join((told[1] or told[2]).replace('\\"', '"').split())
        rows.append([_code(name), _code(default[1]) if default else "must be given", words])
    return _table(("variable", "default", "what it is"), rows)


def costs() -> str:
    """What the stacks of terraform/variables cost a month while nobody asks for anything."""
    return _costs(f"a month, idle; prices of {DATED}", {name: idle(_stack(name)) for name in ("trial", "production")})


def costs_of_a_million() -> str:
    """What a million short answers cost besides."""
    kinds = {"trial": (False, False), "production, CDN misses": (True, True), "CDN hits": (True, True, True)}
    return _costs("a million answers", {name: a_million(*kind) for name, kind in kinds.items()})


def costs_of_sweeps(*urls: str) -> str:
    """What sweeps on AWS Batch cost, by the estimate that `attractor sweep` tells before it begins."""
    plans = {f"`{url}`": Plan.of(read_sweep(url)) for url in urls}
    told = {
        url: swept(plan.query.seconds, plan.count * len(form_of(plan).names(0)), form_of(plan).size())
        for url, plan in plans.items()
    }
    return _costs(f"prices of {DATED}", told)


def _costs(what: str, stacks: Mapping[str, Iterable[Row]]) -> str:
    """A column for each stack, a row for each thing that one of them pays for, and their sums."""
    found = {stack: {row.name: row for row in rows} for stack, rows in stacks.items()}
    names = dict.fromkeys(name for rows in sorted(found.values(), key=len, reverse=True) for name in rows)
    table = [[name, *(str(rows.get(name, "–")) for rows in found.values())] for name in names]
    sums = [f"**{sum(row.dollars for row in rows.values()):.2f}**" for rows in found.values()]
    return _table((what, *found), [*table, ["**sum**", *sums]])


def cost_of_the_dearest() -> str:
    """What one anonymous request can cost."""
    trial, production = (f"{dearest(_stack(name)):.1f}" for name in ("trial", "production"))
    return f"**One anonymous request costs {production} cents at most in production, {trial} in a trial.**"


def _stack(name: str) -> Path:
    return _ROOT / f"terraform/variables/{name}.tfvars"


def options(path: str, of: str = "") -> str:
    """The options of an endpoint, or of one kind of picture: default, values, meaning."""
    rows = []
    for name, option in _options(path, of).items():
        schema = option.schema(_SETTINGS)
        values = "a name of [the catalogue](catalogue.md)" if name == "system" else _values(schema)
        rows.append([_code(name), _spelled(option, schema), values, option.kind.description])
    return _table(("option", "default", "values", "meaning"), rows)


def edition() -> str:
    """The edition of the values."""
    return f"This service is of edition {EDITION}."


def formats() -> str:
    """The formats of records: media type, suffix, bound on records, compression, decimals."""
    rows = [
        [
            _code(name),
            _code(form.media_type),
            _code("." + form.suffix),
            f"{form.bound(_SETTINGS):,}",
            "zstd, gzip" if form.is_text else "",
            "yes" if form.holds_decimals else "no",
        ]
        for name, form in FORMATS.items()
    ]
    return _table(("format", "media type", "suffix", "records at most", "compressed by", "holds decimals"), rows)


def signatures() -> str:
    """The functions of `attractor` as their types have them: for each system, and each kind of picture, an overload."""
    inputs: dict[str, str] = {}
    overloads = []
    for name, path in PATHS.items():
        number = "Number" if name == "orbit" else "Swept"
        for of, kind in resource_at(path).kinds.items():
            known = {option: each for option, each in kind.parameters().items() if option not in ("system", "of")}
            options = [f"{option}: {hint(each.kind)} | None = ..." for option, each in known.items()]
            if of:
                is_first = of == next(iter(resource_at(path).kinds))
                options.insert(0, f'of: Literal["{of}"]' + (" = ..." if is_first else ""))
            for system in SYSTEMS.values():
                fields = [*(f"    {each}: {number}" for each in kind.inputs_of(system))]
                fields += [f"    {each}: NotRequired[Ends]" for each in kind.sides_of(system)]
                body = "\n".join(fields) or "    pass"
                given = inputs.setdefault(body, f"_Inputs{len(inputs)}")
                first = f'system: Literal["{system.name}"]' + (" = ..." if system.name == DEFAULT else "")
                arguments = ", ".join([first, "*", "at: str | None = ...", *options, f"**inputs: Unpack[{given}]"])
                overloads.append(f"@overload\ndef {name}({arguments}) -> Result: ...")
    classes = [f"class {given}(TypedDict):\n{body}" for body, given in inputs.items()]
    return "\n\n".join([*classes, *overloads])


def exit_codes() -> str:
    """What the command `attractor` exits with."""
    return _table(("code", "when"), [[str(code), words] for code, words in CODES.items()])


def problems() -> str:
    """Every kind of refusal: its status, its type, what it means."""
    rows = [[str(kind.status), _code(PAGES + name), kind.about] for name, kind in PROBLEMS.items()]
    return _table(("status", "type", "why"), rows)


def bounds() -> str:
    """What bounds a request whatever it asks for, and the settings that bound what it asks for."""
    rows = [
        ["connections of a process", f"{_SETTINGS.max_connections:,}", "`ATTRACTOR_MAX_CONNECTIONS`"],
        ["bytes of a head", f"{protocol.MAX_HEAD_BYTES:,}", ""],
        ["lines of a head", str(protocol.MAX_HEADERS), ""],
        ["seconds until a request is complete", f"{protocol.REQUEST_SECONDS:g}", ""],
        ["bytes sent ahead that are kept", f"{protocol.MAX_AHEAD_BYTES:,}", ""],
        [f"bytes a second that a client reads, over {readers.SECONDS:g} s", f"at least {readers.RATE:,}", ""],
        ["bytes of a query string in a URL", f"{query_string.MAX_QUERY_BYTES:,}", ""],
        [_named("max_body_bytes"), f"{_SETTINGS.max_body_bytes:,}", _variable("max_body_bytes")],
        ["parameters of a query", str(query_string.MAX_PARAMETERS), ""],
        ["characters of a number", f"{numbers.MAX_LENGTH:,}", ""],
        *([_named(name), f"{getattr(_SETTINGS, name):,}", _variable(name)] for name in _BOUNDS),
    ]
    return _table(("what", "bound", "moved by"), rows)


_BOUNDS = ("max_steps", "max_points", "max_digits", "max_seconds", "max_memory")


def _named(name: str) -> str:
    text = re.split("[.:;]", _docstrings(Settings)[name])[0]
    return text if text.startswith("CPU") else text[0].lower() + text[1:]


def _variable(name: str) -> str:
    return _code(next(each.encode_name for each in fields(Settings) if each.name == name))


def layers() -> str:
    """The layers of api/, the upper first, as the contract in pyproject.toml has them, each room with what it holds."""
    contracts = tomllib.loads((_ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    found = next(contract["layers"] for contract in contracts if contract.get("containers") == ["attractor.api"])
    rows = [[", ".join(_code(room) for room in layer.split(" | ")), _about(layer.split(" | "))] for layer in found]
    return _table(("rooms of `api/`", "what is there"), rows)


def _about(rooms: list[str]) -> str:
    return "; ".join(filter(None, (_ROOMS.get(room, "") for room in rooms)))


_ROOMS = {
    "serve": "how uvicorn is told to run",
    "app": "the application: Litestar with every path in its table of routes",
    "openapi": "the OpenAPI document, from what the endpoints declare",
    "explorer": "the pages at / and /docs",
    "server": "how a process listens, speaks HTTP/1.1, starts and stops",
    "warmup": "which kernels are compiled before a request needs them",
    "endpoints": "what each URL answers: a module each",
    "http": "one request: negotiation, caching, compression, headers, the handler",
    "pictures": "figures; this room alone imports matplotlib",
    "resource": "what an endpoint is made of: Query, Answer, Resource",
    "queries": "how parameters are read, refused and spelled",
    "limits": "who may have how much: threads, memory, turns, slow readers",
    "telemetry": "metrics, logs, traces",
    "formats": "how records are written",
    "settings": "what an operator may set",
    "problems": "refusals, as problem details",
    "host": "CPUs and memory of this machine",
    "setting_kinds": "kinds of settings",
    "healthcheck": "the command `attractor health`",
}
"""What each room holds, where it exists: those that do not are left out."""


def systems() -> str:
    """The catalogue in one table: name, title, dimension, parameters."""
    rows = [
        [
            f"[{_code(s.name)}](#{s.name})",
            s.title,
            str(s.dimension),
            ", ".join(map(_code, s.parameters)),
        ]
        for s in SYSTEMS.values()
    ]
    return _table(("name", "title", "dimension", "parameters"), rows)


def catalogue() -> str:
    """A chapter for each system: its formula, canonical values, source and example."""
    return "\n\n".join(map(_chapter, SYSTEMS.values()))


def formula(name: str) -> str:
    """The formula of one system, in display mode."""
    return f"$$\n{latex(SYSTEMS[name])}\n$$"


def example(target: str, records: int = 3) -> str:
    """A line of curl for a path and query, and its answer: the first records where there are more."""
    return f"```sh\ncurl '{ADDRESS}{target}'\n```\n\n{answer(target, records)}"


def got(target: str, records: int = 3) -> str:
    """A line of the command line for a path and query, and its answer: the first records where there are more."""
    return f"```sh\nattractor get '{target}'\n```\n\n{answer(target, records)}"


def lines(target: str) -> str:
    """A line of curl for a path and query, and all of its answer as it is."""
    return f"```sh\ncurl '{ADDRESS}{target}'\n```\n\n```text\n{body(target).decode().strip()}\n```"


def answer(target: str, records: int = 3) -> str:
    """The answer to a path and query in a block of its own, cut after so many records."""
    text = body(target).decode()
    shown = _shortened(text, records)
    return f"```{'text' if shown.endswith(_ELLIPSIS) else 'json'}\n{shown}\n```"


def body(target: str) -> bytes:
    """What the service answers with to a path and query of an endpoint that computes."""
    path, _, query = target.partition("?")
    resource = _resource(path)
    try:
        read = resource.read(query.encode(), _SETTINGS, next(iter(resource.formats)))
        found = finish(resource.compute(read, _SETTINGS, 1))
    except BadQuery as error:
        return bad_query(error).encode()
    return b"".join(chunk for chunk in resource.formats[read.format].write(found) if chunk)


def printed(page: str) -> str:
    """What the blocks of Python of a page print, run in order in a process of their own."""
    blocks = re.findall(r"^```python\n(.*?)^```$", (_ROOT / page).read_text(), re.DOTALL | re.MULTILINE)
    with NamedTemporaryFile("w", suffix=".py") as program:  # a step's source is read from its file
        program.write("\n".join(blocks))
        program.flush()
        environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
        command = [sys.executable, program.name]
        return subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def metrics() -> str:
    """Every metric that a process serves to Prometheus, with its kind and help text."""
    served = Metrics()
    with patch.object(app, "Metrics", lambda: served):
        app.create_app(_SETTINGS)
    served.tallies["/calculation", 200, "json"] = Tally()
    ends = {"counter": "_total", "info": "_info"}
    rows = [[_code(each.name + ends.get(each.type, "")), each.type, each.documentation] for each in served.collect()]
    return _table(("metric", "kind", "what it tells"), rows)


def gallery() -> str:
    """The gallery's figures, each with the URL that made it."""
    return "\n\n".join(
        f"## {figure.title}\n\n![{figure.title}](gallery/{figure.name}.png)\n\n```text\n{ADDRESS}{figure.url}\n```"
        for figure in FIGURES
    )


def measured(name: str) -> str:
    """The figures that a benchmark has recorded, and where, when and of which commit; that there are none yet."""
    if not (MEASURED / f"{name}.json").exists():
        return f"Nothing is recorded yet: `make bench-{name} RECORD=1` does."
    found = json.loads((MEASURED / f"{name}.json").read_text())
    origin = f"Measured by `{found['command']}` on {found['date']}, commit {found['commit']}: {found['cpu']}."
    return f"{_table(found['columns'], found['rows'])}\n\n{origin}"


def clients() -> str:
    """What lines of real clients keep of an answer, as `make clients-test RECORD=1` has found."""
    found = json.loads((MEASURED / "clients.json").read_text())
    return _table(found["columns"], found["rows"])


def _chapter(system: System) -> str:
    words = WORDS[system.name]
    told = dict(zip(system.start, system.state, strict=True))
    values = [
        [_code(name), _number(value), f"{'start: ' if name in told else ''}{words.meanings[told.get(name, name)]}"]
        for name, value in system.canonical.items()
    ]
    return "\n\n".join(
        [
            f"({system.name})=\n## {system.title}",
            f"`system={system.name}`. {words.about}",
            f"Source: {system.source}.",
            formula(system.name),
            _table(("input", "canonical value", "meaning"), values),
            "```text\n" + ADDRESS + example_path(system) + "\n```",
        ]
    )


def _resource(path: str) -> Resource[Any, Any]:
    return next(resource for resource in RESOURCES if resource.path == path)


def _options(path: str, of: str) -> dict[str, Option]:
    resource = _resource(path)
    if isinstance(resource, Analysis):
        return resource.kinds[of].parameters()
    return resource.kinds[""].options()


def _spelled(option: Option, schema: dict[str, Any]) -> str:
    """An option's default."""
    default = schema.get("default")
    if default is None or default == "":
        return ""
    return _code(str(default).lower() if isinstance(default, int) else option.kind.spell(default))


def _values(schema: dict[str, Any]) -> str:
    """What a JSON schema allows, in words."""
    match schema:
        case {"type": "boolean"}:
            return "`true`, `false`"
        case {"enum": [*words]}:
            return ", ".join(_code(str(word)) for word in words)
        case {"minimum": least, "maximum": most}:
            return f"{least:,} to {most:,}"
        case {"exclusiveMinimum": above}:
            return f"a number above {above:g}"
        case {"pattern": pattern} if ":" in pattern:
            return "low:high"
    return "coordinates of the system"


def _default(name: str, default: Any) -> str:
    if name == "workers":
        return "as many as CPUs and memory allow"
    if default is None:
        return "unset"
    if name == "max_memory":
        return f"{default:,} ({default >> 20} MiB)"
    if isinstance(default, int) and default >= 10_000:
        return f"{default:,}"
    return _code(str(default).lower())


def _docstrings(struct: type) -> dict[str, str]:
    """The docstring below each field of a class, on one line."""
    body = ast.parse(dedent(inspect.getsource(struct))).body[0]
    found: dict[str, str] = {}
    name = ""
    for node in body.body if isinstance(body, ast.ClassDef) else ():
        match node:
            case ast.AnnAssign(target=ast.Name(id=name)):
                pass
            case ast.Expr(value=ast.Constant(value=str(text))) if name:
                found[name] = " ".join(text.split())
    return found


def _shortened(text: str, records: int) -> str:
    """A compact JSON answer with a record a line, cut after so many of them."""
    head, opening, rest = text.partition("[{" if text.startswith("[") else '"records":[{')
    if not opening:
        return _wrapped(text)
    each = rest.split("},{")
    lines = "},\n{".join(_wrapped(record) for record in each[:records])
    beginning = f"{_wrapped(head)}\n{opening}" if head else opening
    return f"{beginning}{lines}" if len(each) <= records else f"{beginning}{lines}}},\n{_ELLIPSIS}"


def _wrapped(text: str) -> str:
    """JSON with line feeds between its members, where a line would be too wide."""
    lines = [""]
    for part in re.split('(?<=,)(?=["{])', text):
        if lines[-1] and len(lines[-1]) + len(part) > _WIDEST:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)


def _number(value: float) -> str:
    return repr(value).removesuffix(".0")


def _code(text: str) -> str:
    return f"`{text}`"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |" for line in lines)
