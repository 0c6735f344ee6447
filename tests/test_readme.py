"""What README shows is what the service answers."""

import json
import re

from tests.conftest import ROOT

README = (ROOT / "README.md").read_text()


def test_the_example_has_its_true_output(client):
    url = re.search(r"<http://127.0.0.1:8000(/calculation\S+)>", README)[1]
    output = re.search(r"```json\n(.*?)```", README, re.DOTALL)[1]
    assert output.replace("\n", "") == client.get(url).text


def test_each_command_of_the_tour_has_its_true_output(client):
    tour = re.findall(r"curl 'http://127.0.0.1:8000(\S+)'\n# (.*)\n", README)
    assert len(tour) == 3
    for url, output in tour:
        beginning, _, _ = output.partition("[…]")
        assert client.get(url).text.startswith(beginning)


def test_the_table_names_every_option(client):
    document = json.loads(client.get("/schema/openapi.json").text)
    steps = next(p for p in document["paths"]["/calculation"]["get"]["parameters"] if p["name"] == "steps")
    assert f"20 by default, up to {steps['schema']['maximum']:,} |" in README
