"""The notes that accounts leave on days of their sites."""

from datetime import date

from msgspec import convert, structs
from sqlalchemy import Engine, delete, func, insert, select, update

from pellucid.errors import NotFound
from pellucid.model.annotation import Annotation
from pellucid.registry.database import for_change
from pellucid.registry.tables import ANNOTATION, SITE


class Annotations:
    """All notes; safe between threads, and between processes on one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, annotation: Annotation) -> Annotation:
        """Add a note under the next id of its site; the first is 0."""
        of_site = ANNOTATION.c.site_id == annotation.site_id
        with for_change(self._engine).begin() as connection:
            # The site's row is held, so that two notes at once get two ids.
            site = select(SITE.c.id).where(SITE.c.id == annotation.site_id).with_for_update()
            if connection.execute(site).one_or_none() is None:
                raise NotFound(f"There is no site {annotation.site_id}.")
            highest = connection.execute(select(func.max(ANNOTATION.c.id)).where(of_site)).scalar()
            added = structs.replace(annotation, id=0 if highest is None else highest + 1)
            connection.execute(insert(ANNOTATION).values(**structs.asdict(added) | {"day": added.day.isoformat()}))
        return added

    def find(self, site_id: int, number: int) -> Annotation:
        """Return one note, or raise `NotFound`."""
        found = [one for one in self.on(site_id) if one.id == number]
        if not found:
            raise NotFound(f"There is no note with id {number} for the website {site_id}.")
        return found[0]

    def on(self, site_id: int, first: date | None = None, last: date | None = None) -> tuple[Annotation, ...]:
        """Return the notes of a site by day, those of some days alone if they are named."""
        chosen = select(ANNOTATION).where(ANNOTATION.c.site_id == site_id).order_by(ANNOTATION.c.day, ANNOTATION.c.id)
        if first is not None and last is not None:
            chosen = chosen.where(ANNOTATION.c.day.between(first.isoformat(), last.isoformat()))
        with self._engine.connect() as connection:
            rows = connection.execute(chosen).mappings().all()
        return tuple(convert({str(name): value for name, value in row.items()}, Annotation) for row in rows)

    def update(self, annotation: Annotation) -> None:
        """Change what a note says, its day, and whether it is starred."""
        values = {"day": annotation.day.isoformat(), "note": annotation.note, "starred": annotation.starred}
        key = (ANNOTATION.c.site_id == annotation.site_id) & (ANNOTATION.c.id == annotation.id)
        with for_change(self._engine).begin() as connection:
            connection.execute(update(ANNOTATION).where(key).values(**values))

    def delete(self, site_id: int, number: int | None = None) -> None:
        """Delete a note, or all notes of a site."""
        chosen = ANNOTATION.c.site_id == site_id
        if number is not None:
            chosen &= ANNOTATION.c.id == number
        with for_change(self._engine).begin() as connection:
            connection.execute(delete(ANNOTATION).where(chosen))
