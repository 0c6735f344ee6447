"""The explorer says only what is so, of what it was asked for, and its address holds what it shows."""

import io
import re

import numpy as np
import pytest
from playwright.sync_api import Page, Route, expect

from tests.explorer.test_page import HENON, REFUSED, inked, opened_panel, picture, shows

LOGISTIC = "/?system=logistic&x0=0.2&r=3.2&steps=200"


def is_settled(page: Page) -> None:
    """Waits until the figure and the open panels are of the state that is shown."""
    expect(page.locator("#figure")).to_have_attribute("aria-busy", "false")
    expect(page.locator(".panel.stale")).to_have_count(0)


def module(page: Page, name: str) -> str:
    return page.locator(f"link[href$='/{name}']").get_attribute("href")


def computed(page: Page, name: str, expression: str, argument: object = None) -> object:
    """What an expression of `m`, a module of the page, and `a` gives."""
    script = f"async ([path, a]) => {{ const m = await import(path); return {expression}; }}"
    return page.evaluate(script, [module(page, name), argument])


def holds_back(page: Page, pattern: str) -> list[Route]:
    """The requests that match, none of which is answered before the test lets it."""
    held: list[Route] = []
    page.route(re.compile(pattern), lambda route: held.append(route))
    return held


def first(page: Page, held: list[Route]) -> Route:
    while not held:
        page.wait_for_timeout(20)
    return held[0]


# — answers belong to the state that they were asked for —


def test_a_panel_whose_request_fails_keeps_nothing_of_the_answer_before(page):
    page.goto(f"{HENON}&basins=-1,1,-1,1,100")
    panel = page.locator("#panel-basins")
    expect(panel.get_by_role("img")).to_be_visible()
    page.select_option("#system", "logistic")
    expect(panel.get_by_role("alert")).to_contain_text("needs two initial conditions")
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


def test_a_clipboard_that_is_refused_says_so(page):
    page.add_init_script("navigator.clipboard.writeText = () => Promise.reject(); document.execCommand = () => false")
    page.goto(HENON)
    shows(page, "a=1.4")
    page.click("#copy-url")
    expect(page.locator("#copied")).to_contain_text("refuses to copy")


# — sentences —


def test_exponents_of_flows_are_compared_per_unit_time(page, client):
    page.goto("/?system=roessler&steps=100&diagram=c,4,6,x")
    said = page.locator("#panel-diagram").get_by_role("status")
    expect(said).to_contain_text("per unit time")
    path = page.locator("#panel-diagram a").nth(1).get_attribute("href").replace("format=csv", "format=npy")
    values = np.load(io.BytesIO(client.get(path).content))
    greatest, error = values[:, 6], values[:, 3] / 0.01
    share = round(100 * np.mean(greatest > np.maximum(3 * error, 0.001)))
    expect(said).to_contain_text(f"for {share} % of the values of c")
    assert share > 20


SENTENCES = [
    ("logistic", "x0=0&r=3&steps=50", "x at 0. It has come to rest at a fixed point"),
    ("logistic", "x0=0.2&r=3.5&steps=2000", "cycle of period 4"),
    ("lorenz", "delta_t=1e-13&steps=30", None),  # creeps
    ("logistic", "x0=1e-12&r=1.0001&steps=30", None),  # grows
    ("logistic", "x0=0.3&r=1&steps=40000", None),  # falls as 1/n
    ("henon", "steps=50&apart=1e-30&along=a", "the same at every point"),
    ("modified-lorenz", "delta_t=2&steps=20&every=3&view=series", "leaves double's range by n = 9"),
]


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


# — the address —


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
    page.goto(HENON.replace("steps=300", "steps=100000"))
    shows(page, "steps=100000")
    page.goto(HENON.replace("steps=300", "steps=100000") + "&frame=0.63135447,0.63135449,0.18940633,0.18940635")
    shows(page, "steps=100000")
    page.locator("#canvas").press("+")
    expect(page).not_to_have_url(re.compile("0.63135449,"))
    seen, address = picture(page), page.url
    page.reload()
    shows(page, "steps=100000")
    is_settled(page)
    assert (picture(page), page.url) == (seen, address)
    for _ in range(200):
        page.locator("#canvas").press("+")
    page.reload()
    shows(page, "steps=100000")
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


# — scales —


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


def test_growth_is_shown_on_a_log_scale_or_left_out_of_the_frame_and_told(page):
    page.goto("/?system=henon&x0=2&y0=0&a=1.4&b=0.3&steps=12&view=plane")
    shows(page, "system=henon")
    expect(page.locator("#notice")).to_contain_text(re.compile(r"\d of \d+ points grow beyond the scale"))
    assert computed(page, "orbit.js", "m.grownFrom([Float64Array.from([1, 2, 1, 3, 1e9, 1e40])])") > 0
    assert computed(page, "orbit.js", "m.grownFrom([Float64Array.from([1, 2, 1, 3, 1e-9, 1e-40])])") == 0


def test_ticks_differ_from_each_other_and_are_two_at_least(page):
    page.goto(HENON)
    for low, high, count in [
        (0.18940633, 0.18940635, 8),
        (1e9, 1e9 + 1, 5),
        (-1, 1, 2),
        (0.4, 0.9, 1),
        (-3e-9, 2e-9, 6),
    ]:
        found = computed(page, "paint.js", "m.labels(m.ticks(...a)).ticks.map(({text}) => text)", [low, high, count])
        assert len(found) == len(set(found)) >= 2, found


def test_reset_goes_back_to_the_systems_own_camera(page):
    page.goto("/?system=lorenz")
    shows(page, "steps=20000")
    seen = picture(page)
    page.locator("#canvas").press("ArrowLeft")
    expect(page).to_have_url(re.compile("camera="))
    assert picture(page) != seen
    page.click("#reset")
    expect(page).not_to_have_url(re.compile("camera="))
    page.wait_for_function("before => document.getElementById('canvas').toDataURL() === before", arg=seen)
