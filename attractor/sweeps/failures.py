"""Why a sweep cannot go on."""


class Failed(Exception):
    """What is wrong, in a sentence. What was computed stays, and a later start goes on from there."""
