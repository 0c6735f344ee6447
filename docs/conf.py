"""How Sphinx builds the documents: `make docs`. The pages load nothing from elsewhere; formulas are MathML."""

import re
from typing import Any

from docutils.nodes import SkipNode
from latex2mathml.converter import convert

project = "Attractor"
copyright = "the Attractor developers, MIT licence"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
nitpicky = True

myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = "Attractor"
html_math_renderer = "mathml"
html_show_sphinx = False
html_copy_source = False


def mathml(latex: str, display: str) -> str:
    """A formula as MathML; the converter knows the environment by another name."""
    return re.sub(r"[\r\n]", " ", convert(latex.replace("{aligned}", "{align*}"), display=display))


def visit_inline(translator: Any, node: Any) -> None:
    """Writes a formula within a line, and all of the node with it."""
    translator.body.append(mathml(node.astext(), "inline"))
    raise SkipNode


def visit_block(translator: Any, node: Any) -> None:
    """Writes a displayed formula, and all of the node with it."""
    translator.body.append(f'<div class="math">{mathml(node.astext(), "block")}</div>\n')
    raise SkipNode


def setup(app: Any) -> None:
    """Tells Sphinx of the renderer."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
