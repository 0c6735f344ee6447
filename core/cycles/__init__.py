"""Cycles of a map that are proven to exist, and proofs that there are no others."""
