"""What was bought, and what was left in carts."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec import json

from builders import a_conversion
from pellucid.model.column import Item
from pellucid.model.visit import Conversion
from pellucid.registry.registry import Registry
from pellucid.store.client import Store


@pytest.mark.parametrize(("left", "price", "pieces"), [("0", 10.0, 1), ("1", 8.5, 3)])
def test_a_price_is_that_of_the_orders_or_that_of_the_carts(
    ask: Callable[..., Any], registry: Registry, store: Store, left: str, price: float, pieces: int
) -> None:
    registry.update_site(1, ecommerce=True)
    sold = [
        a_conversion(conversion_id=1, kind="order", items=(Item("bell", "Bell", (), 10.0, 1),)),
        a_conversion(conversion_id=2, kind="cart", items=(Item("bell", "Bell", (), 8.0, 2),)),
        a_conversion(conversion_id=3, kind="cart", items=(Item("bell", "Bell", (), 9.0, 4),)),
    ]
    store.insert("conversions", Conversion, b"\n".join(map(json.encode, sold)), "sold")

    (row,) = ask("Goals.getItemsSku", idSite="1", period="day", date="2025-11-24", abandonedCarts=left)

    assert (row["label"], row["avg_price"], row["avg_quantity"]) == ("bell", price, pieces)
