"""Counted work: a bound on a computation whose cost cannot be known beforehand, the same on every machine."""


class TooMuchWork(ArithmeticError):
    """A computation needs more work than it is allowed."""


class Allowance:
    """An allowance of `units` of work, from which a computation takes some before it does them."""

    def __init__(self, units: float) -> None:
        self.units = units
        self.taken = 0.0

    def take(self, units: float) -> None:
        """Takes units. Raises TooMuchWork, and takes nothing, where fewer are left."""
        if self.taken + units > self.units:
            raise TooMuchWork(f"more than {self.units:.0f} units of work are needed")
        self.taken += units
