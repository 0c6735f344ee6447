"""What an operator may set, read from the environment."""

import os
from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta, Struct, ValidationError, convert, field
from msgspec.structs import fields

from api.resources import cpus, memory, workers

PREFIX = "ATTRACTOR_"

_ORIGINS = r"^(\*|(https?://[^\s/,]+(,https?://[^\s/,]+)*)?)$"

Positive = Annotated[int, Meta(ge=1)]


class Settings(Struct, frozen=True, kw_only=True, rename=lambda name: PREFIX + name.upper()):
    """Each is set by the environment variable of its name in capitals, behind ATTRACTOR_ but for the first three."""

    host: str = field(default="127.0.0.1", name="HOST")
    port: Annotated[int, Meta(ge=0, le=65535)] = field(default=8000, name="PORT")
    workers: Positive = field(default_factory=lambda: workers(cpus(), memory()), name="WORKERS")
    """Processes: as many as CPUs and memory allow, unless given."""
    drain_seconds: Annotated[int, Meta(ge=0)] = 20
    """How long answers on their way may take to end once the server is told to stop."""
    unready_seconds: Annotated[float, Meta(ge=0)] = 0
    """How long the server says that it is not ready, and answers all the same, before it stops listening."""
    rate_limit: str | None = None
    """Requests of one client's address, such as 100/minute; each process counts by itself. No limit where unset."""
    trusted_proxies: str = "127.0.0.1"
    """Addresses or networks, joined by commas, whose X-Forwarded-For is believed."""
    access_log: bool = True
    """Whether each request has a line in the log."""
    metrics_port: Annotated[int, Meta(ge=0, le=65535)] | None = None
    """Where Prometheus finds the metrics of the first worker, those of each other on the next port; none by default."""
    metrics_host: str = "127.0.0.1"
    """The address that the metrics are served on."""
    allowed_origins: Annotated[str, Meta(pattern=_ORIGINS)] = "*"
    """Origins, with commas between them, whose pages may read answers; * for all, nothing for none."""
    max_steps: Positive = 1_000_000_000
    """Steps of one orbit."""
    max_text_records: Positive = 100_000_000
    """Records of one answer as JSON or CSV."""
    max_binary_records: Positive = 1_000_000_000
    """Records of one answer as Arrow or npy."""
    max_parquet_records: Positive = 100_000_000
    """Records of one answer as Parquet, whose footer grows with them."""
    max_points: Positive = 10_000_000
    """Points of one grid of initial conditions and parameters."""
    max_seconds: Positive = 120
    """CPU seconds of one answer: what is estimated to take more is refused, what takes twice as many broken off."""
    max_memory: Positive = 160 << 20
    """Bytes that the answers of one process may hold together while they are in flight; more are refused with 503."""
    max_connections: Positive = 4_096
    """Connections of one process; what is asked over more is refused with 503."""
    max_digits: Positive = 1_000
    """Significant digits of decimal arithmetic."""
    max_decimal_work: Positive = 20_000_000
    """Cost of one decimal orbit, in the units of `core.decimals.work`: about 10 ns each."""


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings that `environment` names, defaults for the others; SystemExit where one is wrong."""
    known = {f.encode_name for f in fields(Settings)}
    given = {name: value for name, value in environment.items() if name in known or name.startswith(PREFIX)}
    unknown = sorted(given.keys() - known)
    if unknown:
        raise SystemExit(f"unknown setting {', '.join(unknown)}; known: {', '.join(sorted(known))}")
    try:
        settings = convert(given, Settings, strict=False)
        if settings.rate_limit:
            from limits import parse  # which takes as long as a tenth of a start

            parse(settings.rate_limit)
    except (ValidationError, ValueError) as error:
        raise SystemExit(f"wrong setting: {error}") from None
    return settings
