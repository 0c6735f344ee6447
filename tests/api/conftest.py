"""A clock of its own for a process."""

import os
from glob import glob

import pytest


@pytest.fixture
def clock(tmp_path):
    """The environment that gives a process a clock of its own, and what sets that."""
    found = glob("/usr/lib/*/faketime/libfaketimeMT.so.1") + glob("/usr/local/lib/faketime/libfaketimeMT.so.1")
    if not found:
        missing = "libfaketime is not installed (Debian's package faketime): NO CLOCK WAS SET"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    file = tmp_path / "clock"

    def set_by(offset):
        (tmp_path / "next").write_text(offset)
        (tmp_path / "next").rename(file)  # at once: the process reads it all the time

    set_by("+0")
    environment = {"FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_TIMESTAMP_FILE": str(file)}
    return {"LD_PRELOAD": found[0], **environment}, set_by
