"""What README shows is what the service answers."""

import json
import re

import pytest

from attractor.api.settings import Settings
from tests.conftest import ROOT, parameters_of

README = (ROOT / "README.md").read_text()


@pytest.mark.promise("README tells the bounds in force")
@pytest.mark.parametrize(
    "name",
    ["max_memory", "max_connections", "max_seconds", "trusted_proxies", "unready_seconds", "drain_seconds"],
)
def test_beside_a_setting_is_its_default(name):
    default = getattr(Settings(), name)
    told = f"{default >> 20} MiB" if name == "max_memory" else f"{default:,}" if isinstance(default, int) else default
    beside = rf"`ATTRACTOR_{name.upper()}`[^`]*?(?<![\w.,]){re.escape(told)}(?![\w.]|,\d)"
    assert re.search(beside, README), told


def test_the_example_has_its_true_output(client):
    url = re.search(r"<http://127.0.0.1:8000(/calculation\S+)>", README)[1]
    output = re.search(r"```json\n(.*?)```", README, re.DOTALL)[1]
    assert output.replace("\n", "") == client.get(url).text


def test_each_command_of_the_tour_has_its_true_output(client):
    tour = re.findall(r"curl 'http://127.0.0.1:8000(\S+)'\n# (.*)\n", README)
    assert tour
    for url, output in tour:
        beginning, _, _ = output.partition("[…]")
        assert client.get(url).text.startswith(beginning)


def test_the_table_tells_how_many_steps_there_may_be(client):
    document = json.loads(client.get("/openapi.json").text)
    steps = parameters_of(document, "/calculation")["steps"]
    assert re.search(rf"\| `steps` \|[^|]*\b{steps['schema']['maximum']:,} \|", README)


def test_every_url_that_it_shows_answers(client):
    urls = re.findall(r"http://127.0.0.1:8000(/\S+\?[^\s'>\"]+)", README)
    assert urls
    for url in urls:
        assert client.get(url, timeout=300).status_code == (400 if "nan" in url else 200)


def test_the_horizon_is_the_one_that_it_tells(client):
    url, n = re.search(r"# .*n = (\d+).*\ncurl 'http://127.0.0.1:8000(/horizon\S+)'", README).group(2, 1)
    assert client.get(url).json()["horizons"][0]["horizon"] - 1 == int(n)
