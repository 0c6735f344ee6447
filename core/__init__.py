"""Discrete-time dynamical systems: the catalogue and the arithmetic that iterates it."""
