"""Which tests are run where kernels check each index."""

import numba
import pytest

from attractor.core.catalogue import SYSTEMS
from attractor.core.system import System
from tests.checked import CHECKED, shape


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of a test of each system, only those of one system of each shape."""
    if not numba.config.BOUNDSCHECK:
        return
    assert {shape(SYSTEMS[name]) for name in CHECKED} == {shape(system) for system in SYSTEMS.values()}
    left_out = [item for item in items if system_of(item) not in (None, *CHECKED)]
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)


def system_of(item: pytest.Item) -> str | None:
    """The catalogue's name of the system that the test is of each of, if it is."""
    given = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    found = given.get("name") or given.get("system")
    name = found.name if isinstance(found, System) else found
    return name if name in SYSTEMS else None
