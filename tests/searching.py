"""Properties that exceptions are searched for: on a fourth of the examples each time, on all of them by `make fuzz`."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings

THOROUGHLY = "SEARCH" in os.environ
"""Whether all examples are tried."""


def searched(examples: int) -> Callable[[Any], Any]:
    """What marks a test of hypothesis, and tells how many examples it has at most."""

    def mark(test: Any) -> Any:
        count = examples if THOROUGHLY else examples // 4
        return pytest.mark.searched(settings(max_examples=count, deadline=None)(test))

    return mark
