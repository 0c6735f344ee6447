"""The same bits on AArch64, which is emulated; `make test-arm` runs it."""

import subprocess

from tests.machines import arm
from tests.machines.digests import NAMES, digests


def test_aarch64_gives_the_same_answers():
    command = [*arm.command(), "-m", "tests.machines.digests", *NAMES]
    run = subprocess.run(command, cwd=arm.ROOT, env=arm.environment(), stdout=subprocess.PIPE, text=True, check=True)
    print(run.stdout)
    expected = [f"{digest} {name} {what}" for name in NAMES for what, digest in digests(name)]
    assert run.stdout.splitlines() == expected
