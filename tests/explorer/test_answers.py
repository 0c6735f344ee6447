"""The explorer says only what is so, of what it was asked for: in Chromium."""

import re

import pytest
from playwright.sync_api import expect

from tests.explorer.looking import HENON, REFUSED, first, holds_back, inked, is_settled, shows, url

SENTENCES = [
    ("logistic", "x0=0&r=3&steps=50", "x at 0. It has come to rest at a fixed point"),
    ("logistic", "x0=0.2&r=3.5&steps=2000", "cycle of period 4"),
    ("lorenz", "delta_t=1e-13&steps=30", None),  # creeps
    ("logistic", "x0=1e-12&r=1.0001&steps=30", None),  # grows
    ("logistic", "x0=0.3&r=1&steps=40000", None),  # falls as 1/n
    ("henon", "steps=50&apart=1e-30&along=a", "the same at every point"),
    ("modified-lorenz", "delta_t=2&steps=20&every=3&view=series", "leaves double's range by n = 9"),
]


def test_a_refusal_stands_beside_the_control_it_names(page, said):
    page.goto(HENON)
    shows(page, "a=1.4")
    for name, wrong in (("a", "1,4"), ("steps", "0")):
        page.fill(f"#input-{name}", wrong)
        page.keyboard.press("Enter")
    control = page.locator("#input-a")
    expect(control).to_have_attribute("aria-invalid", "true")
    expect(control).to_have_accessible_description(re.compile("is not a plain decimal number"))
    expect(page.locator("#input-steps")).to_have_accessible_description(re.compile("is out of range"))
    expect(page.locator("#error-b")).to_be_empty()
    expect(page.locator("#notice")).to_contain_text("still shows the orbit before")
    page.fill("#input-a", "1.3")
    page.fill("#input-steps", "30")
    page.keyboard.press("Enter")
    shows(page, "a=1.3", "steps=30")
    expect(page.locator("#error-a")).to_be_empty()
    expect(control).not_to_have_attribute("aria-invalid", "true")
    assert set(said) == {REFUSED}
    said.clear()


@pytest.mark.parametrize(
    ("view", "asked", "said"),
    [
        ("plane", "steps=1000001&every=6", r"166,666 points \(every 6th of 1,000,001\) of one orbit"),
        ("plane&axes=x,x'", "steps=200000", r"200,000 points \(the first of 1,000,001\) of one orbit"),
    ],
)
def test_of_more_than_a_figure_shows_it_draws_a_part_and_says_which(page, view, asked, said):
    page.goto(HENON.replace("steps=300", "steps=1000001").replace("view=plane", f"view={view}"))
    shows(page, *asked.split("&"))
    expect(page.locator("#summary")).to_contain_text(re.compile(said))
    assert "steps=1000001&precision" in url(page)


def test_the_figure_of_another_system_goes_at_once(page):
    page.goto(HENON)
    shows(page, "a=1.4")
    held = holds_back(page, r"/calculation\?system=ikeda")
    page.select_option("#system", "ikeda")
    expect(page.locator("#summary")).to_be_empty()
    assert inked(page) == 0
    expect(page.locator("#figure")).to_have_attribute("aria-busy", "true")
    first(page, held).continue_()
    shows(page, "system=ikeda")
    expect(page.locator("#summary")).to_contain_text("Ikeda map")
    is_settled(page)


def test_a_refusal_goes_when_the_corrected_request_begins(page, said):
    page.goto(HENON)
    shows(page, "a=1.4")
    page.fill("#input-a", "1,4")
    page.keyboard.press("Enter")
    expect(page.locator("#error-a")).not_to_be_empty()
    held = holds_back(page, r"/calculation\?.*a=1\.3&")
    page.fill("#input-a", "1.3")
    page.keyboard.press("Enter")
    expect(page.locator("#error-a")).to_be_empty()
    expect(page.locator("#figure")).to_have_class(re.compile("stale"))
    expect(page.locator("#notice")).to_contain_text("still shows the orbit before")
    first(page, held).continue_()
    shows(page, "a=1.3")
    is_settled(page)
    assert said == [REFUSED]
    said.clear()


def test_a_service_that_cannot_be_reached_is_told_and_asked_again(page, said):
    page.goto(HENON)
    shows(page, "a=1.4")
    page.context.set_offline(True)
    page.fill("#input-a", "1.3")
    page.keyboard.press("Enter")
    expect(page.locator("#reached")).to_contain_text("cannot be reached")
    expect(page.locator("#figure")).to_have_class(re.compile("stale"))
    page.context.set_offline(False)
    shows(page, "a=1.3")
    expect(page.locator("#reached")).to_be_empty()
    assert {line.split(":")[-1] for line in said} == {"ERR_INTERNET_DISCONNECTED"}
    said.clear()


def test_what_is_said_of_an_orbit_is_so(page):
    for system, query, sentence in SENTENCES:
        page.goto(f"/?system={system}&{query}")
        is_settled(page)
        said = page.locator("#summary").inner_text() + page.locator("#notice").inner_text()
        assert system == "modified-lorenz" or "points of one orbit" in said
        if sentence:
            assert re.search(sentence, said), said
        else:
            assert not re.search("come to rest|settled", said), said


def test_a_refusal_is_no_waiting(page, said):
    """A screen reader passes over what is busy: that there is no orbit to show would not be told."""
    page.goto("/?system=henon&x0=x&y0=0&steps=10")
    expect(page.locator("#error-x0")).not_to_be_empty()
    expect(page.locator("#notice")).to_have_text("There is no orbit to show yet.")
    expect(page.locator("#figure")).to_have_attribute("aria-busy", "false")
    page.fill("#input-x0", "0.5")
    page.keyboard.press("Enter")
    shows(page, "x0=0.5")
    is_settled(page)
    expect(page.locator("#notice")).to_be_empty()
    assert set(said) == {REFUSED}
    said.clear()
