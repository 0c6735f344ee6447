"""Properties that exceptions are searched for: on a fourth of the examples each time, on all of them by `make fuzz`."""

import os
from collections.abc import Callable
from typing import Any

import pytest

THOROUGHLY = "SEARCH" in os.environ
"""Whether all examples are tried."""


def searched(examples: int) -> Callable[[Any], Any]:
    """What marks a test of hypothesis, and tells how many examples it has at most."""

    from hypothesis import settings  # which processes that draw a picture do without

    def mark(test: Any) -> Any:
        count = examples if THOROUGHLY else examples // 4
        return pytest.mark.searched(settings(max_examples=count, deadline=None)(test))

    return mark
