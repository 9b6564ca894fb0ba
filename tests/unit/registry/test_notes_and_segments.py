from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime

import pytest
from msgspec import structs

from pellucid.errors import NotFound
from pellucid.model.annotation import Annotation
from pellucid.model.saved_segment import SavedSegment
from pellucid.registry.database import open_database
from pellucid.registry.registry import Registry

NOTE = Annotation(site_id=1, id=0, day=date(2025, 11, 24), note="Sale", login="ada")
SEGMENT = SavedSegment(
    id=0,
    name="Germans",
    definition="countryCode==de",
    login="ada",
    site_id=None,
    shared=False,
    created=datetime(2025, 11, 24, tzinfo=UTC),
)


@pytest.fixture
def registry(database_url: str) -> Iterator[Registry]:
    with closing(Registry(open_database(database_url))) as registry:
        registry.add_site("A", ["https://a"])
        registry.add_site("B", ["https://b"])
        yield registry


def test_notes_are_kept_by_site_and_day(registry: Registry) -> None:
    first = registry.annotations.add(NOTE)
    later = registry.annotations.add(structs.replace(NOTE, day=date(2025, 12, 1), starred=True))
    registry.annotations.add(structs.replace(NOTE, site_id=2))

    assert registry.annotations.on(1) == (first, later)
    assert registry.annotations.on(1, date(2025, 11, 25), date(2025, 12, 31)) == (later,)
    assert (first.id, later.id) == (0, 1)


def test_a_note_is_changed_and_deleted(registry: Registry) -> None:
    changed = structs.replace(registry.annotations.add(NOTE), note="Sale, and snow")

    registry.annotations.update(changed)
    assert registry.annotations.find(1, 0) == changed
    other = registry.annotations.add(NOTE)
    registry.annotations.delete(1, 0)
    assert registry.annotations.on(1) == (other,)
    with pytest.raises(NotFound, match="no note with id 0"):
        registry.annotations.find(1, 0)
    with pytest.raises(NotFound, match="no site 9"):
        registry.annotations.add(structs.replace(NOTE, site_id=9))


def test_segments_are_kept_under_names(registry: Registry) -> None:
    added = registry.segments.add(SEGMENT)
    changed = structs.replace(added, name="All Germans", site_id=2, edited=SEGMENT.created)

    registry.segments.update(changed)
    assert registry.segments.all() == (changed,)
    registry.segments.delete(added.id)
    assert registry.segments.all() == ()
    assert registry.segments.add(SEGMENT).id > added.id
    with pytest.raises(NotFound, match="Requested segment not found"):
        registry.segments.find(added.id)
