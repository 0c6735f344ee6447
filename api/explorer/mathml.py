"""A system's formula as MathML, which browsers render by themselves."""

import re

from attractor.core.formula import latex
from attractor.core.system import System


def mathml(system: System) -> str:
    """The equations of `system` as one display-mode element."""
    from latex2mathml.converter import convert  # read a table of symbols: for those who show a page

    math = convert(latex(system).replace("{aligned}", "{align*}"), display="block")  # the name that it knows
    math = math.replace('stretchy="true"', 'stretchy="false"')  # parentheses as high as what they hold: a line
    # As an exponent, which is what it makes of a prime, one comes out too small.
    return re.sub(
        r"<msup>(<mi>[^<]*</mi>)<mi>&#x02032;</mi></msup>", r'\1<mo lspace="0" rspace="0">&#x02032;</mo>', math
    )
