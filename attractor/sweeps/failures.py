"""The exception that ends a sweep."""


class Failed(Exception):
    """A sweep cannot go on; the message says why. Finished shards stay, and a later start goes on from there."""
