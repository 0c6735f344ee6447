"""The short answer: a small orbit, asked for plainly, written whole as an HTTP/1.1 message.

`ShortOrbits` is one function from a query string and the headers of a request to the bytes of its answer, or None for
whatever it does not know: the general way, `api.http.handler.Endpoint`, answers that with the same bytes. It knows

- a query of the documented order, `system`, initial conditions, parameters, `steps`, `edition`, by one pattern a
  system;
- headers that change nothing of an answer in JSON;
- orbits that stay in double's range, or whose decimals are computed by a kernel.

What answers of one system, number of steps and edition or none have in common is made once, by the general way itself.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from time import perf_counter
from typing import NamedTuple

import msgspec
import numpy as np
from msgspec.structs import replace

from attractor.api.asgi import Headers, encode_headers
from attractor.api.endpoints.orbit_answer import Answer, DecimalAnswer, DoubleAnswer
from attractor.api.formats import DEFAULT_FORMAT, FORMATS
from attractor.api.formats.text import JsonDecimals, JsonRecords
from attractor.api.http.caching import caching_headers, repr_digest, validators
from attractor.api.http.exchange import POLICY
from attractor.api.http.handler import describing_headers
from attractor.api.http.negotiation import PLAIN
from attractor.api.limits.clients import share_of
from attractor.api.limits.overload import Load
from attractor.api.queries.calculation_query import read_query
from attractor.api.queries.orbit_query import PATH, too_much_decimal
from attractor.api.settings import Settings
from attractor.api.telemetry.metrics import Metrics, Tally
from attractor.core.catalogue import DEFAULT, SYSTEMS
from attractor.core.decimal_text import DecimalText
from attractor.core.decimals import DIGITS
from attractor.core.edition import EDITION
from attractor.core.kernel import Floats, Orbit, OrbitKernel, orbit_kernel
from attractor.core.system import System, per_system

Short = Callable[[bytes, Sequence[tuple[bytes, bytes]], str], bytes | None]

STEPS = 1_000
"""Steps of the longest orbit that is answered so."""

_PLAIN = frozenset((b"host", b"user-agent", b"accept-language", b"cache-control", b"pragma", b"dnt", b"priority"))
"""Headers that change nothing of an answer."""
_PLAINLY = frozenset(((b"accept", b"*/*"), (b"connection", b"keep-alive"), (b"accept-encoding", b"identity")))
"""Others that do not where they have these values."""

# A number in its canonical spelling, but for zeros around its fraction, and whether it has one. Left out are those with
# an exponent in that spelling, some that look like them, and -0, whose sign `_read` would drop.
_NUMBER = (
    r"(-?(?:[1-9][0-9]{0,14}+(?<!000)|0(?=\.(?!000)[0-9]*[1-9]))(\.[0-9]{0,20}[1-9])?|0)(?(%d)0{0,20}|(?:\.0{1,20})?)"
)
_read = msgspec.json.Decoder(tuple[float, ...]).decode  # in a third of the time that float() takes for each
_PATH = f"{PATH}?".encode()
_INPUT = "\0"  # stands for an input in what answers have in common


@per_system
def _pattern(system: System) -> re.Pattern[bytes]:
    named = f"system={system.name}&"
    inputs = "&".join(f"{name}={_NUMBER % (2 * i)}" for i, name in enumerate(system.inputs, 1))
    optional = "?" if system.name == DEFAULT else ""
    return re.compile(rf"(?:{named}){optional}{inputs}(?:&steps=([1-9][0-9]{{0,3}}))?(&edition={EDITION})?".encode())


class _Plan(NamedTuple):
    """The parts that all short answers of one system, number of steps and choice of edition share."""

    describing: bytes
    """A template of the headers that describe an answer in double: the inputs."""
    describing_decimal: bytes
    """The same of an orbit in decimal."""
    dimension: int
    kernel: OrbitKernel
    out: Orbit
    write_records: JsonRecords
    write_decimals: JsonDecimals | None
    """None where the general way has to answer such an orbit."""
    tally: Tally
    steps: int


class ShortOrbits:
    """Answers under some settings, with the headers `added` to every answer. One thread at a time may call it."""

    def __init__(self, settings: Settings, metrics: Metrics, load: Load, added: Headers, ids: Iterator[bytes]) -> None:
        self._settings = settings
        self._metrics = metrics
        self._load = load
        self._ids = ids
        self._rest = (
            b"repr-digest: %b\r\n"
            + _escape(added)
            + b"x-request-id: %b\r\n"
            + encode_headers([POLICY])
            + b"content-length: %d\r\n\r\n"
        )
        self._validator = validators(FORMATS, settings)[DEFAULT_FORMAT, PLAIN]
        self._plan = lru_cache(maxsize=64)(self._make_plan)
        self._systems = {name.encode(): system for name, system in SYSTEMS.items()}

    def __call__(self, target: bytes, headers: Sequence[tuple[bytes, bytes]], address: str) -> bytes | None:
        """The answer to a GET, from behind the server's own headers; None where the general way has to answer."""
        if not target.startswith(_PATH):
            return None
        begin, raw = perf_counter(), target[len(_PATH) :]
        for header in headers:
            if header[0] not in _PLAIN and header not in _PLAINLY:
                return None
        name = raw[7 : raw.find(b"&")] if raw.startswith(b"system=") else DEFAULT.encode()
        system = self._systems.get(name)
        if not (system and (found := _pattern(system).fullmatch(raw))):
            return None
        *texts, steps, edition = found.groups(b"")
        plan = self._plan(system, steps, edition)
        if plan is None:
            return None
        inputs = texts[::2]
        values: Floats = _read(b"[%b]" % b",".join(inputs))
        tally = plan.tally
        _, is_finite = plan.kernel(values[: plan.dimension], values[plan.dimension :], 1, plan.out)
        if is_finite:
            describing, body = plan.describing, plan.write_records(plan.out)
        elif plan.write_decimals and (decimals := plan.write_decimals(inputs)):
            describing, body = plan.describing_decimal, decimals
            tally.fallbacks += 1
        else:
            return None
        self._load.note_request(share_of(address))
        self._metrics.begun += 1
        described = (describing % (*inputs,)).replace(b"=0.", b"=.").replace(b"=-0.", b"=-.")  # as canonical URLs
        answer = described + self._rest % (repr_digest(body), next(self._ids), len(body)) + body
        tally.bytes += len(body)
        tally.steps += plan.steps
        tally.records += plan.steps
        tally.count_end(perf_counter() - begin)
        return answer

    def _make_plan(self, system: System, steps: bytes, edition: bytes) -> _Plan | None:
        """Makes the plan; None where so many steps are too many for this way, or for the settings."""
        count = int(steps or 20)
        raw = f"system={system.name}&{'&'.join(f'{each}=1' for each in system.inputs)}&steps={count}{edition.decode()}"
        if count > min(STEPS, self._settings.max_steps, self._settings.max_text_records):
            return None
        query = replace(read_query(raw.encode(), self._settings), inputs=(_INPUT,) * len(system.inputs))
        double = DoubleAnswer(query, "double", None, None)
        decimal = DecimalAnswer(query, f"decimal; digits={DIGITS}", None, None)
        is_known = DecimalText.known(system) and not any(too_much_decimal(query, self._settings))
        return _Plan(
            self._describe(double),
            self._describe(decimal),
            system.dimension,
            orbit_kernel(system),
            np.empty((count, system.dimension)),
            JsonRecords(double.columns, count),
            JsonDecimals(system, decimal.columns, count) if is_known else None,
            self._metrics.tallies[PATH, 200, DEFAULT_FORMAT],
            count,
        )

    def _describe(self, answer: Answer) -> bytes:
        """The template of the headers that describe an answer like this one."""
        query = answer.query
        headers = caching_headers(query.canonical, query.edition is not None, self._validator)
        headers += describing_headers(answer, FORMATS[DEFAULT_FORMAT])
        return _escape(headers).replace(_INPUT.encode(), b"%b")


def _escape(headers: Headers) -> bytes:
    """The lines of headers, as part of a template."""
    return encode_headers(headers).replace(b"%", b"%%")
