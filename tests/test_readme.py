"""What README shows is what the service answers."""

import json
import re

from attractor.api.host import WORKER_MEMORY
from attractor.api.limits import readers
from attractor.api.server import protocol
from attractor.api.settings import Settings
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text()


def test_the_bounds_that_it_tells_are_those_in_force():
    settings = Settings()
    bounds = f"""`ATTRACTOR_MAX_MEMORY` ({settings.max_memory >> 20} MiB a process)
        connections of a process ({settings.max_connections:,}), a head
        whole after {protocol.MAX_HEAD_BYTES >> 10} KiB
        `ATTRACTOR_TRUSTED_PROXIES` ({settings.trusted_proxies};
        `ATTRACTOR_UNREADY_SECONDS` later ({settings.unready_seconds})
        `ATTRACTOR_DRAIN_SECONDS` ({settings.drain_seconds})
        `ATTRACTOR_DRAIN_SECONDS`, {settings.drain_seconds} by default
        CPU that has {WORKER_MEMORY >> 20} MiB too"""
    told = " ".join(README.split())
    for bound in bounds.split("\n"):
        assert bound.strip() in told
    assert (protocol.REQUEST_SECONDS, readers.SECONDS, readers.RATE) == (10, 30, 8 << 10)
    assert "within 10 seconds" in told
    assert "who takes less than 8 KiB a second for 30 seconds" in told


def test_the_example_has_its_true_output(client):
    url = re.search(r"<http://127.0.0.1:8000(/calculation\S+)>", README)[1]
    output = re.search(r"```json\n(.*?)```", README, re.DOTALL)[1]
    assert output.replace("\n", "") == client.get(url).text


def test_each_command_of_the_tour_has_its_true_output(client):
    tour = re.findall(r"curl 'http://127.0.0.1:8000(\S+)'\n# (.*)\n", README)
    assert len(tour) == 4
    for url, output in tour:
        beginning, _, _ = output.partition("[…]")
        assert client.get(url).text.startswith(beginning)


def test_the_table_names_every_option(client):
    document = json.loads(client.get("/schema/openapi.json").text)
    steps = next(p for p in document["paths"]["/calculation"]["get"]["parameters"] if p["name"] == "steps")
    assert f"20 by default, up to {steps['schema']['maximum']:,} |" in README


def test_every_url_that_it_shows_answers(client):
    urls = re.findall(r"http://127.0.0.1:8000(/\S+\?[^\s'>\"]+)", README)
    assert len(urls) > 8
    for url in urls:
        assert client.get(url, timeout=120).status_code == (400 if "nan" in url else 200)


def test_the_horizon_is_the_one_that_it_tells(client):
    url, n = re.search(r"up to n = (\d+)\.\ncurl 'http://127.0.0.1:8000(\S+)'", README).group(2, 1)
    assert client.get(url).json()["horizons"][0]["horizon"] - 1 == int(n)
