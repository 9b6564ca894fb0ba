"""The segments that accounts keep under names."""

from msgspec import convert, structs
from sqlalchemy import Engine, delete, insert, select, update

from pellucid.errors import NotFound
from pellucid.model.saved_segment import SavedSegment
from pellucid.registry.database import for_change
from pellucid.registry.tables import SEGMENT


class SavedSegments:
    """All saved segments; safe between threads, and between processes on one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, segment: SavedSegment) -> SavedSegment:
        """Add a segment, and return it with its id."""
        values = structs.asdict(segment)
        del values["id"]
        with for_change(self._engine).begin() as connection:
            key = connection.execute(insert(SEGMENT).values(**values)).inserted_primary_key
        return structs.replace(segment, id=key[0] if key else 0)

    def all(self) -> tuple[SavedSegment, ...]:
        """Return all segments by name."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(SEGMENT).order_by(SEGMENT.c.name, SEGMENT.c.id)).mappings().all()
        return tuple(convert({str(name): value for name, value in row.items()}, SavedSegment) for row in rows)

    def find(self, number: int) -> SavedSegment:
        """Return one segment, or raise `NotFound`."""
        found = [segment for segment in self.all() if segment.id == number]
        if not found:
            raise NotFound("Requested segment not found")
        return found[0]

    def update(self, segment: SavedSegment) -> None:
        """Change everything of a segment but whose it is."""
        with for_change(self._engine).begin() as connection:
            connection.execute(
                update(SEGMENT)
                .where(SEGMENT.c.id == segment.id)
                .values(
                    name=segment.name,
                    definition=segment.definition,
                    site_id=segment.site_id,
                    shared=segment.shared,
                    edited=segment.edited,
                ),
            )

    def delete(self, number: int) -> None:
        """Delete a segment; its number is given to no other."""
        with for_change(self._engine).begin() as connection:
            connection.execute(delete(SEGMENT).where(SEGMENT.c.id == number))
