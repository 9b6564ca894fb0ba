"""Rows of sites, goals and dimensions, and what they stand for."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from msgspec import Struct, convert, json, structs
from sqlalchemy import Connection, Row, Table, func, select

from pellucid.errors import NotFound, RequestError
from pellucid.model.goal import CustomDimension, Extraction, Goal
from pellucid.model.rules import ForAllSites, Rules
from pellucid.model.site import Privacy, Site
from pellucid.registry import tables

_CURRENCY_LETTERS = 3

_Kept = TypeVar("_Kept", bound=Struct)


def as_kept(site: Site) -> Site:
    """Return a site as it is kept: each address once, whether or not a slash was written at its end, as in Matomo."""
    urls = tuple(dict.fromkeys(url.rstrip("/") for url in site.urls))
    return structs.replace(site, name=site.name.strip(), urls=urls, currency=site.currency.upper())


def checked_row(site: Site) -> dict[str, str | bool | datetime]:
    """Return a site as its row, or raise `RequestError` telling which value is wrong."""
    if not site.name:
        raise RequestError("A site needs a name.")
    if not site.urls:
        raise RequestError("A site needs at least one address, such as https://example.org.")
    for url in site.urls:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise RequestError(
                f"The address of a site begins with http:// or https:// and has a host: {url!r} does not."
            )
    check_place(site.timezone, site.currency)
    return {
        "name": site.name,
        "urls": json.encode(site.urls).decode(),
        "timezone": site.timezone,
        "currency": site.currency,
        "ecommerce": site.ecommerce,
        "privacy": json.encode(site.privacy).decode(),
        "created": site.created,
        "rules": json.encode(site.rules).decode(),
    }


def check_place(timezone: str, currency: str) -> None:
    """Raise `RequestError` telling which is none."""
    if timezone not in available_timezones():
        raise RequestError(f"There is no time zone {timezone!r}; names are those of IANA, such as Europe/Berlin.")
    if len(currency) != _CURRENCY_LETTERS or not currency.isalpha():
        raise RequestError(f"A currency has three letters (ISO 4217), such as EUR; {currency!r} has not.")


def for_all_sites(connection: Connection) -> ForAllSites:
    """Return what counts for all sites."""
    told = connection.execute(select(tables.FOR_ALL_SITES.c.told)).scalar()
    return json.decode(told, type=ForAllSites) if told else ForAllSites()


def find_site(connection: Connection, site_id: int) -> Site:
    """Return one site, or raise `NotFound`."""
    row = connection.execute(select(tables.SITE).where(tables.SITE.c.id == site_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no site {site_id}.")
    goals, dimensions = goals_of(connection, site_id), dimensions_of(connection, site_id)
    return site_of(row, for_all_sites(connection).rules, goals, dimensions)


def site_of(row: Row[Any], of_all: Rules, goals: Sequence[Goal], dimensions: Sequence[CustomDimension]) -> Site:
    """Return a site as its row, and those of goals and dimensions, tell; `of_all` counts for all of them."""
    return Site(
        id=row.id,
        name=row.name,
        urls=json.decode(row.urls, type=tuple[str, ...]),
        timezone=row.timezone,
        currency=row.currency,
        ecommerce=row.ecommerce,
        privacy=json.decode(row.privacy, type=Privacy),
        created=row.created,
        rules=json.decode(row.rules, type=Rules),
        of_all=of_all,
        goals=tuple(goal for goal in goals if goal.site_id == row.id),
        dimensions=tuple(dimension for dimension in dimensions if dimension.site_id == row.id),
    )


def goals_of(connection: Connection, site_id: int | None = None) -> tuple[Goal, ...]:
    """Return the goals of a site, or of all, by id."""
    return tuple(_struct(Goal, row) for row in _of_site(connection, tables.GOAL, site_id) if not row.deleted)


def dimensions_of(connection: Connection, site_id: int | None = None) -> tuple[CustomDimension, ...]:
    """Return the custom dimensions of a site, or of all, by id."""
    found = []
    for row in _of_site(connection, tables.DIMENSION, site_id):
        if row.deleted:
            continue
        extractions = json.decode(row.extractions, type=tuple[Extraction, ...])
        found.append(_struct(CustomDimension, row, extractions=extractions))
    return tuple(found)


def _of_site(connection: Connection, table: Table, site_id: int | None) -> Sequence[Row[Any]]:
    chosen = select(table).order_by(table.c.site_id, table.c.id)
    return connection.execute(chosen if site_id is None else chosen.where(table.c.site_id == site_id)).all()


def _struct(kind: type[_Kept], row: Row[Any], **read: object) -> _Kept:
    """Return a row whose columns are the fields of a struct; `read` are those that are kept as text."""
    columns = {str(name): value for name, value in row._mapping.items()}  # noqa: SLF001 -- SQLAlchemy's own name for a row's columns
    return convert(columns | read, kind)


def next_id(connection: Connection, table: Table, site_id: int) -> int:
    """Return the next number within a site."""
    highest = connection.execute(select(func.max(table.c.id)).where(table.c.site_id == site_id)).scalar()
    return (highest or 0) + 1
