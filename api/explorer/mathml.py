"""A system's formula as MathML, which browsers render by themselves."""

from core.formula import latex
from core.system import System


def mathml(system: System) -> str:
    """The equations of `system` as one display-mode element."""
    from latex2mathml.converter import convert  # read a table of symbols: for those who show a page

    return convert(latex(system).replace("{aligned}", "{align*}"), display="block")  # the name that it knows
