"""A system's plain step over numbers that enclose the exact ones: arb balls, NumPy intervals, duals over either, and
polynomials with exact coefficients."""
