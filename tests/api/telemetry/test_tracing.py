"""Spans, to a collector that the standard OTEL_* variables name."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from attractor.api.telemetry.tracing import tracing
from tests.conftest import running_server

HENON = "/calculation?system=henon&x0=0&y0=0&a=1.4&b=0.3"
TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


def values(attributes):
    return {a.key: getattr(a.value, a.value.WhichOneof("value")) for a in attributes}


@pytest.mark.promise("Each request is exported as a span below its client's")
def test_each_request_is_a_span_below_its_clients():
    received = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            received.extend(ExportTraceServiceRequest.FromString(body).resource_spans)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Collector) as collector:
        threading.Thread(target=collector.serve_forever).start()
        endpoint = f"http://127.0.0.1:{collector.server_port}"
        with running_server(WORKERS="2", OTEL_EXPORTER_OTLP_ENDPOINT=endpoint) as (address, _):
            response = httpx.get(address + HENON, headers={"traceparent": f"00-{TRACE}-{PARENT}-01"})
            httpx.get(f"{address}/secret")
        collector.shutdown()  # a worker that stops has sent what it had, seconds before it would otherwise
    assert values(received[0].resource.attributes)["service.name"] == "attractor"
    spans = [span for resource in received for scope in resource.scope_spans for span in scope.spans]
    (span,) = [span for span in spans if span.name == "GET /calculation"]
    assert (span.trace_id.hex(), span.parent_span_id.hex()) == (TRACE, PARENT)
    assert 0 < span.end_time_unix_nano - span.start_time_unix_nano < 10e9
    said = values(span.attributes)
    assert (said["http.request.method"], said["http.route"], said["url.path"]) == (
        "GET",
        "/calculation",
        "/calculation",
    )
    assert (said["http.response.status_code"], said["attractor.steps"]) == (200, 20)
    assert said["attractor.request_id"] == response.headers["x-request-id"]
    assert "GET other" in {span.name for span in spans}


@pytest.mark.promise("Each of the standard variables asks for traces")
@pytest.mark.parametrize(
    "name", ["OTEL_TRACES_EXPORTER", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"]
)
def test_each_of_the_standard_variables_asks_for_it(name):
    trace = tracing({name: "otlp" if name.endswith("EXPORTER") else "http://127.0.0.1:1"})
    assert trace
    trace.close()


@pytest.mark.promise("Nothing is traced unless asked for")
def test_nothing_is_traced_unless_asked_for():
    asking = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}
    for environment in ({}, {**asking, "OTEL_SDK_DISABLED": "true"}, {**asking, "OTEL_TRACES_EXPORTER": "none"}):
        assert tracing(environment) is None
