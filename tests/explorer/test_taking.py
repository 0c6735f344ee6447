"""What the explorer hands out, in Chromium: links, files and lines of code."""

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
from playwright.sync_api import Page, expect

from tests.explorer.conftest import opened
from tests.explorer.looking import HENON, picture, shows, url

OPENERS = {
    "json": lambda body: pandas.read_json(io.BytesIO(body), precise_float=True),
    "columns": lambda body: pandas.DataFrame(json.loads(body)),
    "ndjson": lambda body: polars.read_ndjson(io.BytesIO(body)).to_pandas(),
    "csv": lambda body: pandas.read_csv(io.BytesIO(body)),
    "arrow": lambda body: pyarrow.ipc.open_stream(body).read_all().to_pandas(),
    "npy": lambda body: pandas.DataFrame(np.load(io.BytesIO(body)), columns=["x", "y"]),
    "parquet": lambda body: pyarrow.parquet.read_table(io.BytesIO(body)).to_pandas(),
}


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
