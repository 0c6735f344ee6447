"""The reference of the API at /docs, in Chromium."""

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from attractor.core.catalogue import SYSTEMS
from tests.explorer.looking import REFUSED


def test_every_operation_of_the_reference_runs_as_it_stands(page):
    page.goto("/docs")
    operations = page.locator(".operation")
    expect(operations.first).to_be_visible()
    paths = page.locator(".operation > summary code").all_inner_texts()
    document = page.evaluate("fetch('/openapi.json').then((answer) => answer.json())")
    assert set(paths) == set(document["paths"])
    for operation in operations.all():
        operation.locator("> summary").click()
        operation.get_by_role("button", name="Ask").click()
    for path, operation in zip(paths, operations.all(), strict=True):
        expect(operation.locator(".status"), path).to_have_text("200")


def test_the_words_of_the_reference_show_code_as_code(page):
    page.goto("/docs#Calculation")
    page.locator(".operation").evaluate_all("all => all.forEach((each) => { each.open = true; })")
    expect(page.locator("#Calculation > p code").first).to_have_text("steps")
    words = page.locator(".operation :is(p, td, dd > span)").all_inner_texts()
    assert len(words) > 100
    assert [text for text in words if "`" in text] == []


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
