"""The explorer in Debian's Firefox, driven by Firefox's own protocol, Marionette, since no driver is packaged."""

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.waiting import until

MISSING = "firefox-esr is not on PATH: NOTHING OF THE PAGES WAS TESTED IN FIREFOX"
SETTINGS = {
    "marionette.port": 0,  # a free one, which MarionetteActivePort tells
    # Whatever Firefox would ask of other hosts by itself.
    "app.normandy.enabled": False,
    "app.update.enabled": False,
    "browser.safebrowsing.provider.google4.updateURL": "",
    "browser.safebrowsing.provider.mozilla.updateURL": "",
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.server": "data:,",
}

OPEN = """
const [done] = arguments;
const isDrawn = () => document.getElementById("canvas")?.dataset.drawn;
const isSettled = () => isDrawn() && !document.querySelector(".stale, [aria-busy=true]");
const whenSettled = (then) => isSettled() ? then() : setTimeout(whenSettled, 50, then);
whenSettled(() => {
  for (const summary of document.querySelectorAll(".panel > summary")) summary.click();
  setTimeout(whenSettled, 0, () => done([...document.querySelectorAll(".panel")].map((panel) => [
    panel.querySelector(".error").textContent,
    panel.querySelector(".result").checkVisibility(),
  ])));
});
"""
INKED = """
return [...document.querySelectorAll("#canvas, .chart")].map((canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.filter((value, i) => i % 4 === 3 && value).length / (data.length / 4);
});
"""
ERRORS = """
return Services.console.getMessageArray()
  .filter((each) => each instanceof Ci.nsIScriptError && each.sourceName.startsWith(arguments[0])).map(String);
"""
SAID = """
const { classes, interfaces } = Components;
const storage = classes["@mozilla.org/consoleAPI-storage;1"].getService(interfaces.nsIConsoleAPIStorage);
const events = storage.getEvents().filter(({ level }) => /warn|error|assert/.test(level));
return events.map((each) => each.arguments.join(" "));
"""


class Firefox:
    """A connection to a running Firefox."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._count = 0
        self._read()  # which protocol it speaks
        timeouts = {"script": 180_000, "pageLoad": 180_000}
        self.ask("WebDriver:NewSession", capabilities={"alwaysMatch": {"timeouts": timeouts}})

    def ask(self, command: str, **parameters: object) -> Any:
        self._count += 1
        sent = json.dumps([0, self._count, command, parameters]).encode()
        self._socket.sendall(b"%d:%b" % (len(sent), sent))
        _, _, error, result = self._read()
        assert error is None, error
        return result.get("value") if isinstance(result, dict) else result

    def run(self, script: str, *arguments: object, **options: object) -> Any:
        return self.ask("WebDriver:ExecuteScript", script=script, args=arguments, **options)

    def _read(self) -> Any:
        received = b""
        while b":" not in received:
            received += self._socket.recv(1)
        length = int(received[:-1])
        received = b""
        while len(received) < length:
            received += self._socket.recv(length - len(received))
        return json.loads(received)


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    path = shutil.which("firefox-esr")
    if not path:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(MISSING)
    profile: Path = tmp_path_factory.mktemp("profile")
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in SETTINGS.items()]
    (profile / "user.js").write_text("\n".join(lines))
    command = [path, "--headless", "--no-remote", "--profile", str(profile), "--marionette"]
    process = subprocess.Popen(
        [*command, "--remote-allow-system-access"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        listening = profile / "MarionetteActivePort"
        until(lambda: listening.exists() and listening.read_text())
        with socket.create_connection(("127.0.0.1", int(listening.read_text())), timeout=180) as connection:
            yield Firefox(connection)
    finally:
        process.terminate()
        process.wait(60)


@pytest.mark.parametrize("system", ["henon", "lorenz"])
def test_firefox_draws_an_orbit_and_opens_each_panel_without_a_complaint(firefox, address, system):
    firefox.ask("WebDriver:Navigate", url=f"{address}/?system={system}")
    panels = firefox.ask("WebDriver:ExecuteAsyncScript", script=OPEN, args=[])
    assert panels == [["", True]] * 4
    assert min(firefox.run(INKED)) > 0.01
    said = firefox.run(SAID, sandbox="system")  # in the process of the page
    firefox.ask("Marionette:SetContext", value="chrome")
    said += firefox.run(ERRORS, address)
    firefox.ask("Marionette:SetContext", value="content")
    assert said == []
