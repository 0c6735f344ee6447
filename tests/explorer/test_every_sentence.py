"""Every system, preset and panel of the explorer in Chromium: what it says is so, and a reload shows the same."""

import json
import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page

from attractor.core.catalogue import SYSTEMS
from tests.conftest import ROOT
from tests.explorer.looking import BUSY, PANELS, is_settled
from tests.explorer.sentences import check_figure, check_panels

PRESETS = json.loads((ROOT / "api/explorer/pages/presets.json").read_text())


WORDS = "#summary, #notice, #empty, #ignored, .panel [role=status], .panel [role=alert], .panel .empty"
FIELDS = "fields => fields.map(({value, checked, open}) => [value, checked, open])"


def seen(page: Page) -> dict[str, object]:
    """All that a reload must show again."""
    is_settled(page)
    return {
        "address": page.url,
        "words": page.locator(WORDS).all_inner_texts(),
        "pictures": page.locator("canvas").evaluate_all("all => all.map((canvas) => canvas.toDataURL())"),
        "controls": page.locator("input, select, details").evaluate_all(FIELDS),
        "links": page.locator("#take a, .panel a").evaluate_all("links => links.map(({href}) => href)"),
    }


@pytest.mark.parametrize("name", PRESETS)
def test_what_is_said_of_each_preset_is_so_and_shown_again(page, client, name):
    page.goto(f"/?system={name}")
    for title in PRESETS[name]["presets"]:
        page.get_by_role("button", name=title, exact=True).click()
        before = seen(page)
        check_figure(page, client)
        page.reload()
        assert seen(page) == before, title


@pytest.mark.parametrize("name", PRESETS)
def test_what_is_said_at_the_ends_of_the_sliders_is_so(page, client, name):
    system, ranges = SYSTEMS[name], PRESETS[name]["ranges"]
    for end in (0, 1):
        inputs = {each: ranges.get(each, [value, value])[end] for each, value in system.canonical.items()}
        options = {"steps": 3000, "apart": "1e-9", "along": system.inputs[end % system.dimension]}
        page.goto(f"/?{urlencode({'system': name, **inputs, **options})}&view=plane")
        is_settled(page)
        check_figure(page, client)


@pytest.mark.parametrize("name", PRESETS)
def test_what_is_said_in_each_panel_is_so_and_shown_again(page, client, said, name):
    page.goto(f"/?system={name}&steps=200{PANELS}")
    for title in PRESETS[name]["presets"]:
        page.get_by_role("button", name=title, exact=True).click()
        before = seen(page)
        check_figure(page, client)
        check_panels(page, client)
    page.reload()
    assert seen(page) == before
    assert set(said) <= {BUSY}  # the page asks again
    said.clear()


@pytest.mark.parametrize(
    "query",
    [
        "system=logistic&x0=0.7500000000001&r=4&steps=10",  # next to a fixed point that repels
        "system=logistic&x0=0.2&r=1&steps=60&diagram=r,0,1.5,x",  # most orbits of the diagram come to nothing
        "system=standard&theta0=0&p0=3.9&k=0.6&steps=100&apart=0.02&along=theta0",  # both go around the circle
        "system=modified-lorenz&delta_t=2&steps=40&skip=20&view=series",  # has left before what is shown
        "system=modified-lorenz&delta_t=2&steps=40&every=7&view=series",
        "system=roessler&b=1e-9&delta_t=0.01&steps=3000&view=plane&axes=x,z",  # z is small, but for bursts
        "system=henon&steps=50&apart=1e-30&along=a",
        "system=henon&x0=2&y0=0&steps=12",  # grows beyond all bounds
        "system=logistic&x0=0.5&r=2&steps=30&cycles=2",
        "system=logistic&x0=0.3&r=1&steps=30000",  # falls as 1/n
        "system=lorenz&delta_t=1e-13&steps=90",
        "system=ikeda&u=0.3&steps=2000&horizon=400",
        "system=henon&steps=300&view=plane&frame=5,6,5,6",  # a window in which nothing lies,
        "system=henon&steps=300&view=plane&frame=-0.2,-0.1,-0.05,0.05",  # one inside of the attractor,
        "system=henon&steps=300&view=series&frame=400,500,0,1",  # and one behind the last point
        "system=logistic&x0=0.2&r=3.9&steps=100&view=plane&axes=x,x'&frame=0.1,0.3,0.1,0.2",
    ],
)
def test_what_is_easily_said_wrongly_is_so(page, client, query):
    page.goto(f"/?{query}")
    is_settled(page)
    check_figure(page, client)
    check_panels(page, client)
    said = page.locator("#summary").inner_text()
    if "0.7500000000001" in query:
        assert not re.search("rest|settled", said), said
