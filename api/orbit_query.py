"""What a query for one orbit says, once it is read."""

from decimal import Decimal
from typing import Literal

from msgspec import Struct

from core.decimals import work
from core.kernel import Floats
from core.selection import Selection
from core.system import System

Precision = Literal["auto", "double", "decimal"]


class OrbitQuery(Struct, frozen=True):
    """A valid query for one orbit."""

    system: System
    inputs: tuple[str, ...]
    """The initial conditions, then the parameters, in the one spelling that all spellings of a number share."""
    start: Floats
    parameters: Floats
    selection: Selection
    precision: Precision
    digits: int
    format: str

    def exact(self) -> tuple[tuple[Decimal, ...], tuple[Decimal, ...]]:
        """Initial conditions and parameters with every digit that was written."""
        values = tuple(map(Decimal, self.inputs))
        return values[: self.system.dimension], values[self.system.dimension :]

    def work_per_step(self) -> int:
        """What a step costs in decimal, in the units of `core.decimals.work`."""
        return work(self.system, max(self.digits, *map(len, self.inputs)))
