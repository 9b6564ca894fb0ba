"""How often hits were refused, by site, day and reason: numbers, and nothing of the hits."""

from collections.abc import Mapping

from sqlalchemy import Engine, delete, func, insert, select, update

from pellucid.policy.counting import Refused, told
from pellucid.policy.decision import Refusal
from pellucid.registry.database import for_change
from pellucid.registry.tables import REFUSED, SITE


class Refusals:
    """The counts of all web processes; safe between threads, and between processes on one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, counted: Mapping[Refused, int]) -> None:
        """Add to the counts; what was counted for a site that is gone is dropped."""
        if not counted:
            return
        with for_change(self._engine).begin() as connection:
            # Two processes that begin the same day must not both insert it.
            sites = set(connection.execute(select(SITE.c.id).with_for_update()).scalars())
            for (site_id, day, reason), number in counted.items():
                if site_id not in sites:
                    continue
                key = (REFUSED.c.site_id == site_id) & (REFUSED.c.day == day) & (REFUSED.c.reason == reason.value)
                changed = connection.execute(update(REFUSED).where(key).values(number=REFUSED.c.number + number))
                if not changed.rowcount:
                    row = {"site_id": site_id, "day": day, "reason": reason.value, "number": number}
                    connection.execute(insert(REFUSED).values(row))

    def told(self, site_id: int, first: int, last: int) -> dict[Refusal, int]:
        """Return by reason how often hits were refused on these days, as far as it may be told."""
        days = (REFUSED.c.site_id == site_id) & REFUSED.c.day.between(first, last)
        summed = select(REFUSED.c.reason, func.sum(REFUSED.c.number)).where(days).group_by(REFUSED.c.reason)
        with self._engine.connect() as connection:
            found = {Refusal(reason): told(int(number)) for reason, number in connection.execute(summed)}
        return {reason: found[reason] for reason in Refusal if found.get(reason)}

    def forget(self, before: int) -> None:
        """Delete the counts of all days before this one."""
        with for_change(self._engine).begin() as connection:
            connection.execute(delete(REFUSED).where(REFUSED.c.day < before))
