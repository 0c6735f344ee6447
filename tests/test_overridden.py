"""Internals of others that are overridden were looked at in these versions: another needs another look.

pyproject.toml bounds them above for the same reason.
"""

from importlib.metadata import version

import pytest

OVERRIDDEN = {
    "uvicorn": "0.54",  # api/server: the protocol's parser and flow control, how the server starts and stops
    "numba": "0.68",  # core/compiling: the cache of a dispatcher, and how functions are numbered
    "matplotlib": "3.11",  # api/pictures/canvas: where the list of fonts lies
}


@pytest.mark.parametrize("name", OVERRIDDEN)
def test_what_is_overridden_is_of_the_version_that_was_looked_at(name):
    assert version(name).startswith(f"{OVERRIDDEN[name]}.")
