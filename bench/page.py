"""`python -m bench.page`: the explorer in headless Chromium, which renders in software; prints a table.

Needs Chromium (Debian's package). Each visit is in a context of its own, so that nothing is cached.
"""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

from bench.http import process
from bench.recording import Table

FLAGS = ("--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync")
LORENZ = "/?system=lorenz&x0=1&y0=1&z0=1&sigma=10&rho=28&beta=2.6666666666666665&delta_t=0.01&view=space&steps="

# Since navigation began, to the frame after the one in which the canvas was drawn on.
FIRST = """() => new Promise((done) => {
  const look = () => document.getElementById("canvas")?.dataset.drawn
    ? requestAnimationFrame(() => done(performance.now())) : requestAnimationFrame(look);
  look();
})"""
SLIDE = """async (value) => {
  const [slider, canvas] = ["slider-rho", "canvas"].map((id) => document.getElementById(id));
  const before = canvas.dataset.drawn, begin = performance.now();
  slider.value = value;
  slider.dispatchEvent(new Event("input"));
  while (canvas.dataset.drawn === before) await new Promise(requestAnimationFrame);
  return performance.now() - begin;
}"""
FRAMES = """(milliseconds) => new Promise((done) => {
  const times = [];
  const frame = (time) => {
    times.push(time);
    if (time - times[0] < milliseconds) requestAnimationFrame(frame);
    else done(times.slice(1).map((each, i) => each - times[i]));
  };
  requestAnimationFrame(frame);
})"""


@contextmanager
def visit(browser: Browser, url: str, **options: int) -> Iterator[tuple[Page, float, dict[str, int]]]:
    """The page, milliseconds to its first orbit, and the bytes of each body on their way."""
    context = browser.new_context(viewport={"width": 1280, "height": 850}, **options)
    page = context.new_page()
    sizes: dict[str, int] = {}
    page.on(
        "requestfinished",
        lambda request: sizes.update({request.url: request.sizes()["responseBodySize"]}),
    )
    page.goto(url, wait_until="commit")
    drawn = page.evaluate(FIRST)
    yield page, drawn, sizes
    context.close()


def main() -> None:
    path = shutil.which("chromium-headless-shell") or shutil.which("chromium") or sys.exit("chromium is not on PATH")
    with (
        process("-m", "attractor", "serve") as (port, _),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        address = f"http://127.0.0.1:{port}"
        table = Table("page", "make bench-page", "what", "aim", "reached")
        with visit(browser, f"{address}/") as (_, milliseconds, _sizes):
            table.row("first orbit, the service's first visit ever", "", f"{milliseconds:.0f} ms")
        times = []
        for _ in range(7):
            with visit(browser, f"{address}/") as (page, milliseconds, sizes):
                times.append(milliseconds)
                page.wait_for_load_state("networkidle")
                orbit = sum(size for url, size in sizes.items() if "/calculation" in url)
                schema = sum(size for url, size in sizes.items() if "/openapi.json" in url)
                files = sum(sizes.values()) - orbit - schema
        table.row("first orbit of 20,000 points, cold cache", "≤ 350 ms", f"{median(times):.0f} ms")
        with visit(browser, f"{address}{LORENZ}20000") as (page, _, _sizes):
            slid = [page.evaluate(SLIDE, 20 + i / 2) for i in range(40)]
        table.row("slider to redrawn orbit of 20,000 points", "≤ 30 ms", f"{median(slid):.0f} ms")
        for ratio in (1, 2):
            with visit(browser, f"{address}{LORENZ}200000", device_scale_factor=ratio) as (page, _, _sizes):
                page.click("#spin")
                page.wait_for_timeout(300)
                frames = page.evaluate(FRAMES, 3000)
            reached = f"{1000 / (sum(frames) / len(frames)):.0f} frames/s, longest {max(frames):.0f} ms"
            table.row(f"200,000 points turning, {ratio} device pixels a CSS pixel", "no freeze", reached)
        table.row("page, style, modules and catalogue, compressed", "≤ 120 kB", f"{files / 1000:.0f} kB")
        table.row("the first orbit itself; the API's description", "", f"{orbit / 1000:.0f}; {schema / 1000:.0f} kB")
        browser.close()
    table.record()


if __name__ == "__main__":
    main()
