"""The promises, which docs/promises.md lists, and the tests that are marked with each."""

import ast
import re

from tests.conftest import ROOT


def promised() -> list[str]:
    """Each line of the lists in docs/promises.md."""
    return re.findall(r"^- (.+)$", (ROOT / "docs/promises.md").read_text(), re.MULTILINE)


def marked() -> dict[str, tuple[str, ...]]:
    """Of each promise that a marker names, its tests."""
    found: dict[str, tuple[str, ...]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for test in ast.parse(path.read_text()).body:
            for marker in getattr(test, "decorator_list", ()):
                if ast.unparse(marker).startswith("pytest.mark.promise("):
                    promise = ast.literal_eval(marker.args[0])
                    found[promise] = (*found.get(promise, ()), f"{path.relative_to(ROOT)}::{test.name}")
    return found
