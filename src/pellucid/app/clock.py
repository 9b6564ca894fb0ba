"""What time it is."""

from datetime import UTC, datetime
from time import time_ns


def milliseconds() -> int:
    """Return the milliseconds since 1970."""
    return time_ns() // 1_000_000


def moment() -> datetime:
    """Return the moment, in UTC."""
    return datetime.now(UTC)
