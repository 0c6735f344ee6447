"""The edition: one number that names the values of all answers."""

EDITION = 2
"""Raised with each change of a number in any answer that there was. New answers and other texts are no change.

`make corpus` tells whether it has to be raised.
"""

PAST: tuple[int, ...] = tuple(range(1, EDITION))
"""The editions that were."""
