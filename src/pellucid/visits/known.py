"""What is known of visitors, so that a hit finds its visit and a new visit its number.

A visitor is found by the number the hit names. Who has no visit under it, as when a cookie was deleted or a person has
signed in, is found by the day's fingerprint: as in Matomo, whose numbers these have to be; a visit that is opened
nevertheless is the next after the one that was found. So is who is nameless, for as long as a visit goes on, and is
somebody else in the next. All of it comes from the store, and what is not known is
asked for there once a batch. Visits of hits that name their visitor for certain may be many under one fingerprint, that
of a server, and are asked for when somebody else has it.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from msgspec import Struct, structs

from pellucid.model.hit import Hit, HitKind
from pellucid.model.visit import Past, Visit
from pellucid.visits.visits import day_of, is_near, open_visit, visit_of


class Gap(Struct, frozen=True):
    """What is to be asked for of one site: the visits on these days, and what these visitors did before."""

    site_id: int
    first: date
    last: date
    visitors: frozenset[int]
    fingerprints: frozenset[int]


class _Visitor(Struct):
    """All visits of a visitor from `first` to `last`, and what came before."""

    first: date
    last: date
    past: Past
    visits: list[Visit]


class Known:
    """The visitors of late. A visit is here once, whoever it is found by."""

    def __init__(self) -> None:
        self._visitors: dict[tuple[int, int], _Visitor] = {}
        self._fingerprints: dict[tuple[int, int], list[Visit]] = {}
        self._not_asked_for: dict[tuple[int, int], list[Visit]] = {}
        self._visits: dict[int, Visit] = {}

    def __len__(self) -> int:
        # Who is nameless is known by the fingerprint alone.
        return max(len(self._visitors), len(self._fingerprints))

    def forget(self) -> None:
        """Forget everything."""
        self._visitors.clear()
        self._fingerprints.clear()
        self._not_asked_for.clear()
        self._visits.clear()

    def gaps(self, hits: Iterable[Hit]) -> Iterator[Gap]:
        """Yield what has to be learned before these hits can find their visits, one gap a site."""
        by_site: dict[int, list[Hit]] = {}
        for hit in hits:
            if self._is_unknown(hit):
                by_site.setdefault(hit.site_id, []).append(hit)
        for site_id, unknown in by_site.items():
            visitors = frozenset(hit.visitor_id for hit in unknown if not hit.nameless)
            covered = [self._visitors[site_id, one] for one in visitors if (site_id, one) in self._visitors]
            days = [day_of(hit) for hit in unknown]
            yield Gap(
                site_id=site_id,
                first=min([*days, *(visitor.first for visitor in covered)]),
                last=max([*days, *(visitor.last for visitor in covered)]),
                visitors=visitors,
                fingerprints=frozenset(
                    hit.fingerprint
                    for hit in unknown
                    if _looks_alike(hit) and (site_id, hit.fingerprint) not in self._fingerprints
                ),
            )

    def learn(self, gap: Gap, pasts: Mapping[int, Past], visits: Iterable[Visit]) -> None:
        """Take in what was asked for."""
        for visitor in gap.visitors:
            past = pasts.get(visitor, Past())
            self._visitors[gap.site_id, visitor] = _Visitor(gap.first, gap.last, past, [])
        for fingerprint in gap.fingerprints:
            self._fingerprints[gap.site_id, fingerprint] = self._not_asked_for.pop((gap.site_id, fingerprint), [])
        alike = {visit.visit_id for one in gap.fingerprints for visit in self._fingerprints[gap.site_id, one]}
        for stored in visits:
            visit = self._visits.setdefault(stored.visit_id, stored)
            if visit.visitor_id in gap.visitors:
                self._visitors[gap.site_id, visit.visitor_id].visits.append(visit)
            if visit.fingerprint in gap.fingerprints and visit.visit_id not in alike:
                self._fingerprints[gap.site_id, visit.fingerprint].append(visit)

    def visit(self, hit: Hit, new_id: int) -> Visit | None:
        """Return the visit a hit belongs to, opened under `new_id` if need be; None for a ping, which opens none."""
        if hit.nameless:
            return self._visit_of_nobody(hit, new_id)
        visitor = self._visitors[hit.site_id, hit.visitor_id]
        own = [visit for visit in visitor.visits if visit.visitor_id == hit.visitor_id]
        among = own if own or visitor.past.visits or hit.named else self._alike(hit)
        visit = visit_of(hit, among)
        if visit is None and hit.kind is not HitKind.PING:
            near = None if among is own else _nearest(hit, among)
            past = _with(near) if near else _before(hit, visitor.past, own)
            visit = self._opened(hit, new_id, past)
        if visit is not None and not any(visit is one for one in visitor.visits):
            visitor.visits.append(visit)
        return visit

    def _visit_of_nobody(self, hit: Hit, new_id: int) -> Visit | None:
        """Return the visit of a nameless hit; one that it opens soon after another has the visitor of that one."""
        alike = self._alike(hit)
        visit = visit_of(hit, alike)
        if visit is not None or hit.kind is HitKind.PING:
            return visit
        near = _nearest(hit, alike)
        if near is None:
            return self._opened(hit, new_id, Past())
        visit = self._opened(structs.replace(hit, visitor_id=near.visitor_id), new_id, _with(near))
        if visitor := self._visitors.get((hit.site_id, near.visitor_id)):
            visitor.visits.append(visit)
        return visit

    def _opened(self, hit: Hit, new_id: int, past: Past) -> Visit:
        visit = self._visits[new_id] = open_visit(hit, new_id, past)
        if hit.fingerprint:
            key = hit.site_id, hit.fingerprint
            visits = self._fingerprints if key in self._fingerprints else self._not_asked_for
            visits.setdefault(key, []).append(visit)
        return visit

    def _is_unknown(self, hit: Hit) -> bool:
        if hit.nameless:
            return (hit.site_id, hit.fingerprint) not in self._fingerprints
        visitor = self._visitors.get((hit.site_id, hit.visitor_id))
        if visitor is None or not visitor.first <= day_of(hit) <= visitor.last:
            return True
        return _looks_alike(hit) and (hit.site_id, hit.fingerprint) not in self._fingerprints

    def _alike(self, hit: Hit) -> list[Visit]:
        if not hit.fingerprint:
            return []
        alike = self._fingerprints[hit.site_id, hit.fingerprint]
        return [visit for visit in alike if not hit.user_id or visit.user_id in {"", hit.user_id}]


def _looks_alike(hit: Hit) -> bool:
    """Return whether a hit may go on with the visit of somebody who looks like its visitor."""
    return bool(hit.fingerprint) and not hit.named


def _nearest(hit: Hit, alike: Iterable[Visit]) -> Visit | None:
    return max((one for one in alike if is_near(hit, one)), key=lambda one: one.last_time, default=None)


def _with(visit: Visit) -> Past:
    """Return what a visitor has done up to a visit and in it."""
    return Past(
        visits=visit.visit_number,
        first_time=visit.visitor_since,
        last_time=visit.first_time,
        order_time=visit.first_time if visit.orders else visit.previous_order_time,
        ordered=visit.orders > 0,
    )


def _before(hit: Hit, past: Past, visits: Iterable[Visit]) -> Past:
    """Return what a visitor did before a hit: before the visits that are known, and in those that began before it.

    As in Matomo the latest of them says it too, as it may have begun under another name.
    """
    earlier = sorted((visit for visit in visits if visit.first_time <= hit.time), key=lambda visit: visit.first_time)
    if not earlier:
        return past
    ordered = [visit.first_time for visit in earlier if visit.orders]
    return Past(
        visits=max(past.visits + len(earlier), earlier[-1].visit_number),
        first_time=min(past.first_time or earlier[0].first_time, earlier[-1].visitor_since),
        last_time=earlier[-1].first_time,
        order_time=max(ordered, default=past.order_time),
        ordered=earlier[-1].orders > 0,
    )
