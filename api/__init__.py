"""Attractor over HTTP."""
