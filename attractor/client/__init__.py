"""Gives the service's answers to the command line and to Python, computed in this process or by a service."""
