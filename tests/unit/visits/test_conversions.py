from collections.abc import Iterable

from builders import NOON, a_hit
from pellucid.model.column import Item
from pellucid.model.hit import Hit, HitKind, Reached, Sale, Source, SourceKind
from pellucid.model.visit import Conversion, Past, Visit
from pellucid.visits.conversions import converted
from pellucid.visits.visits import count, open_visit
from visit_strategies import after

BELL = Item("SKU", "Bell", ("Parts",), 9.99, 2)


def converting(hits: Iterable[Hit], past: Past | None = None) -> tuple[Visit, dict[tuple[int, int], Conversion]]:
    """One visit of these hits, and the rows of what it converts: a later row takes the place of an earlier one."""
    hits = list(hits)
    visit = open_visit(hits[0], 1, past or Past())
    rows: dict[tuple[int, int], Conversion] = {}
    for number, hit in enumerate(hits, 1):
        event = count(hit, visit, number)
        rows |= {(row.conversion_id, row.goal_id): row for row in converted(hit, visit, event)}
    return visit, rows


def test_a_goal_counts_once_a_visit_unless_it_repeats() -> None:
    once, often = Reached(1, 3.0), Reached(2, 4.0, repeats=True)

    visit, rows = converting([after(minute, reached=(once, often)) for minute in range(3)])

    assert [(row.goal_id, row.revenue) for row in rows.values()] == [(1, 3.0), (2, 4.0), (2, 4.0), (2, 4.0)]
    assert (visit.conversions, visit.goals) == (4, [1, 2])


def test_a_goal_by_duration_is_reached_when_the_visit_has_taken_longer() -> None:
    long = (Reached(1, after_seconds=60),)

    _, rows = converting([after(0, reached=long), after(1, reached=long), after(2, reached=long)])

    assert [row.time for row in rows.values()] == [NOON + 120_000]


def test_a_cart_is_one_row_until_it_is_ordered() -> None:
    cart = after(1, kind=HitKind.CART, sale=Sale((BELL,), 19.98))
    fuller = after(2, kind=HitKind.CART, sale=Sale((BELL, BELL), 39.96))
    order = after(3, kind=HitKind.ORDER, sale=Sale((BELL,), 19.98, "A1"))

    left, carts = converting([after(0), cart, fuller])
    bought, orders = converting([after(0), cart, fuller, order])

    assert [(row.kind, row.pieces, row.revenue) for row in carts.values()] == [("cart", 4, 39.96)]
    assert (left.conversions, left.orders) == (0, 0)
    assert [(row.kind, row.order_id, row.items) for row in orders.values()] == [("order", "A1", (BELL,))]
    assert (bought.conversions, bought.orders) == (1, 1)


def test_a_product_that_is_told_twice_is_one_and_its_pieces_are_all_counted() -> None:
    first, second = Item("SKU", "Bell", ("Parts",), 9.99, 2), Item("SKU", "Bell, red", ("Parts",), 12.0, 1)
    cart = after(0, kind=HitKind.CART, sale=Sale((first, second), 31.98))
    order = after(1, kind=HitKind.ORDER, sale=Sale((first, second), 31.98, "A1"))

    _, bought = converting([order])
    _, carts = converting([cart])
    _, ordered = converting([cart, order])

    assert [(row.items, row.pieces, row.revenue) for row in bought.values()] == [((first,), 3, 31.98)]
    assert [(row.items, row.pieces) for row in carts.values()] == [((first,), 3)]
    assert [(row.items, row.pieces) for row in ordered.values()] == [((second,), 3)], "what was there is changed"


def test_what_a_cart_becomes_keeps_the_dimensions_that_the_visit_had_when_it_was_filled() -> None:
    guest, member = after(0, visit_dimensions={"1": "guest"}), after(2, visit_dimensions={"1": "member"})
    cart = after(1, kind=HitKind.CART, sale=Sale((BELL,), 19.98))
    fuller = after(3, kind=HitKind.CART, sale=Sale((BELL, BELL), 39.96))
    order, another = (after(4 + n, kind=HitKind.ORDER, sale=Sale((BELL,), 19.98, f"A{n}")) for n in range(2))

    _, carts = converting([guest, cart, member, fuller])
    visit, orders = converting([guest, cart, member, fuller, order, another])
    _, early = converting([a_hit(), cart, guest, order])

    assert [row.dimensions for row in carts.values()] == [{"1": "guest"}]
    assert [(row.order_id, row.dimensions) for row in orders.values()] == [
        ("A0", {"1": "guest"}),
        ("A1", {"1": "member"}),
    ]
    assert [row.dimensions for row in early.values()] == [{}]
    assert (visit.dimensions, visit.cart_dimensions) == ({"1": "member"}, {})


def test_a_cart_after_an_order_is_another() -> None:
    order = after(1, kind=HitKind.ORDER, sale=Sale((BELL,), 19.98, "A1"))
    cart = after(2, kind=HitKind.CART, sale=Sale((BELL,), 19.98))

    _, rows = converting([after(0), order, cart])

    assert sorted(row.kind for row in rows.values()) == ["cart", "order"]


def test_an_order_that_is_told_again_converts_the_visit_and_sells_nothing() -> None:
    order = after(0, kind=HitKind.ORDER, sale=Sale((BELL,), 19.98, "A1"))
    again = after(1, kind=HitKind.ORDER)

    another, nothing = converting([after(0), again])
    same, orders = converting([order, again])

    assert (another.conversions, another.orders, nothing) == (1, 1, {})
    assert (same.conversions, same.orders, len(orders)) == (1, 1, 1)


def test_a_conversion_came_from_where_it_was_told_or_where_the_visit_did() -> None:
    website, campaign = Source(SourceKind.WEBSITE, "b.example"), Source(SourceKind.CAMPAIGN, "june")
    goal = after(1, kind=HitKind.GOAL, reached=(Reached(1),))

    _, plain = converting([a_hit(source=website), goal])
    _, told = converting(
        [a_hit(source=website), after(1, kind=HitKind.GOAL, reached=(Reached(1),), attributed=campaign)]
    )

    assert [row.source_name for row in plain.values()] == ["b.example"]
    assert [row.source_name for row in told.values()] == ["june"]
