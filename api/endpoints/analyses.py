"""Everything that computes: one orbit, the analyses, and pictures of them."""

from typing import Any

from attractor.api.endpoints.analysis import Analysis
from attractor.api.endpoints.calculation import Calculation
from attractor.api.endpoints.picture import PICTURES
from attractor.api.endpoints.tables import ANALYSES
from attractor.api.resource import Resource

RESOURCES: tuple[Resource[Any, Any], ...] = (Calculation(), *ANALYSES, Analysis(PICTURES))
"""All endpoints that compute, each under a path of its own."""
