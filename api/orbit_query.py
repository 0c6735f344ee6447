"""What a query for one orbit says, once it is read."""

from decimal import Decimal
from typing import Literal

from msgspec import Struct

from api.budget import STREAM
from core.decimals import work
from core.kernel import Floats
from core.selection import Selection
from core.system import System

PATH = "/calculation"

_SHORT = 1_000  # steps

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
    steps: int
    """Those that are computed."""
    records: int
    form: str
    """The canonical URL with a %s for each input."""

    @property
    def canonical(self) -> str:
        return self.form % self.inputs

    @property
    def memory(self) -> int:
        return 3 * STREAM if self.format == "parquet" else STREAM

    @property
    def seconds(self) -> float:
        per_value = 5e-9 if self.format in ("npy", "arrow") else 80e-9
        return self.steps * 4e-9 + self.records * self.system.dimension * per_value

    @property
    def is_short(self) -> bool:
        return self.selection.steps <= _SHORT

    def exact(self) -> tuple[tuple[Decimal, ...], tuple[Decimal, ...]]:
        """Initial conditions and parameters with every digit that was written."""
        values = tuple(map(Decimal, self.inputs))
        return values[: self.system.dimension], values[self.system.dimension :]

    def work_per_step(self) -> int:
        """What a step costs in decimal, in the units of `core.decimals.work`."""
        return work(self.system, max(self.digits, *map(len, self.inputs)))


def canonical_form(system: System, selection: Selection, precision: Precision, digits: int, form: str) -> str:
    """The canonical URL with a %s for each input."""
    steps, skip, every, start = selection
    inputs = "".join(f"&{name}=%s" for name in system.inputs)
    options = f"steps={steps}&skip={skip}&every={every}&include_start={'true' if start else 'false'}"
    arithmetic = f"{precision}&digits={digits}" if precision == "decimal" else precision
    return f"{PATH}?system={system.name}{inputs}&{options}&precision={arithmetic}&format={form}"
