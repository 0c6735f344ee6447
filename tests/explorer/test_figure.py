"""The figure in Chromium: what it draws, and how it follows pointer, keys and controls."""

import re

import pytest
from playwright.sync_api import expect

from attractor.core.catalogue import SYSTEMS
from tests.explorer.looking import HENON, changed, computed, inked, is_settled, picture, shows, url


def test_a_first_visit_sees_an_attractor_its_formula_and_where_it_is_from(page):
    page.goto("/")
    shows(page, "system=lorenz", "steps=20000")
    assert inked(page) > 0.05
    expect(page.locator("#formula mtr")).to_have_count(3)
    expect(page.locator("#source")).to_contain_text("Deterministic nonperiodic flow")
    expect(page.locator("#summary")).to_contain_text("20,000 points")
    assert page.locator("#system option").count() == len(SYSTEMS)


def test_words_say_what_the_system_its_inputs_and_the_terms_are(page):
    page.goto("/?system=lorenz&steps=500")
    expect(page.locator("#about")).to_contain_text("heated from below")
    expect(page.locator("#input-rho")).to_have_accessible_description(re.compile("Rayleigh number"))
    expect(page.locator("#input-x0")).to_have_accessible_description("start: speed of the convection")
    said = page.locator("#word-saddle")
    expect(said).to_be_hidden()
    page.get_by_role("button", name="a saddle").press("Enter")
    expect(said).to_be_visible()
    page.keyboard.press("Escape")
    expect(said).to_be_hidden()


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
    stopped = picture(page)
    page.evaluate("async () => { for (let i = 0; i < 12; i++) await new Promise(requestAnimationFrame); }")
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


def test_a_window_in_which_nothing_lies_is_told_until_something_does(page):
    told = page.locator("#empty")
    for view in ("plane&frame=5,6,5,6", "series&frame=400,500,0,1", "space&axes=x,y,n&camera=0.3,0.1,50"):
        page.goto(f"{HENON.replace('view=plane', f'view={view}')}&horizon=&horizon-zoom=1000,2000,100,200")
        shows(page, "a=1.4")
        expect(told).to_contain_text("No point lies in this window")
        page.locator("#canvas").press("0")
        expect(told).to_be_empty()
    beside = page.locator("#panel-horizon .empty")
    expect(beside).to_contain_text("No point lies in this window")
    page.locator("#panel-horizon canvas").press("0")
    expect(beside).to_be_empty()
    page.goto(f"{HENON}&frame=5,6,5,6")
    expect(told).not_to_be_empty()
    page.select_option("#system", "ikeda")
    expect(told).to_be_empty()


WRITTEN = """
window.written = [];
const { fillText } = CanvasRenderingContext2D.prototype;
CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
  const { width, actualBoundingBoxLeft, actualBoundingBoxRight } = this.measureText(text);
  const turn = this.getTransform();
  const ends = [x - actualBoundingBoxLeft, x + actualBoundingBoxRight].map((at) => turn.transformPoint({ x: at, y }));
  const inside = ends.every((p) => p.x >= 0 && p.x <= this.canvas.width && p.y >= 0 && p.y <= this.canvas.height);
  written.push([this.canvas.id, text, inside]);
  return fillText.call(this, text, x, y);
};
"""


@pytest.mark.parametrize("width", [360, 390, 820, 1440])
@pytest.mark.parametrize("query", ["system=lorenz", "system=chen&view=series", "system=standard", "system=duffing"])
def test_no_word_of_a_figure_is_cut_off(page, query, width):
    page.set_viewport_size({"width": width, "height": 844})
    page.add_init_script(WRITTEN)
    page.goto(f"/?{query}&diagram=&horizon=")
    is_settled(page)
    written = page.evaluate("written")
    assert [(where, text) for where, text, inside in written if not inside] == []
    names = {text for where, text, _ in written if where == "canvas"}
    shown = "θ p" if "standard" in query else "x y" if "duffing" in query else "x y z"
    assert set(shown.split()) <= {name.removesuffix(", log") for name in names}


PLACED = """
window.placed = new Map();
const { fillText, clearRect } = CanvasRenderingContext2D.prototype;
CanvasRenderingContext2D.prototype.clearRect = function (...box) {
  placed.set(this.canvas, []);
  return clearRect.apply(this, box);
};
CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
  const of = this.measureText(text), turn = this.getTransform();
  const across = [x - of.actualBoundingBoxLeft, x + of.actualBoundingBoxRight];
  const up = [y - of.actualBoundingBoxAscent, y + of.actualBoundingBoxDescent];
  const corners = [0, 1].map((i) => turn.transformPoint({ x: across[i], y: up[i] }));
  const ends = (axis) => corners.map((corner) => corner[axis]).sort((a, b) => a - b);
  if (text) placed.get(this.canvas)?.push([text, ...ends("x"), ...ends("y")]);
  return fillText.call(this, text, x, y);
};
"""


@pytest.mark.parametrize("width", [390, 820, 1440])
@pytest.mark.parametrize(
    "query",
    [
        "system=modified-lorenz&delta_t=2&steps=20&view=series&apart=0.1&along=x0",  # powers of ten with signs
        "system=henon&steps=3000&view=plane&frame=0.6313,0.6314,0.1894,0.18945",
        "system=henon&steps=3000&view=plane&frame=-0.35135447,-0.35135441,-0.18940635,-0.18940633",
        "system=lorenz&steps=3000&view=space",
        "system=chen&steps=3000&view=series&horizon=&diagram=",
        "system=standard&steps=3000&diagram=",
        "system=logistic&x0=0.2&r=3.9&steps=60&view=plane&draw=lines",
    ],
)
def test_no_word_of_a_figure_lies_over_another(page, query, width):
    page.set_viewport_size({"width": width, "height": 844})
    page.add_init_script(PLACED)
    page.goto(f"/?{query}")
    is_settled(page)
    for words in page.evaluate("[...placed.values()]"):
        assert words
        for i, (text, left, right, top, bottom) in enumerate(words):
            for other, west, east, north, south in words[:i]:
                isover = min(right, east) - max(left, west) > 0.5 and min(bottom, south) - max(top, north) > 0.5
                assert not isover, (text, other)


def test_a_cobweb_has_its_curve_and_its_start(page):
    page.add_init_script(WRITTEN)
    page.goto("/?system=logistic&x0=0.2&r=3.9&steps=60&view=plane&axes=x,x'&draw=lines")
    shows(page, "r=3.9", "steps=1&format=npy")  # the orbit, and the curve that it lies on
    assert ["canvas", "x₀, the start", True] in page.evaluate("written")


def test_growth_is_shown_on_a_log_scale_or_left_out_of_the_frame_and_told(page):
    page.goto("/?system=henon&x0=2&y0=0&a=1.4&b=0.3&steps=12&view=plane")
    shows(page, "system=henon")
    expect(page.locator("#notice")).to_contain_text(re.compile(r"\d of \d+ points grow beyond the scale"))
    assert computed(page, "orbit.js", "m.grownFrom([Float64Array.from([1, 2, 1, 3, 1e9, 1e40])])") > 0
    assert computed(page, "orbit.js", "m.grownFrom([Float64Array.from([1, 2, 1, 3, 1e-9, 1e-40])])") == 0


INKED = """(() => {
  const canvas = Object.assign(document.createElement("canvas"), {width: 40, height: 40});
  const context = canvas.getContext("2d"), at = new Float32Array(a).fill(20);
  m.dots(context, at, at, ["#ff0000", "#ff0000"], 1);
  return context.getImageData(0, 0, 40, 40).data.filter((value, i) => i % 4 === 3 && value > 0).length;
})()"""


@pytest.mark.parametrize("visits", [1, 600, 5000, 65_536, 196_608])
def test_a_place_is_seen_however_often_it_is_visited(page, visits):
    page.goto(HENON)
    assert computed(page, "paint.js", INKED, visits) == 16


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
    for low, written in [(0.18940633, " − 0.18940633"), (-0.18940635, " + 0.18940635")]:
        assert computed(page, "paint.js", "m.labels([a, a + 1e-8, a + 2e-8]).from", low) == written
