"""Keyboard, screen readers, small screens, dark rooms: the explorer in Chromium."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.explorer.conftest import opened
from tests.explorer.looking import (
    BUSY,
    HENON,
    LOGISTIC,
    PANELS,
    REFUSED,
    changed,
    inked,
    is_settled,
    name_of,
    picture,
    shows,
)

OUTLINED = """e => getComputedStyle(e).outlineStyle !== "none"
    || e.closest("label")?.matches(":has(:focus-visible)")"""


def violations(page: Page) -> list[tuple[str, str]]:
    return [(found["id"], found["nodes"][0]["html"]) for found in Axe().run(page).response["violations"]]


REACHABLE = "e => e.checkVisibility() && e.tabIndex >= 0 && (e.type !== 'radio' || e.checked)"


def reached(page: Page) -> list[str]:
    """What the Tab key reaches, one after the other, each outlined: all that there is to reach."""
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the figure")).to_be_focused()
    reached: list[str] = []
    focused = page.locator(":focus")
    while focused.count() and (name := name_of(focused)) not in reached:
        assert focused.evaluate(OUTLINED), name
        reached.append(name)
        page.keyboard.press("Tab")
    controls = page.locator("a[href], button, input, select, summary, [tabindex='0']").all()
    able = {name_of(control) for control in controls if control.evaluate(REACHABLE)}
    assert able - set(reached) == set()
    return reached


def test_the_keyboard_reaches_and_drives_everything(page):
    page.goto("/?system=lorenz&steps=500&view=space")
    shows(page, "steps=500")
    expect(page.locator("#analysis")).to_be_visible()
    names = reached(page)
    assert len(names) > 40
    by_id = {name.split()[1] for name in names}
    assert {"system", "canvas", "reset", "slider-rho", "input-rho", "overlay", "copy-url", "tab-curl", "share"} <= by_id

    page.locator("#canvas").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("+")
    expect(page).to_have_url(re.compile("camera=-0.7,0.2,1.25"))
    page.keyboard.press("0")
    expect(page).not_to_have_url(re.compile("camera="))
    page.locator("[value=space]").focus()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("view=plane"))
    page.get_by_role("tab", name="curl").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="pandas")).to_be_focused()
    expect(page.locator("#snippet")).to_contain_text("pandas.read_csv")


def test_the_keyboard_reaches_everything_in_open_panels(page):
    page.goto(f"{HENON}{PANELS}&numbers=&apart=1e-6")
    is_settled(page)
    links = page.locator(".panel .links a")
    expect(links).to_have_count(5)
    assert {name_of(link) for link in links.all()} <= set(reached(page))


def test_the_figure_has_a_name_and_says_what_it_shows(page):
    page.goto(HENON)
    shows(page, "a=1.4")
    canvas = page.locator("#canvas")
    expect(canvas).to_have_role("img")
    expect(canvas).to_have_accessible_name("Hénon map, in the plane of x and y")
    expect(canvas).to_have_accessible_description(re.compile(r"300 points of one orbit.*x from −1\.\d+ to 1\.\d+"))


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 360)])
def test_axe_finds_nothing(browser, address, said, scheme, width):
    with opened(browser, address, said, color_scheme=scheme, viewport={"width": width, "height": 800}) as page:
        page.goto(f"{HENON}&apart=1e-6&along=x0")
        shows(page, "x0=0.000001")
        if width < 800:
            page.locator("#sheet > summary").click()
        page.fill("#input-b", "what")
        page.keyboard.press("Tab")
        expect(page.locator("#error-b")).not_to_be_empty()
        page.click("#numbers summary")
        expect(page.locator("#analysis")).to_be_visible()
        for heading in page.locator(".panel > summary").all():
            heading.press("Enter")  # a click may miss what moves, as errors come above it
        for error in page.locator(".panel .error").all():
            expect(error).not_to_be_empty()
        assert violations(page) == []
        assert set(said) == {REFUSED}
        said.clear()


@pytest.mark.parametrize("width", [320, 390, 768])
def test_a_narrow_screen_needs_no_sideways_scroll(browser, address, said, width):
    touch = {"has_touch": True, "is_mobile": True, "device_scale_factor": 3}
    with opened(browser, address, said, viewport={"width": width, "height": 800}, **touch) as page:
        page.goto("/")
        shows(page, "system=lorenz")
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width
        box = page.locator("#canvas").bounding_box()
        assert box["width"] > width * 0.85 or width == 768
        assert 0 <= box["x"] <= width - box["width"]
        assert inked(page) > 0.03
        for control in page.locator("button, select, input[type=text]").all():
            if control.is_visible():
                assert control.bounding_box()["height"] >= 44, name_of(control)


@pytest.mark.parametrize("width", [320, 390, 768])
def test_the_reference_needs_no_sideways_scroll_on_a_narrow_screen(browser, address, said, width):
    with opened(browser, address, said, viewport={"width": width, "height": 800}) as page:
        page.goto("/docs#Calculation")
        expect(page.locator("#Calculation")).to_have_attribute("open", "")
        page.locator(".operation").evaluate_all("all => all.forEach((each) => { each.open = true; })")
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width


def test_dark_is_dark_and_less_motion_is_none(browser: Browser, address: str, said: list[str]):
    with opened(browser, address, said, color_scheme="dark", reduced_motion="reduce") as page:
        page.goto(HENON)
        shows(page, "a=1.4")
        background = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert max(map(int, re.findall(r"\d+", background))) < 50
        dark = picture(page)
        assert page.locator("#reset").evaluate("e => getComputedStyle(e).transitionDuration") == "0s"
        page.emulate_media(color_scheme="light", reduced_motion="no-preference")
        expect(page.locator("body")).to_have_css("background-color", "rgb(251, 251, 249)")
        changed(page, dark)
        assert page.locator("#reset").evaluate("e => getComputedStyle(e).transitionDuration") != "0s"


@pytest.mark.promise("No inline script runs in the pages")
def test_an_inline_script_does_not_run(page, said):
    page.goto(HENON)
    shows(page, "a=1.4")
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {textContent: 'hacked = 1'}))")
    assert page.evaluate("typeof hacked") == "undefined"
    assert "Content Security Policy" in said.pop()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 820, 390])
@pytest.mark.parametrize(
    ("query", "answered"),
    [
        ("system=henon&steps=300&frame=5,6,5,6", 4),  # with nothing in its window
        ("system=lorenz&steps=500", 4),
        ("system=logistic&steps=100", 3),
        ("system=gingerbreadman&steps=300", 3),
        ("system=standard&steps=300", 4),
    ],
)
def test_axe_finds_nothing_in_any_panel_with_its_answer(browser, address, said, scheme, query, answered, width):
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 800}}
    with opened(browser, address, said, **options) as page:
        page.goto(f"/?{query}&diagram=&horizon=&cycles=&basins=&numbers=&correct=30")
        is_settled(page)
        if width < 821:
            page.locator("#sheet > summary").click()
        expect(page.locator(".panel .result:visible")).to_have_count(answered)
        assert violations(page) == []
        page.get_by_role("button", name="a saddle").click()
        assert violations(page) == []
        assert set(said) <= {BUSY}  # the page asks again
        said.clear()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_in_the_reference(browser, address, said, scheme, width):
    with opened(browser, address, said, color_scheme=scheme, viewport={"width": width, "height": 844}) as page:
        page.goto("/docs#Calculation")
        page.locator(".operation").evaluate_all("all => all.forEach((each) => { each.open = true; })")
        page.locator("#Calculation").get_by_role("button", name="Ask").click()
        expect(page.locator("#Calculation .status")).to_have_text("200")
        assert violations(page) == []


SPOKEN = """() => {
  window.spoken = [];
  for (const region of document.querySelectorAll("[role=status], [role=alert], [aria-live]")) {
    new MutationObserver(() => { if (region.textContent) spoken.push(region.textContent); })
      .observe(region, {childList: true, characterData: true, subtree: true});
  }
}"""


def test_what_is_spoken_is_spoken_once_for_a_change(page):
    page.goto(f"{HENON}&cycles=")
    is_settled(page)
    first = page.locator("#spoken")
    expect(first).to_contain_text("300 points of one orbit")
    page.evaluate(SPOKEN)
    page.locator("#slider-a").focus()
    for _ in range(10):
        page.keyboard.press("ArrowLeft")
    value = page.locator("#input-a").input_value()
    shows(page, f"a={value}")
    is_settled(page)
    page.wait_for_function(
        "before => spoken.length > 1 && document.getElementById('spoken').textContent !== before", arg=""
    )
    last = page.locator("#summary").inner_text()
    expect(first).to_contain_text(last)
    spoken = page.evaluate("spoken")
    assert len([text for text in spoken if "points of one orbit" in text]) == 1
    assert len([text for text in spoken if "found" in text]) <= 2  # the panel's answers, as they come


def test_a_panel_speaks_once_for_an_answer_and_for_a_refusal(page, said):
    page.goto(f"{LOGISTIC}{PANELS.removesuffix('&basins=')}")
    is_settled(page)
    expect(page.locator("#spoken")).to_contain_text("200 points of one orbit")
    page.evaluate(SPOKEN)
    page.locator("#slider-r").press("ArrowLeft")
    shows(page, f"r={page.locator('#input-r').input_value()}")
    is_settled(page)
    page.wait_for_function("() => spoken.some((text) => text.includes('points of one orbit'))")
    spoken = page.evaluate("spoken")
    for words in ("points of one orbit", "Lyapunov exponent", "digit is right", "found"):
        assert len([text for text in spoken if words in text]) == 1, words
    page.evaluate("spoken.length = 0")
    page.fill("#input-r", "what")
    page.keyboard.press("Tab")
    for error in page.locator("#error-r, #panel-horizon .error, #panel-cycles .error").all():
        expect(error).not_to_be_empty()
    spoken = page.evaluate("spoken")
    assert len([text for text in spoken if "is not a plain decimal number" in text]) == 3  # the diagram has all r
    assert set(said) == {REFUSED}
    said.clear()


@pytest.mark.parametrize("panels", ["", "&horizon=&cycles="])
def test_two_thousand_moves_leave_nothing_behind(page, panels):
    page.goto(HENON + panels)
    is_settled(page)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")

    def held(moves: int) -> dict[str, float]:
        page.evaluate(MOVES, moves)
        is_settled(page)
        session.send("HeapProfiler.collectGarbage")
        return {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}

    before, after = held(200), held(2000)
    assert after["Nodes"] <= before["Nodes"] + 50
    assert after["JSEventListeners"] <= before["JSEventListeners"] + 5
    assert after["JSHeapUsedSize"] < before["JSHeapUsedSize"] + 1_000_000


MOVES = """async (moves) => {
  const slider = document.getElementById("slider-a");
  for (let move = 0; move < moves; move++) {
    slider.value = 1 + (move % 300) / 1000;
    slider.dispatchEvent(new Event("input"));
    await new Promise((done) => setTimeout(done));
  }
  slider.dispatchEvent(new Event("change"));
}"""


def test_on_a_phone_the_figure_stays_and_the_controls_are_in_a_sheet(browser, address, said):
    touch = {"has_touch": True, "is_mobile": True, "device_scale_factor": 2}
    with opened(browser, address, said, viewport={"width": 390, "height": 800}, **touch) as page:
        page.goto("/?system=lorenz&steps=2000")
        shows(page, "steps=2000")
        expect(page.locator("#input-rho")).to_be_hidden()
        page.locator("#sheet > summary").tap()
        expect(page.locator("#input-rho")).to_be_visible()
        stage, sheet = page.locator(".stage").bounding_box(), page.locator("#sheet").bounding_box()
        assert stage["y"] >= -1
        assert stage["y"] + stage["height"] <= sheet["y"] + 1
        assert sheet["y"] + sheet["height"] <= 801
        page.locator("#sheet > summary").tap()
        page.evaluate("document.getElementById('keys').scrollIntoView({block: 'end'})")
        assert abs(page.locator(".stage").bounding_box()["y"]) < 1 or page.evaluate("scrollY") == 0
        assert page.locator("#canvas").evaluate("e => getComputedStyle(e).touchAction") == "pan-y"
        for link in page.locator("header a, #downloads a, #open-url").all():
            assert link.bounding_box()["height"] >= 44, name_of(link)
