"""Clients that take turns, whatever each has waiting."""

from collections import OrderedDict
from heapq import heapify, heappop, heappush
from itertools import count
from time import perf_counter
from typing import Generic, TypeVar

Item = TypeVar("Item")


class _Queue(Generic[Item]):
    """The items of one client, and since when it waits for its turn."""

    def __init__(self) -> None:
        self.since = perf_counter()
        self.items: list[tuple[int, int, Item]] = []


class Turns(Generic[Item]):
    """Items that wait, by client. A client that has none waiting is forgotten."""

    def __init__(self) -> None:
        self._clients: OrderedDict[str, _Queue[Item]] = OrderedDict()  # whose turn it is comes first
        self._numbers = count()

    def __bool__(self) -> bool:
        return bool(self._clients)

    def put(self, client: str, order: int, item: Item, goes_on: bool = False) -> None:
        """Lets an item wait, behind those of its client whose `order` is not greater.

        One that goes on has its client's turn back, which it had when it was taken.
        """
        queue = self._clients.get(client)
        if queue is None:
            queue = self._clients[client] = _Queue()
        heappush(queue.items, (order, next(self._numbers), item))
        if goes_on:
            self._clients.move_to_end(client, last=False)

    def take(self) -> Item | None:
        """The first item of the client whose turn it is, which then is behind the others; None where none waits."""
        if not self._clients:
            return None
        client, queue = next(iter(self._clients.items()))
        item = heappop(queue.items)[2]
        if queue.items:
            queue.since = perf_counter()
            self._clients.move_to_end(client)
        else:
            del self._clients[client]
        return item

    def discard(self, client: str, item: Item | None) -> bool:
        """Takes an item out. Returns whether it was there."""
        queue = self._clients.get(client)
        kept = [entry for entry in queue.items if entry[2] is not item] if queue else []
        if queue is None or len(kept) == len(queue.items):
            return False
        queue.items = kept
        heapify(queue.items)
        if not kept:
            del self._clients[client]
        return True

    def age(self) -> float:
        """Seconds for which the longest waiting client has waited for its turn."""
        return max((perf_counter() - queue.since for queue in self._clients.values()), default=0.0)
