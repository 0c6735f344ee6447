"""Metrics of this process's answers, for Prometheus.

Counting adds to a few numbers; the text for Prometheus is made of them when it asks, on a port of its own.
"""

import asyncio
import logging
import platform
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import Any

from msgspec import Struct, field

from attractor import __version__
from attractor.api.settings import Settings

_SECONDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0)
_LABELS = ("route", "status", "format")
_RETRY = 1.0  # seconds


class Tally(Struct):
    """The answers of one route, status and format."""

    buckets: list[int] = field(default_factory=lambda: [0] * (len(_SECONDS) + 1))
    """Answers by the least of _SECONDS that they did not exceed; the last bucket holds those that took longer."""
    seconds: float = 0.0
    bytes: int = 0
    steps: int = 0
    records: int = 0
    fallbacks: int = 0
    left: int = 0
    broken_off: int = 0

    def count_end(self, seconds: float) -> None:
        """Counts an answer that took `seconds`."""
        self.buckets[bisect_left(_SECONDS, seconds)] += 1
        self.seconds += seconds


Tallies = defaultdict[tuple[str, int, str], Tally]
"""Tallies by route, status and format."""

_COUNTERS: dict[str, tuple[str, Callable[[int, Tally], int]]] = {
    "requests": ("Requests that have ended.", lambda _, tally: sum(tally.buckets)),
    "sent_bytes": ("Bytes of bodies, as they are sent.", lambda _, tally: tally.bytes),
    "steps": ("Steps asked for by answers sent whole.", lambda _, tally: tally.steps),
    "records": ("Records of answers sent whole.", lambda _, tally: tally.records),
    "refusals": ("Requests refused.", lambda status, tally: sum(tally.buckets) * (400 <= status != 499)),
    "not_modified": ("Answers that the client had.", lambda status, tally: sum(tally.buckets) * (status == 304)),
    "decimal_fallbacks": ("Orbits that left double's range.", lambda _, tally: tally.fallbacks),
    "cancellations": ("Clients that left.", lambda _, tally: tally.left),
    "broken_off": ("Answers that failed midway.", lambda _, tally: tally.broken_off),
}


class Metrics:
    """The metrics of this process, as a collector of prometheus_client."""

    def __init__(self) -> None:
        self.begun = 0
        self.tallies: Tallies = defaultdict(Tally)
        self.gauges: dict[str, tuple[str, Callable[[], float]]] = {}
        """Further gauges by name: a description, and a function that returns the present value."""

    def collect(self) -> Iterator[Any]:
        """Yields all metrics as families of prometheus_client."""
        from prometheus_client.core import (
            CounterMetricFamily,
            GaugeMetricFamily,
            HistogramMetricFamily,
            InfoMetricFamily,
        )

        yield InfoMetricFamily(
            "attractor_build", "What runs.", {"version": __version__, "python": platform.python_version()}
        )
        begun = self.begun  # first: of what begins meanwhile, none may have ended
        tallies = [((route, str(status), form), status, t) for (route, status, form), t in [*self.tallies.items()]]
        in_flight = begun - sum(sum(tally.buckets) for _, _, tally in tallies)
        yield GaugeMetricFamily("attractor_in_flight", "Requests being answered.", max(0, in_flight))
        for name, (about, value) in self.gauges.items():
            yield GaugeMetricFamily(f"attractor_{name}", about, value())
        latency = HistogramMetricFamily(
            "attractor_request_seconds", "From the request to the end of its answer.", labels=_LABELS
        )
        for labels, _, tally in tallies:
            counts = zip((*map(str, _SECONDS), "+Inf"), accumulate(tally.buckets), strict=True)
            latency.add_metric(labels, list(counts), tally.seconds)
        yield latency
        for name, (about, counted) in _COUNTERS.items():
            counter = CounterMetricFamily(f"attractor_{name}", about, labels=_LABELS)
            for labels, status, tally in tallies:
                if count := counted(status, tally):
                    counter.add_metric(labels, count)
            yield counter


async def expose(metrics: Metrics, settings: Settings) -> None:
    """Serves `metrics` on the first free of as many ports as there are workers, so that each has one.

    A worker that comes before the one it replaces has gone waits for its port.
    """
    from prometheus_client import CollectorRegistry, ProcessCollector, start_http_server

    host, first = settings.metrics_host, settings.metrics_port or 0
    registry = CollectorRegistry()
    registry.register(metrics)
    ProcessCollector(registry=registry)
    log = logging.getLogger(__name__)
    warned = False
    while True:
        for port in range(first, first + settings.workers):
            try:
                server, _ = start_http_server(port, host, registry)
            except OSError as error:
                reason = error
            else:
                log.info("metrics at http://%s:%d/metrics", host, server.server_port)
                return
        if not warned:
            log.warning("no port for metrics at %s, from %d on: %s", host, first, reason)
            warned = True
        await asyncio.sleep(_RETRY)
