"""A real Chromium, needed by what looks at pages: where it is not, that is said loudly, and in CI it is a failure."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

MISSING = "neither chromium-headless-shell nor chromium is on PATH: NOTHING OF THE PAGES WAS TESTED IN A BROWSER"
PATIENCE = 180_000  # ms: the machine may be busy, and what is waited for ends the waiting
FLAGS = ("--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync")


expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One for all; it ends before tests elsewhere, in whose thread no event loop may run."""
    # The shell has no window and no menus to draw, which take more than the pages: a quarter of the time.
    path = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if not path:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser, address: str, said: list[str], **options: Any) -> Iterator[Page]:
    """A page in a context of its own. Whatever it says in the console, or asks of another host, is put into `said`."""
    options = {
        "viewport": {"width": 1280, "height": 850},
        "permissions": ["clipboard-read", "clipboard-write"],
        **options,
    }
    context = browser.new_context(base_url=address, **options)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    # Fails on what a strict policy refuses, too: Chromium reports that as an error.
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith((address, "blob:")) else said.append(request.url))
    yield page
    context.close()


@pytest.fixture
def said() -> Iterator[list[str]]:
    """What pages complained of; a test takes out what it expects."""
    said: list[str] = []
    yield said
    assert said == []


@pytest.fixture
def page(browser: Browser, address: str, said: list[str]) -> Iterator[Page]:
    with opened(browser, address, said) as page:
        yield page
