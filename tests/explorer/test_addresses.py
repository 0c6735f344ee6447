"""The address of the explorer holds all that it shows, in Chromium."""

import re

import pytest
from playwright.sync_api import expect

from tests.explorer.looking import HENON, LOGISTIC, is_settled, opened_panel, picture, shows


def test_back_and_forward_go_through_what_was_seen(page):
    page.goto(HENON)
    shows(page, "a=1.4")
    first = picture(page)
    page.fill("#input-a", "1.2")
    page.keyboard.press("Enter")
    shows(page, "a=1.2")
    page.select_option("#system", "logistic")
    shows(page, "system=logistic")
    page.go_back()
    shows(page, "system=henon", "a=1.2")
    page.go_back()
    shows(page, "system=henon", "a=1.4")
    expect(page.locator("#input-a")).to_have_value("1.4")
    assert picture(page) == first
    page.go_forward()
    shows(page, "a=1.2")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("system=nope", ["system=nope names no system", "Lorenz flow"]),
        ("system=henon&rho=3&rho=4&steps=10", ["rho is not known to Hénon map"]),
        ("system=henon&a=1.2&a=1.3", ["a is given more than once"]),
        ("system=henon&view=up&axes=x,z&draw=ink&along=q", ["view=up", "axes=x,z", "draw=ink", "along=q"]),
        ("system=lorenz&camera=1,2&frame=1,0,2,3", ["camera=1,2 is not three numbers", "frame=1,0,2,3"]),
        ("system=henon&diagram=q,1,2,x&diagram-zoom=1,2", ["diagram=q,1,2,x does not fit", "diagram-zoom=1,2"]),
    ],
)
def test_parts_of_an_address_that_do_not_count_are_told(page, query, said):
    page.goto(f"/?{query}")
    for part in said:
        expect(page.locator("#ignored")).to_contain_text(part)


def test_what_did_not_count_is_forgotten_with_the_next_change(page):
    page.goto("/?system=henon&draw=ink&steps=10")
    expect(page.locator("#ignored")).to_contain_text("draw=ink")
    is_settled(page)
    page.locator("#draw").select_option("lines")
    page.locator("#draw").select_option("points")
    expect(page.locator("#ignored")).to_be_empty()


def test_a_link_written_by_hand_gets_the_systems_own_view(page):
    page.goto("/?system=lorenz&rho=30")
    shows(page, "rho=30", "steps=20000", "delta_t=0.01")
    expect(page.locator("#ignored")).to_be_empty()
    page.goto("/?system=henon&view=series")
    shows(page, "system=henon", "steps=100000")


def test_many_keys_on_one_control_are_one_step_back(page):
    page.goto(HENON)
    shows(page, "a=1.4")
    before = page.evaluate("history.length")
    page.locator("#slider-a").focus()
    for _ in range(20):
        page.keyboard.press("ArrowLeft")
    value = page.locator("#input-a").input_value()
    shows(page, f"a={value}")
    assert page.evaluate("history.length") == before + 1
    page.locator("#slider-b").focus()
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("history.length") == before + 2
    page.go_back()
    shows(page, f"a={value}", "b=0.3")
    page.go_back()
    shows(page, "a=1.4")


def test_a_deep_zoom_is_shown_again_by_its_address(page):
    page.goto(HENON.replace("steps=300", "steps=2000"))
    shows(page, "steps=2000")
    page.goto(HENON.replace("steps=300", "steps=2000") + "&frame=0.63135447,0.63135449,0.18940633,0.18940635")
    shows(page, "steps=2000")
    page.locator("#canvas").press("+")
    expect(page).not_to_have_url(re.compile("0.63135449,"))
    seen, address = picture(page), page.url
    page.reload()
    shows(page, "steps=2000")
    is_settled(page)
    assert (picture(page), page.url) == (seen, address)
    keys = (
        "canvas => { for (let i = 0; i < 100; i++) canvas.dispatchEvent(new KeyboardEvent('keydown', { key: '+' })); }"
    )
    page.locator("#canvas").evaluate(keys)
    page.reload()
    shows(page, "steps=2000")
    expect(page.locator("#ignored")).to_be_empty()


def test_the_address_holds_the_panels_with_their_fields(page):
    page.goto(LOGISTIC)
    panel = opened_panel(page, "Along a parameter")
    expect(page).to_have_url(re.compile("&diagram=$"))
    panel.get_by_label("from").fill("3.5")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("&diagram=r,3.5,4,x$"))
    opened_panel(page, "Fixed points and cycles").get_by_label("Period").fill("2")
    page.keyboard.press("Enter")
    chart = panel.get_by_role("img", name="Orbit diagram")
    expect(chart).to_have_attribute("aria-label", re.compile("from 3.5 to 4"))
    chart.press("+")
    expect(page).to_have_url(re.compile("&diagram-zoom=[^&]+,"))
    is_settled(page)
    said = page.locator(".panel [role=status]").all_inner_texts()
    seen = chart.evaluate("canvas => canvas.toDataURL()")
    page.reload()
    expect(page.locator("#panel-cycles").get_by_label("Period")).to_have_value("2")
    expect(chart).to_have_attribute("aria-label", re.compile("from 3.5 to 4"))
    is_settled(page)
    assert page.locator(".panel [role=status]").all_inner_texts() == said
    assert chart.evaluate("canvas => canvas.toDataURL()") == seen
    page.go_back()
    expect(page.locator("#panel-cycles").get_by_label("Period")).to_have_value("1")
    page.select_option("#system", "henon")
    expect(panel.locator("select").first).to_have_value("a")
    expect(page).not_to_have_url(re.compile("zoom"))
    panel.locator("summary").click()
    expect(page).not_to_have_url(re.compile("diagram"))
