"""Grids too large for one answer: computed in shards, by any number of processes, with the same bits."""
