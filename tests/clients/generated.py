"""Asks what it is told on stdin by a generated client, and prints what that holds of each answer, as JSON.

It runs in an environment of its own, without the service's packages. Each thing asked is a path, the values of its
parameters, and whether they are posted.
"""

import importlib
import json
import sys
from enum import Enum
from typing import Any

from client.client import Client


def plain(value: Any) -> Any:
    """What JSON made `value`."""
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value.to_dict() if hasattr(value, "to_dict") else value


def typed(module: Any, name: str, value: Any) -> Any:
    """A value as the generated function takes it: of an enumeration, the member."""
    words = (each for each in vars(module).values() if isinstance(each, type) and issubclass(each, Enum))
    suffix = name.replace("_", "")
    return next((each(value) for each in words if each.__name__.lower().endswith(suffix)), value)


def answer(tag: str, operation: str, values: dict[str, Any], is_posted: bool) -> Any:
    module = importlib.import_module(f"client.api.{tag}.{operation}{'_by_post' if is_posted else ''}")
    if is_posted:
        bodies = importlib.import_module(f"client.models.{operation}_by_post_body")
        body = next(each for name, each in vars(bodies).items() if name.endswith("ByPostBody"))
        return module.sync(client=CLIENT, body=body.from_dict(values))
    named = {{"format": "format_"}.get(name, name): typed(module, name, value) for name, value in values.items()}
    return module.sync(client=CLIENT, **named)


CLIENT = Client(base_url=sys.argv[1], raise_on_unexpected_status=True, timeout=300)
json.dump([plain(answer(*asked)) for asked in json.load(sys.stdin)], sys.stdout)
