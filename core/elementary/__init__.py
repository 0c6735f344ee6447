"""Correctly rounded functions, which need neither the C library nor NumPy: the same bits on every machine."""
