"""OpenTelemetry traces where the standard OTEL_* variables ask for them; else nothing of it is imported."""

import os
from collections.abc import Mapping
from time import time_ns
from typing import Any

from attractor import __version__

_ASKING = ("OTEL_TRACES_EXPORTER", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


class Trace:
    """Makes a span of each request once it has ended, and exports spans by OTLP over HTTP."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        is_named = "OTEL_SERVICE_NAME" in environment or "service.name=" in environment.get(
            "OTEL_RESOURCE_ATTRIBUTES", ""
        )
        name = {} if is_named else {"service.name": "attractor"}
        self._provider = TracerProvider(resource=Resource.create({**name, "service.version": __version__}))
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("attractor", __version__)

    def __call__(self, route: str, headers: Mapping[bytes, bytes], fields: Mapping[str, Any]) -> None:
        """A span for what a log line's `fields` say, below the one that a client's `headers` name."""
        from opentelemetry.propagate import extract
        from opentelemetry.trace import SpanKind, Status, StatusCode

        end = time_ns()
        attributes = {
            "http.request.method": fields["method"],
            "http.route": route,
            "http.response.status_code": fields["status"],
            "url.path": fields["path"],
            "url.query": fields["query"],
        } | {f"attractor.{name}": value for name, value in fields.items()}
        span = self._tracer.start_span(
            f"{fields['method']} {route}",
            extract({name.decode("latin-1"): value.decode("latin-1") for name, value in headers.items()}),
            SpanKind.SERVER,
            attributes,
            start_time=end - int(fields["seconds"] * 1e9),
        )
        if fields["status"] >= 500:
            span.set_status(Status(StatusCode.ERROR))
        span.end(end)

    def close(self) -> None:
        """Exports what is left."""
        self._provider.shutdown()


def tracing(environment: Mapping[str, str] = os.environ) -> Trace | None:
    """The tracer that `environment` asks for; None where it asks for none."""
    is_off = environment.get("OTEL_SDK_DISABLED", "").lower() == "true"
    if is_off or environment.get("OTEL_TRACES_EXPORTER") == "none" or not any(map(environment.get, _ASKING)):
        return None
    return Trace(environment)
