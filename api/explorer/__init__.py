"""The pages that a browser is shown: the explorer at /, the reference at /docs."""
