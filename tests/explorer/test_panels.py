"""The panels below the figure, in Chromium."""

import io
import re
from urllib.parse import urlsplit

import numpy as np
import pytest
from playwright.sync_api import expect

from attractor.api.endpoints.analyses import RESOURCES
from attractor.api.settings import Settings
from attractor.core import cost
from attractor.core.catalogue import SYSTEMS
from tests.conftest import connected, request, running_server
from tests.explorer.conftest import opened
from tests.explorer.looking import (
    BUSY,
    HENON,
    LOGISTIC,
    PANELS,
    first,
    holds_back,
    is_settled,
    opened_panel,
    shows,
)


def test_the_panels_follow_the_page(page):
    page.goto("/?system=logistic&x0=0.2&r=3.2&steps=200")
    cycles = opened_panel(page, "Fixed points and cycles")
    cycles.get_by_label("Period").fill("2")
    page.keyboard.press("Enter")
    expect(cycles.get_by_role("status")).to_contain_text("1 cycle of period 2 found")
    expect(cycles.locator("tbody")).to_contain_text("stable")
    page.fill("#input-r", "3.5")
    page.keyboard.press("Enter")
    expect(cycles.locator("tbody")).to_contain_text("unstable")
    trust = opened_panel(page, "How far to trust it")
    expect(trust.get_by_role("status")).to_contain_text("digit is right")
    along = opened_panel(page, "Along a parameter")
    expect(along.get_by_role("status")).to_contain_text(re.compile(r"for [1-9]\d* of 300 values of r"))
    along.get_by_role("img", name="Orbit diagram").click(position={"x": 300, "y": 150})
    expect(page.locator("#input-r")).not_to_have_value("3.5")
    assert 2.6 < float(page.locator("#input-r").input_value()) < 2.8  # a fifth of the way from 2.4 to 4
    page.select_option("#system", "henon")
    opened_panel(page, "Basins of attraction").get_by_label("x₀ from").fill("-2")
    page.keyboard.press("Enter")
    basins = page.get_by_role("img", name="Basins of attraction of Hénon map over x0 from -2 to 1.5 and y0 from")
    expect(basins).to_be_visible()
    assert basins.evaluate("image => image.decode().then(() => image.naturalWidth)") == 800


@pytest.mark.promise("The explorer asks a busy service again")
def test_a_panel_that_a_busy_service_refuses_asks_again_until_it_is_answered_or_cancelled(browser):
    said: list[str] = []
    with (
        running_server(ATTRACTOR_MAX_MEMORY=str(25 << 20)) as (address, _),
        opened(browser, address, said) as page,
    ):
        page.goto(HENON)
        shows(page, "a=1.4")
        long = "/calculation?system=henon&x0=0&y0=0&a=1.4&b=0.3&steps=1000000000&format=npy"
        with connected(address, request(long)) as other:
            assert other.recv(12) == b"HTTP/1.1 200"
            with page.expect_response(lambda response: response.status == 503):
                panel = opened_panel(page, "Basins of attraction")
            expect(panel.get_by_role("progressbar")).to_be_visible()
            panel.get_by_role("button", name="Cancel").click()
            expect(panel.get_by_role("alert")).to_have_text("Cancelled.")
            with page.expect_response(lambda response: response.status == 503):
                panel.get_by_label("x₀ from").fill("-2")
                page.keyboard.press("Enter")
        expect(panel.get_by_role("img")).to_be_visible()
        expect(panel.locator(".error")).to_be_empty()
    assert set(said) == {BUSY}


def test_a_picture_is_dark_where_the_page_is(page):
    page.goto(f"{HENON}&basins=-1,1,-1,1,20,80")
    panel = page.locator("#panel-basins")
    expect(panel.locator("a")).to_contain_text("theme=light")
    page.emulate_media(color_scheme="dark")
    expect(panel.locator("a")).to_contain_text("theme=dark")


def test_a_panel_whose_request_fails_keeps_nothing_of_the_answer_before(page):
    page.goto(f"{HENON}&basins=-1,1,-1,1,100,80")
    panel = page.locator("#panel-basins")
    expect(panel.get_by_role("img")).to_be_visible()
    page.select_option("#system", "logistic")
    expect(panel.get_by_role("alert")).to_contain_text("needs two initial conditions")
    expect(panel.locator(".error.quiet")).to_be_visible()  # it is nobody's error
    expect(panel.locator(".result")).to_be_hidden()
    expect(panel.locator("a")).to_have_count(0)


def test_an_answer_before_is_dimmed_and_says_so_until_the_next_one_comes(page, said):
    page.goto(f"{LOGISTIC}&cycles=")
    panel = page.locator("#panel-cycles")
    expect(panel.get_by_role("status")).to_contain_text("found")
    is_settled(page)
    held = holds_back(page, r"/fixed-points\?.*r=3\.5&")
    page.fill("#input-r", "3.5")
    page.keyboard.press("Enter")
    expect(panel).to_have_class(re.compile("stale"))
    expect(panel).to_contain_text("What is shown is the answer before")
    first(page, held).fulfill(status=500, body="")
    expect(panel.get_by_role("alert")).not_to_be_empty()
    expect(panel.locator(".result")).to_be_hidden()
    assert "500" in said.pop()


def test_exponents_of_flows_are_compared_per_unit_time(page, client):
    page.goto("/?system=roessler&steps=100&diagram=c,4,6,x")
    said = page.locator("#panel-diagram").get_by_role("status")
    expect(said).to_contain_text("per unit time")
    path = page.locator("#panel-diagram a").nth(1).get_attribute("href").replace("format=csv", "format=npy")
    values = np.load(io.BytesIO(client.get(path).content))
    greatest, error = values[:, 6], values[:, 3] / 0.01
    chaotic = int((greatest > np.maximum(3 * error, 0.001)).sum())
    expect(said).to_contain_text(f"for {chaotic} of {len(values)} values of c")
    assert chaotic > 12


def test_what_escapes_does_not_set_the_scale_and_is_counted(page, client):
    page.goto("/?system=lozi&steps=100&diagram=a,1.6,2,x")
    panel = page.locator("#panel-diagram")
    expect(panel.get_by_role("status")).to_contain_text(re.compile(r"\d+ of [\d,]+ orbits escape"))
    path = panel.locator("a").first.get_attribute("href").replace("format=csv", "format=npy")
    values = np.load(io.BytesIO(client.get(path).content))
    escape = int((~(np.abs(values) < 100).all(axis=1)).sum())
    expect(panel.get_by_role("status")).to_contain_text(f"{escape:,} of {len(values):,} orbits escape")
    drawn = panel.locator("canvas").first.evaluate(
        """c => { const data = new Uint32Array(c.getContext("2d").getImageData(0, 0, c.width, c.height).data.buffer);
        return data.filter((value) => value).length / data.length; }"""
    )
    assert drawn > 0.08


LITTLE = 0.3  # CPU seconds, as the service estimates them
MORE = {"clifford": 0.41, "thomas": 0.415}  # of basins: of a single point 0.37, a round of charts 0.24, to draw 0.13


@pytest.mark.parametrize("name", SYSTEMS)
def test_what_a_panel_chooses_of_its_opening_request_costs_little(page, client, name):
    page.goto(f"/?system={name}{PANELS}")
    is_settled(page)
    resources = {resource.path: resource for resource in RESOURCES}
    links = [link.get_attribute("href") for link in page.locator(".panel .links a").all()]
    assert len(links) == 5 - (SYSTEMS[name].dimension < 2) - 2 * (not SYSTEMS[name].parameters)
    for link in links:
        path, asked = urlsplit(link).path, urlsplit(link).query
        query = resources[path].read(asked.encode(), Settings(), "png" if path == "/picture" else "json")
        seconds = query.seconds
        if path == "/horizon":  # estimated as if two bits were lost a step: how many are is known from the answer
            bits = client.get(link).json()["horizons"][0]["bits"]
            seconds = query.steps * cost.horizon_step(query.system, bits)
        assert seconds <= (MORE.get(name, LITTLE) if path == "/picture" else LITTLE), (link, seconds)
