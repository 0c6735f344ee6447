"""The name of the values: what all answers say, as numbers, is one edition."""

EDITION = 1
"""One more with each change of a number in any answer that there was; what is new, and how it is written, is no change.

`make corpus` tells whether it has to be raised.
"""

PAST: tuple[int, ...] = tuple(range(1, EDITION))
"""The editions that were."""
