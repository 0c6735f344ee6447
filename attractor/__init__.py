"""A compute API for discrete-time dynamical systems: one URL names one orbit."""

__version__ = "0.1.0"
