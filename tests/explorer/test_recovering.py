"""What of a page does not come, and what it then says and does: in Chromium."""

import re

import pytest
from playwright.sync_api import expect

from tests.explorer.conftest import opened
from tests.explorer.looking import HENON, REFUSED, is_settled, shows

LOST = "Failed to load resource: net::ERR_FAILED"


@pytest.mark.parametrize("lost", ["main.js", "figure.js", "style.css"])
def test_a_part_that_is_lost_is_told_and_asked_for_again(page, said, lost):
    pattern = re.compile(rf"/assets/\w+/{lost}$")
    page.route(pattern, lambda route: route.abort())
    page.goto(HENON)
    expect(page.locator("#late")).to_contain_text("A part of this page did not come")
    expect(page.locator("#late")).to_be_visible()
    page.unroute(pattern)
    with page.expect_event("load"):  # of the page anew
        pass
    shows(page, "a=1.4")
    expect(page.locator("#late")).to_be_hidden()
    assert set(said) == {LOST}
    said.clear()


@pytest.mark.parametrize(("path", "lost"), [("/", "catalogue.json"), ("/docs", "openapi.json")])
def test_data_that_cannot_be_had_are_told_and_asked_for_again(page, said, path, lost):
    pattern = re.compile(rf"/{lost}$")
    page.route(pattern, lambda route: route.abort())
    page.goto(path)
    expect(page.locator("#reached")).to_contain_text("cannot be reached")
    page.unroute(pattern)
    expect(page.locator("#reached")).to_be_empty()
    if path == "/":
        shows(page, "system=lorenz")
    else:
        expect(page.locator(".operation").first).to_be_visible()
    assert set(said) == {LOST}
    said.clear()


def test_a_service_that_is_lost_is_told_where_its_answers_are_waited_for(page, said):
    """On a phone what stands at the top is far away."""
    page.goto(f"{HENON}&cycles=")
    shows(page, "a=1.4")
    is_settled(page)
    pattern = re.compile(r"/(calculation|fixed-points)\?")
    page.route(pattern, lambda route: route.abort())
    page.fill("#input-a", "1.3")
    page.keyboard.press("Enter")
    for beside in (page.locator("#busy"), page.locator("#panel-cycles p", has=page.locator("progress"))):
        expect(beside).to_contain_text("The service cannot be reached; it is asked again")
        expect(beside).to_be_visible()
        expect(beside).not_to_contain_text("Computing")
    expect(page.locator("#panel-cycles")).to_contain_text("What is shown is the answer before.")
    page.unroute(pattern)
    shows(page, "a=1.3")
    is_settled(page)
    expect(page.locator("#busy")).to_be_hidden()
    expect(page.locator("#busy-text")).to_have_text("Computing …")
    assert set(said) == {LOST}
    said.clear()


@pytest.mark.parametrize(("path", "words"), [("/", "drawn with JavaScript"), ("/docs", "made with JavaScript")])
def test_without_javascript_a_page_says_so_and_where_else_to_go(browser, address, said, client, path, words):
    with opened(browser, address, said, java_script_enabled=False) as page:
        page.goto(path)
        told = page.locator("noscript p")
        expect(told).to_contain_text(words)
        expect(told).to_be_visible()
        links = [link.get_attribute("href") for link in told.locator("a").all()]
        assert links
        assert {client.get(link).status_code for link in links} == {200}
        expect(page.locator("#late")).to_be_hidden()
    assert all("preload" in line for line in said)
    said.clear()


def test_a_clipboard_that_is_refused_lets_one_copy_by_hand(page):
    page.add_init_script("navigator.clipboard.writeText = () => Promise.reject(); document.execCommand = () => false")
    page.goto(HENON)
    shows(page, "a=1.4")
    for button, beside in (("#copy-url", "#url"), ("#copy-snippet", "#snippet")):
        page.click(button)
        expect(page.locator("#copied")).to_contain_text("refuses to copy")
        assert page.evaluate("getSelection().toString()") == page.locator(beside).inner_text()


def test_a_refusal_is_gone_with_the_next_answer(page, said):
    page.goto(HENON)
    shows(page, "a=1.4")
    page.fill("#input-correct", "5000")
    page.keyboard.press("Enter")
    expect(page.locator("#error-correct")).to_contain_text("1 to 1,000")
    page.fill("#input-correct", "")
    page.keyboard.press("Enter")
    expect(page.locator("#error-correct")).to_be_empty()
    assert REFUSED not in said
