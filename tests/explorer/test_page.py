"""The explorer in Chromium, against the real service."""

import io
import json
import re
import subprocess
import sys

import numpy as np
import pandas
import polars
import pyarrow.ipc
import pyarrow.parquet
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from attractor.core.catalogue import SYSTEMS
from tests.conftest import connected, request, running_server
from tests.explorer.conftest import opened

HENON = "/?system=henon&x0=0&y0=0&a=1.4&b=0.3&steps=300&view=plane"
REFUSED = "Failed to load resource: the server responded with a status of 400 (Bad Request)"
BUSY = "Failed to load resource: the server responded with a status of 503 (Service Unavailable)"


def shows(page: Page, *parts: str) -> None:
    """Waits until the figure is of an orbit whose URL has `parts`."""
    every = "".join(f"(?=.*{re.escape(part)}(&|,|$))" for part in parts)
    expect(page.locator("#canvas")).to_have_attribute("data-drawn", re.compile(every))


def picture(page: Page) -> str:
    return page.evaluate("document.getElementById('canvas').toDataURL()")


def changed(page: Page, before: str) -> str:
    """The picture once it is another one."""
    page.wait_for_function("before => document.getElementById('canvas').toDataURL() !== before", arg=before)
    return picture(page)


def inked(page: Page) -> float:
    """The share of the canvas that is drawn on."""
    return page.evaluate(
        """() => { const c = document.getElementById("canvas");
        const data = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
        return data.filter((value, i) => i % 4 === 3 && value > 0).length / (c.width * c.height); }"""
    )


def url(page: Page) -> str:
    return page.locator("#url").inner_text()


def test_a_first_visit_sees_an_attractor_its_formula_and_where_it_is_from(page):
    page.goto("/")
    shows(page, "system=lorenz", "steps=20000")
    assert inked(page) > 0.05
    expect(page.locator("#formula mtr")).to_have_count(3)
    expect(page.locator("#source")).to_contain_text("Deterministic nonperiodic flow")
    expect(page.locator("#summary")).to_contain_text("20,000 points")
    assert page.locator("#system option").count() == len(SYSTEMS)


def test_choosing_a_system_shows_it_at_its_best(page):
    page.goto("/")
    shows(page, "system=lorenz")
    page.select_option("#system", "henon")
    shows(page, "system=henon", "a=1.4")
    expect(page.locator("#formula mtr")).to_have_count(2)
    expect(page.locator("[value=plane]")).to_be_checked()
    assert inked(page) > 0.01


@pytest.mark.parametrize("name", ["a", "x0", "steps"])
def test_a_slider_changes_url_and_picture_at_once(page, name):
    page.goto(HENON)
    shows(page, "a=1.4")
    before, first = picture(page), url(page)
    page.locator(f"#slider-{name}").focus()
    page.keyboard.press("ArrowLeft")
    value = page.locator(f"#input-{name}").input_value()
    assert f"{name}={value}&" not in first
    shows(page, f"{name}={value}")
    assert f"{name}={value}&" in url(page)
    assert f"{name}={value}&" in page.url
    assert picture(page) != before


def test_the_figure_is_of_the_url_that_is_shown(page, client):
    page.goto(f"{HENON}&skip=10&every=3")
    shows(page, "skip=10", "every=3")
    records = client.get(url(page).replace("format=json", "format=columns")).json()
    page.click("#numbers summary")
    rows = [row.split("\t") for row in page.locator("#numbers tbody tr").all_inner_texts()]
    assert [[int(n), float(x), float(y)] for n, x, y in rows] == [
        [records["n"][i], records["x"][i], records["y"][i]] for i in (0, 1, 2, 3, 4, -5, -4, -3, -2, -1)
    ]


def test_a_preset_shows_what_it_says(page):
    page.goto("/?system=henon")
    page.get_by_role("button", name="Period seven").click()
    shows(page, "a=1.25", "skip=900")
    expect(page.locator("#summary")).to_contain_text("cycle of period 7")
    expect(page.locator("#input-a")).to_have_value("1.25")


def test_any_plane_can_be_chosen_and_the_view_turned(page):
    page.goto("/?system=lorenz&steps=2000")
    shows(page, "steps=2000")
    seen = {picture(page)}
    page.get_by_role("radio", name="Plane").check(force=True)
    for axis, variable in (("horizontal axis", "y"), ("vertical axis", "n"), ("vertical axis", "x'")):
        page.get_by_label(axis).select_option(variable)
        assert variable.replace("'", "%27") in page.url
        seen.add(picture(page))
    page.get_by_label("vertical axis").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("vertical axis")).to_be_focused()
    expect(page).to_have_url(re.compile("axes=y,y%27"))
    seen.add(picture(page))
    page.get_by_role("radio", name="Time series").check(force=True)
    seen.add(picture(page))
    assert len(seen) == 6


def test_drag_turns_and_wheel_zooms_and_the_address_knows(page):
    page.goto("/?system=lorenz&steps=2000")
    shows(page, "steps=2000")
    still = picture(page)
    page.locator("#canvas").hover()
    page.mouse.wheel(0, 100)  # of who only scrolls past
    page.wait_for_function("() => scrollY === 100")
    assert picture(page) == still
    page.mouse.down()
    page.mouse.move(700, 350, steps=4)
    page.mouse.up()
    expect(page).to_have_url(re.compile("camera="))
    turned, address = picture(page), page.url
    page.mouse.wheel(0, -300)
    page.wait_for_url(lambda now: now != address)
    assert len({still, turned, picture(page)}) == 3
    page.click("#reset")
    expect(page).not_to_have_url(re.compile("camera="))


def test_the_figure_spins_until_another_view_is_chosen(page):
    page.goto("/?system=lorenz&steps=2000")
    shows(page, "steps=2000")
    still = picture(page)
    button = page.get_by_role("button", name="Spin")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    assert changed(page, changed(page, still)) != still
    page.get_by_role("radio", name="Plane").check(force=True)
    expect(page.locator("#spin")).to_have_attribute("aria-pressed", "false")
    page.get_by_role("radio", name="3-D").check(force=True)
    page.wait_for_timeout(50)
    stopped = picture(page)
    page.wait_for_timeout(200)
    assert picture(page) == stopped


def test_two_orbits_from_nearby_are_seen_to_part(page):
    page.goto(HENON.replace("plane", "series"))
    shows(page, "steps=300")
    alone = picture(page)
    page.get_by_label("Overlay one from nearby").check()
    shows(page, "x0=0", "x0=0.000001")
    expect(page.locator("#summary")).to_contain_text(re.compile(r"a tenth of the figure apart at n = \d+"))
    expect(page.locator("#legend")).to_be_visible()
    assert picture(page) != alone
    page.fill("#input-apart", "1e-12")
    page.keyboard.press("Enter")
    shows(page, "x0=1e-12")
    page.fill("#input-apart", "near")
    page.keyboard.press("Enter")
    expect(page.locator("#error-apart")).to_contain_text("is not a number")


def test_a_link_shows_another_what_one_sees(page, browser, address, said):
    page.goto(HENON)
    page.get_by_role("radio", name="3-D").check(force=True)
    page.fill("#input-b", "0.29")
    page.keyboard.press("Tab")
    page.get_by_label("Overlay one from nearby").check()
    shows(page, "b=0.29", "x0=0.000001")
    page.locator("#canvas").press("ArrowRight")
    copies(page, "#share")
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == page.url
    seen = picture(page)
    page.reload()
    shows(page, "b=0.29", "x0=0.000001")
    assert picture(page) == seen
    with opened(browser, address, said) as other:
        other.goto(link)
        shows(other, "b=0.29", "x0=0.000001")
        assert picture(other) == seen
        assert url(other) == url(page)


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


def test_more_than_the_page_can_draw_is_refused_by_the_page_and_offered_by_the_url(page):
    page.goto(HENON.replace("steps=300", "steps=5000000"))
    expect(page.locator("#error-steps")).to_contain_text("1,000,000 records")
    assert "steps=5000000&" in url(page)


def test_an_orbit_that_leaves_doubles_range_is_shown_up_to_there(page):
    page.goto("/?system=modified-lorenz&x0=1&y0=2&z0=3&sigma=4&rho=5&beta=1&delta_t=2&steps=20&view=series")
    shows(page, "delta_t=2")
    expect(page.locator("#notice")).to_have_text("The orbit leaves double's range at n = 9: it is shown up to there.")
    expect(page.locator("#summary")).to_contain_text("8 points")
    assert inked(page) > 0.005


def test_long_work_shows_progress_and_can_be_cancelled(page):
    page.goto(HENON)
    shows(page, "a=1.4")
    page.fill("#input-steps", "1000000000")
    page.fill("#input-skip", "999999000")
    page.keyboard.press("Enter")
    expect(page.get_by_role("progressbar")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#notice")).to_contain_text("Cancelled")
    expect(page.locator("#busy")).to_be_hidden()
    shows(page, "a=1.4", "steps=300")


OPENERS = {
    "json": lambda body: pandas.read_json(io.BytesIO(body), precise_float=True),
    "columns": lambda body: pandas.DataFrame(json.loads(body)),
    "ndjson": lambda body: polars.read_ndjson(io.BytesIO(body)).to_pandas(),
    "csv": lambda body: pandas.read_csv(io.BytesIO(body)),
    "arrow": lambda body: pyarrow.ipc.open_stream(body).read_all().to_pandas(),
    "npy": lambda body: pandas.DataFrame(np.load(io.BytesIO(body)), columns=["x", "y"]),
    "parquet": lambda body: pyarrow.parquet.read_table(io.BytesIO(body)).to_pandas(),
}


def test_every_download_opens_with_its_library(page, client):
    page.goto(HENON)
    shows(page, "a=1.4")
    links = {link.inner_text(): link for link in page.locator("#downloads a").all()}
    assert set(links) == set(OPENERS)
    rows = client.get(url(page)).json()
    for name, link in links.items():
        with page.expect_download() as download:
            link.click()
        assert re.fullmatch(r"henon-300\.\w+", download.value.suggested_filename)
        frame = OPENERS[name](download.value.path().read_bytes())
        assert frame["x"].tolist() == [row["x"] for row in rows], name


def copies(page: Page, button: str) -> None:
    """Clicks, and sees that the page says so, which it does not for long."""
    page.evaluate("""() => {
      const copied = document.getElementById("copied");
      window.said = new Promise((done) => {
        const look = () => { if (copied.textContent) done(copied.textContent); };
        new MutationObserver(look).observe(copied, {childList: true});
      });
    }""")
    page.click(button)
    assert page.evaluate("window.said") == "Copied."


def snippet(page: Page, name: str) -> str:
    page.get_by_role("tab", name=name, exact=True).click()
    copies(page, "#copy-snippet")
    text = page.evaluate("navigator.clipboard.readText()")
    assert text == page.locator("#snippet").text_content()
    return text


def test_the_snippets_run_as_they_are(page, tmp_path):
    page.goto(HENON)
    shows(page, "a=1.4")
    page.click("#copy-url")
    assert page.evaluate("navigator.clipboard.readText()") == url(page)
    subprocess.run(["bash", "-euc", snippet(page, "curl")], cwd=tmp_path, check=True, capture_output=True)
    assert len(json.loads((tmp_path / "henon-300.json").read_text())) == 300
    for name, sign in (("pandas", "300.000000"), ("numpy", "(300, 2)"), ("polars", "300.0")):
        run = subprocess.run([sys.executable, "-c", snippet(page, name)], cwd=tmp_path, capture_output=True, text=True)
        assert sign in run.stdout, run.stderr
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.evaluate(f"async () => {{ {snippet(page, 'JavaScript')} }}")
    assert said == ["300 [n, x, y]"]
    assert f'jsonlite::fromJSON("{url(page)}")' in snippet(page, "R")


def test_copying_works_over_plain_http_from_another_machine_too(page):
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.goto(HENON)
    shows(page, "a=1.4")
    copies(page, "#copy-url")
    expect(page.locator("#copy-url")).to_be_focused()
    page.locator("#input-a").press("Control+A")
    page.locator("#input-a").press("Control+V")
    expect(page.locator("#input-a")).to_have_value(url(page))


def name_of(element: Locator) -> str:
    place = "[...document.querySelectorAll('*')].indexOf(e)"
    return element.evaluate(f"e => `${{e.tagName}} ${{e.id || e.textContent.trim()}} (${{{place}}})`")


OUTLINED = """e => getComputedStyle(e).outlineStyle !== "none"
    || e.closest("label")?.matches(":has(:focus-visible)")"""
REACHABLE = "e => e.checkVisibility() && e.tabIndex >= 0 && (e.type !== 'radio' || e.checked)"


def test_the_keyboard_reaches_and_drives_everything(page):
    page.goto("/?system=lorenz&steps=500&view=space")
    shows(page, "steps=500")
    expect(page.locator("#analysis")).to_be_visible()
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
    assert len(able) > 40
    assert able - set(reached) == set()
    by_id = {name.split()[1] for name in reached}
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
        page.fill("#input-b", "what")
        page.keyboard.press("Tab")
        expect(page.locator("#error-b")).not_to_be_empty()
        page.click("#numbers summary")
        expect(page.locator("#analysis")).to_be_visible()
        for heading in page.locator(".panel > summary").all():
            heading.click()
        for error in page.locator(".panel .error").all():
            expect(error).not_to_be_empty()
        found = Axe().run(page).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"]) for v in found] == []
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
                assert control.bounding_box()["height"] >= 24, name_of(control)


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


def opened_panel(page: Page, title: str) -> Locator:
    panel = page.locator(".panel", has=page.get_by_role("heading", name=title))
    panel.locator("summary").click()
    return panel


def test_the_panels_follow_the_page(page):
    page.goto("/?system=logistic&x0=0.2&r=3.2&steps=200")
    cycles = opened_panel(page, "Fixed points and cycles")
    cycles.get_by_label("Period").fill("2")
    page.keyboard.press("Enter")
    expect(cycles.get_by_role("status")).to_contain_text("2 found")
    expect(cycles.locator("tbody")).to_contain_text("stable")
    page.fill("#input-r", "3.5")
    page.keyboard.press("Enter")
    expect(cycles.locator("tbody")).to_contain_text("unstable")
    trust = opened_panel(page, "How far to trust it")
    expect(trust.get_by_role("status")).to_contain_text("digit is right")
    along = opened_panel(page, "Along a parameter")
    expect(along.get_by_role("status")).to_contain_text(re.compile(r"for [1-9]\d % of the values of r"))
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
        running_server(ATTRACTOR_MAX_MEMORY=str(32 << 20)) as (address, _),
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


def test_every_operation_of_the_reference_runs_as_it_stands(page):
    page.goto("/docs")
    operations = page.locator(".operation")
    expect(operations.first).to_be_visible()
    paths = page.locator(".operation > summary code").all_inner_texts()
    document = page.evaluate("fetch('/openapi.json').then((answer) => answer.json())")
    assert set(paths) == set(document["paths"])
    for path, operation in zip(paths, operations.all(), strict=True):
        operation.locator("> summary").click()
        operation.get_by_role("button", name="Ask").click()
        expect(operation.locator(".status"), path).to_have_text("200")


def test_the_reference_has_examples_of_other_systems(page):
    page.goto("/docs#Calculation")
    for system in (SYSTEMS["lorenz"], SYSTEMS["logistic"], SYSTEMS["gingerbreadman"]):
        page.select_option("#system", system.name)
        page.locator("#Calculation").get_by_role("button", name="Ask").click()
        asked = page.locator("#Calculation .address")
        expect(asked).to_contain_text(f"system={system.name}")
        assert sorted(re.findall(r"[?&](\w+)=", asked.inner_text())) == sorted(["system", *system.inputs])
        expect(page.locator("#Calculation .status")).to_have_text("200")


def test_the_reference_shows_a_refusal_a_picture_and_every_digit(page, said):
    page.goto("/docs#Calculation")
    calculation, picture = page.locator("#Calculation"), page.locator("#Picture")
    calculation.get_by_label("steps", exact=True).fill("0")
    calculation.get_by_role("button", name="Ask").click()
    expect(calculation.locator(".status")).to_have_text("400")
    expect(calculation.locator("section pre").first).to_contain_text('"parameter":"steps"')
    calculation.get_by_label("steps", exact=True).fill("2")
    calculation.get_by_label("precision").select_option("decimal")
    calculation.get_by_label("digits").fill("40")
    calculation.get_by_label("x0").fill("0.1234567890123456789012345678901234567890")
    calculation.get_by_role("button", name="Ask").click()
    expect(calculation.locator(".status")).to_have_text("200")
    assert max(map(len, re.findall(r"\d+", calculation.locator("section pre").first.inner_text()))) >= 39
    picture.locator("> summary").click()
    picture.get_by_role("button", name="Ask").click()
    expect(picture.get_by_role("img")).to_be_visible()
    found = Axe().run(page).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"]) for v in found] == []
    assert set(said) == {REFUSED}
    said.clear()
