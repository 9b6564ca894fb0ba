"""What a visit converts: goals it reaches, orders, and the cart that it leaves.

A goal counts once a visit, unless it repeats. A visit has one cart: another one, or the order it becomes, takes its
place, and keeps the custom dimensions that the visit had when the cart was filled, as in Matomo.
"""

from collections.abc import Iterable, Iterator

from msgspec import convert, structs

from pellucid.model.column import Item
from pellucid.model.event import Event
from pellucid.model.hit import Hit, HitKind, Sale, Source, SourceKind
from pellucid.model.visit import Conversion, Visit
from pellucid.visits.visits import goals_reached


def converted(hit: Hit, visit: Visit, event: Event) -> Iterator[Conversion]:
    """Count in a visit what the hit, counted already as this event, converts; yield the rows of it."""
    if hit.sale:
        yield _sold(hit, hit.sale, visit, event)
    elif hit.kind is HitKind.ORDER:
        _tell_again(visit)
    for goal in goals_reached(hit, visit):
        if goal.goal_id in visit.goals and not goal.repeats:
            continue
        if goal.goal_id not in visit.goals:
            visit.goals.append(goal.goal_id)
        visit.conversions += 1
        by_action = hit.kind is not HitKind.GOAL
        yield _conversion(
            hit,
            visit,
            kind=HitKind.GOAL,
            conversion_id=event.event_id,
            goal_id=goal.goal_id,
            event_id=event.event_id if by_action else 0,
            revenue=goal.revenue,
        )


def _tell_again(visit: Visit) -> None:
    """Count a visit in which an order is told once more as one that ordered, as in Matomo; nothing is sold."""
    visit.conversions, visit.orders = max(visit.conversions, 1), max(visit.orders, 1)


def _sold(hit: Hit, sale: Sale, visit: Visit, event: Event) -> Conversion:
    items = _each_once(sale.items, latest=bool(visit.cart_id))
    conversion_id = visit.cart_id or event.event_id
    dimensions = visit.cart_dimensions if visit.cart_id else visit.dimensions
    if hit.kind is HitKind.ORDER:
        visit.conversions += 1
        visit.orders += 1
        visit.cart_id, visit.cart_dimensions = 0, {}
    else:
        visit.cart_id, visit.cart_dimensions = conversion_id, dimensions
    return _conversion(
        hit,
        visit,
        kind=hit.kind,
        conversion_id=conversion_id,
        dimensions=dimensions,
        revenue=sale.revenue,
        subtotal=sale.subtotal,
        tax=sale.tax,
        shipping=sale.shipping,
        discount=sale.discount,
        order_id=sale.order_id,
        pieces=sum(item.quantity for item in sale.items),
        items=items,
    )


def _each_once(items: Iterable[Item], *, latest: bool) -> tuple[Item, ...]:
    """Return a row for each product, as Matomo keeps them; the pieces of all rows are counted all the same.

    Of rows that name one product the first counts, and of a cart that takes another's place the last.
    """
    each: dict[str, Item] = {}
    for item in items:
        if latest or item.sku not in each:
            each[item.sku] = item
    return tuple(each.values())


def _conversion(hit: Hit, visit: Visit, **told: float | str | tuple[Item, ...] | dict[str, str]) -> Conversion:
    source = _attributed(hit, visit)
    return structs.replace(
        convert(visit, Conversion, from_attributes=True),
        source_kind=source.kind,
        source_name=source.name,
        source_keyword=source.keyword,
        source_url=source.url,
        time=hit.time,
        pageview_id=hit.pageview_id,
        url=hit.url,
        pages_before=visit.pageviews,
        **told,
    )


def _attributed(hit: Hit, visit: Visit) -> Source:
    """Return where a conversion came from: a campaign, now or remembered, before a referrer that is remembered."""
    of_visit = Source(SourceKind(visit.source_kind), visit.source_name, visit.source_keyword, visit.source_url)
    if hit.attributed is None:
        return of_visit
    if hit.attributed.kind is not SourceKind.CAMPAIGN and of_visit.kind is SourceKind.CAMPAIGN:
        return of_visit
    return hit.attributed
