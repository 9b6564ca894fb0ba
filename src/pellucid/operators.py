"""What operators ask: is it well, and what has it done. No visitor's value is in the answers."""

from collections import Counter as Counts
from collections.abc import Callable, Mapping
from http import HTTPStatus
from ipaddress import ip_address
from secrets import compare_digest

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_1_0_0
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from pellucid import __version__
from pellucid.errors import NotAllowed
from pellucid.policy.counting import Refused, told
from pellucid.policy.decision import Refusal

SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names the directory in which several processes count together."""

_OF_PROXIES = ("x-forwarded-for", "forwarded", "x-real-ip", "via")
"""Headers by which a proxy says that it passes a request on."""


class Numbers:
    """The numbers of this process, which it adds to those of all others."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._registry = CollectorRegistry()
        self._shared = SHARED in environment
        self._recorded = Counter(
            "pellucid_hits_recorded", "Hits on disk before they were answered", registry=self._own()
        )
        self._refused = Counter(
            "pellucid_hits_refused",
            "Hits not recorded, in whole tens, of sites that count them; "
            "visitors whose browser sent nothing are not in it",
            ["reason"],
            registry=self._own(),
        )
        self._store = Gauge(
            "pellucid_store_up",
            "Whether the engine answered lately",
            registry=self._own(),
            multiprocess_mode="mostrecent",
        )
        self._told = 0
        self._counted: Counts[Refusal] = Counts()
        self.store_up = False

    def _own(self) -> CollectorRegistry | None:
        return None if self._shared else self._registry

    def store_is(self, *, up: bool) -> None:
        """Take over whether the engine answers now."""
        self.store_up = up
        self._store.set(up)

    def count(self, recorded: int, refused: Mapping[Refused, int]) -> None:
        """Take over how many hits were recorded since this process began, and how many refused since the last time."""
        self._recorded.inc(recorded - self._told)
        self._told = recorded
        for (_site, _day, reason), number in refused.items():
            before = told(self._counted[reason])
            self._counted[reason] += number
            more = told(self._counted[reason]) - before
            # To name a reason is to say that there was one.
            if more:
                self._refused.labels(reason.value).inc(more)

    def text(self) -> bytes:
        """Return the numbers of all processes in Prometheus' text format."""
        if not self._shared:
            return generate_latest(self._registry)
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # published without types
        return generate_latest(registry)


def routes(trouble: Callable[[], str], numbers: Numbers, token: str) -> list[BaseRoute]:
    """Return the routes of `/health` and `/metrics`.

    `/health` answers 503 when hits can not be written, or before the engine has answered for the first time; when it
    fails later, hits are still taken, and the answer is 200 with the status `degraded`. It answers at once, by what was
    found lately: who balances loads does not wait.
    """
    answered_once = False

    async def health(_request: Request) -> Response:
        nonlocal answered_once
        journal, store = trouble(), numbers.store_up
        answered_once = answered_once or store
        well = answered_once and not journal
        told = {
            "status": "unavailable" if not well else "ok" if store else "degraded",
            "journal": journal or "ok",
            "store": "ok" if store else "does not answer; hits are kept until it does",
            "version": __version__,
        }
        return JSONResponse(
            told, HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE, {"Cache-Control": "no-store"}
        )

    async def metrics(request: Request) -> Response:
        if not _may_read(request, token):
            raise NotAllowed(
                "Metrics are for this machine alone, or for who brings the token of the setting metrics_token."
            )
        return Response(await run_in_threadpool(numbers.text), media_type=CONTENT_TYPE_PLAIN_1_0_0)

    return [Route("/health", health), Route("/metrics", metrics)]


def _may_read(request: Request, token: str) -> bool:
    if token:
        return compare_digest(request.headers.get("authorization", "").encode(), f"Bearer {token}".encode())
    # What a proxy on this machine passes on comes from elsewhere.
    local = request.client is not None and ip_address(request.client.host).is_loopback
    return local and not any(name in request.headers for name in _OF_PROXIES)
