"""The settings of an operator, read from the environment."""

import os
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, get_args, get_type_hints

from msgspec import Struct, field
from msgspec.structs import fields

from attractor.api.host import WORKER_MEMORY, cpus, memory, most_workers, workers
from attractor.api.setting_kinds import (
    CONTACT,
    FLAG,
    HEADER,
    HOST,
    ORIGINS,
    PORT,
    PROXIES,
    RATE,
    REVISION,
    Kind,
    decimal,
    whole,
)

PREFIX = "ATTRACTOR_"

Positive = Annotated[int, whole(1, 1_000_000_000_000)]


class Settings(Struct, frozen=True, kw_only=True, rename=lambda name: PREFIX + name.upper()):
    """All settings. The variable of each is its name in capitals behind ATTRACTOR_, but for the first three."""

    host: Annotated[str, HOST] = field(default="127.0.0.1", name="HOST")
    port: Annotated[int, PORT] = field(default=8000, name="PORT")
    workers: Positive = field(default_factory=lambda: workers(cpus(), memory()), name="WORKERS")
    """Processes: as many as CPUs and memory allow, unless given."""
    drain_seconds: Annotated[int, whole(0, 86_400)] = 20
    """Seconds that answers on their way may take to end once the server is told to stop."""
    keep_alive_seconds: Annotated[int, whole(1, 3_600)] = 75
    """Seconds for which an idle connection is kept: longer than a load balancer keeps its own, so that no request meets
    a connection that is being closed."""
    unready_seconds: Annotated[float, decimal(3_600)] = 0
    """Seconds for which the server says that it is not ready, and still answers, before it stops listening."""
    rate_limit: Annotated[str | None, RATE] = None
    """Requests of one client's address, such as 100/minute; each process counts by itself. No limit where unset."""
    trusted_proxies: Annotated[str, PROXIES] = "127.0.0.1"
    """Addresses or networks, joined by commas, whose X-Forwarded-For is believed."""
    client_address_header: Annotated[str | None, HEADER] = None
    """A header of the trusted proxies that names the client's address, with its port or without, such as CloudFront's
    CloudFront-Viewer-Address; it counts in place of X-Forwarded-For where it is there."""
    access_log: Annotated[bool, FLAG] = True
    """Whether each request has a line in the log."""
    metrics_port: Annotated[int | None, PORT] = None
    """The port of the first worker's metrics; each other worker has the next one. No metrics where unset."""
    metrics_host: Annotated[str, HOST] = "127.0.0.1"
    """The address that the metrics are served on."""
    contact: Annotated[str | None, CONTACT] = None
    """The contact that /.well-known/security.txt and the document of the API name; none where unset."""
    revision: Annotated[str | None, REVISION] = None
    """The revision of the source that is running, which Attractor-Revision tells; an image has it set."""
    allowed_origins: Annotated[str, ORIGINS] = "*"
    """Origins, with commas between them, whose pages may read answers; * for all, nothing for none."""
    max_steps: Positive = 1_000_000_000
    """Steps of one orbit."""
    max_text_records: Positive = 100_000_000
    """Records of one answer as JSON or CSV."""
    max_binary_records: Positive = 1_000_000_000
    """Records of one answer as Arrow or npy."""
    max_parquet_records: Positive = 100_000_000
    """Records of one answer as Parquet, whose footer grows with them."""
    max_body_bytes: Annotated[int, whole(1, 16 << 20)] = 262_144
    """Bytes of a POST, whose query is longer than a URL's may be."""
    max_points: Positive = 10_000_000
    """Points of one grid of initial conditions and parameters."""
    max_seconds: Positive = 120
    """CPU seconds of one answer: what is estimated to take more is refused, what takes twice as many broken off."""
    max_memory: Annotated[int, whole(1, 1 << 50)] = 160 << 20
    """Bytes that the answers of one process may hold together while they are in flight; more are refused with 503.

    With more than the default a worker may take more than its 512 MiB."""
    max_connections: Positive = 4_096
    """Connections of one process; what is asked over more is refused with 503."""
    max_digits: Annotated[int, whole(1, 1_000_000)] = 1_000
    """Significant digits of decimal arithmetic."""
    max_decimal_work: Positive = 20_000_000
    """Cost of one decimal orbit, in the units of `core.decimals.work`: about 10 ns each."""


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings that `environment` names, defaults for the others; SystemExit, with a line for each fault."""
    kinds = {each.encode_name: (each.name, kind) for each, kind in zip(fields(Settings), _kinds(), strict=True)}
    given = {name: value for name, value in environment.items() if name in kinds or name.startswith(PREFIX)}
    values: dict[str, Any] = {}
    faults: list[str] = []
    for name, text in given.items():
        if name not in kinds:
            faults.append(f"unknown setting {name}; known: {', '.join(sorted(kinds))}")
            continue
        argument, kind = kinds[name]
        try:
            values[argument] = kind.read(text)
        except ValueError:
            shown = repr(text) if len(text) <= 100 else f"{text[:100]!r} …"
            faults.append(f"{name} is {shown}; allowed is {kind.allowed}")
    settings = Settings(**values)
    faults += _conflicts(settings)
    if faults:
        raise SystemExit("\n".join(faults))
    return settings


def _kinds() -> Iterator[Kind]:
    hints = get_type_hints(Settings, include_extras=True)
    for each in fields(Settings):
        yield get_args(hints[each.name])[1]


def _conflicts(settings: Settings) -> Iterator[str]:
    """Yields conflicts of a setting with this machine or with another setting."""
    available, room = cpus(), memory()
    if settings.workers > (most := most_workers(available, room)):
        yield (
            f"WORKERS is {settings.workers}; allowed is at most {most} here: 4 for each of {available:g} CPUs, "
            f"{WORKER_MEMORY >> 20} MiB for each in {int(room) >> 20:,} MiB of memory"
        )
    elif settings.metrics_port and (last := settings.metrics_port + settings.workers - 1) > 65535:
        yield (
            f"{PREFIX}METRICS_PORT is {settings.metrics_port}; allowed is at most {65536 - settings.workers} with "
            f"{settings.workers} workers, of which the last would have port {last}"
        )
