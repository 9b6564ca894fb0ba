"""Visitors who never stop, and remember what they were told is recorded."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from itertools import count
from threading import Event, Thread
from typing import Self
from urllib.parse import urlencode

from msgspec import json

from flow.server import FIREFOX

VISITORS_OF_A_THREAD = 25
HITS_OF_A_BULK = 5
_SECONDS_OF_PATIENCE = 30
_SECONDS_BETWEEN_REQUESTS = 0.005
"""Leaves the machine time for what is started again."""


class Load:
    """Threads that send page views to a port for as long as this is open, one by one and in bulk."""

    def __init__(self, port: int, threads: int = 4) -> None:
        self._port = port
        self._ending = Event()
        self._failed = False
        self._acknowledged: list[list[str]] = [[] for _ in range(threads)]
        self._sent: list[list[str]] = [[] for _ in range(threads)]
        self._threads = [Thread(target=self._send, args=(number,), daemon=True) for number in range(threads)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join()

    def acknowledged(self) -> Counter[str]:
        """Return the pages of which a visitor was told that it is recorded."""
        return Counter(page for pages in self._acknowledged for page in list(pages))

    def sent(self) -> Counter[str]:
        """Return all pages that were sent; of some nobody knows whether they arrived."""
        return Counter(page for pages in self._sent for page in list(pages))

    def visitors(self) -> int:
        """Return how many visitors there are."""
        return len(self._threads) * VISITORS_OF_A_THREAD

    def _send(self, thread: int) -> None:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=_SECONDS_OF_PATIENCE)
        for pages, address, request in _requests(thread):
            if self._ending.wait(_SECONDS_BETWEEN_REQUESTS):
                break
            self._sent[thread] += pages
            with suppress(OSError, HTTPException):
                connection.request(*request, headers={"User-Agent": FIREFOX, "X-Forwarded-For": address})
                answer = connection.getresponse()
                answer.read()
                if answer.status == 204:
                    self._acknowledged[thread] += pages
                    continue
            connection.close()
        connection.close()


def _requests(thread: int) -> Iterator[tuple[list[str], str, tuple[str, str, bytes]]]:
    """Yield pages, the address of the visitor who sees them, and the request that tells of them: most tell of one."""
    for number in count():
        visitor = number % VISITORS_OF_A_THREAD
        pages = [f"http://site.example/{thread}/{number}/{view}" for view in range(1 if number % 5 else HITS_OF_A_BULK)]
        hits = [urlencode({"idsite": 1, "rec": 1, "url": page, "_id": f"{thread:08x}{visitor:08x}"}) for page in pages]
        if len(hits) == 1:
            request = ("GET", f"/matomo.php?{hits[0]}&send_image=0", b"")
        else:
            request = ("POST", "/matomo.php", json.encode({"requests": hits, "send_image": 0}))
        yield pages, f"203.0.{thread}.{visitor}", request
