"""What a server has recorded, as Matomo's Reporting API tells it."""

from typing import Any

from flow.server import Server

TODAY = {"idSite": "1", "period": "day", "date": "today"}


def actions(server: Server, token: str) -> list[dict[str, Any]]:
    """Return the actions of all visits of today, each with the visit it is of."""
    visits = server.report(token, "Live.getLastVisitsDetails", **TODAY)
    return [action | {"visit": visit} for visit in visits for action in visit["actionDetails"]]


def recorded(server: Server, token: str, url: str, number: int = 1) -> list[dict[str, Any]]:
    """Return the actions at an address, as soon as there are so many."""

    def there() -> list[dict[str, Any]]:
        found = [action for action in actions(server, token) if (action.get("url") or "").endswith(url)]
        return found if len(found) >= number else []

    return server.until(there)
