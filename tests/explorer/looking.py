"""What tests in Chromium ask of the page, and wait for."""

import re

from playwright.sync_api import Locator, Page, Route, expect

HENON = "/?system=henon&x0=0&y0=0&a=1.4&b=0.3&steps=300&view=plane"


PANELS = "&diagram=&horizon=&cycles=&basins="


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


def name_of(element: Locator) -> str:
    place = "[...document.querySelectorAll('*')].indexOf(e)"
    return element.evaluate(f"e => `${{e.tagName}} ${{e.id || e.textContent.trim()}} (${{{place}}})`")


def opened_panel(page: Page, title: str) -> Locator:
    panel = page.locator(".panel", has=page.get_by_role("heading", name=title))
    panel.locator("summary").click()
    name = str(panel.get_attribute("id")).removeprefix("panel-")
    expect(page).to_have_url(re.compile(rf"&{name}="))  # its defaults replace what was there
    return panel


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
