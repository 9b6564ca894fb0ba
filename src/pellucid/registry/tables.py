"""The tables of the registry. A change here is a new revision in `migrations/versions`."""

from datetime import UTC, datetime

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)


class Moment(TypeDecorator[datetime]):
    """A point in time, kept in UTC: SQLite has no zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Return the moment as it is kept."""
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Return the moment as it was given."""
        return value and (value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC))


METADATA = MetaData()

REVISION = Table(
    "revision",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("number", Integer, nullable=False),
)
SITE = Table(
    "site",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False),
    Column("urls", Text, nullable=False),
    Column("timezone", String(64), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("ecommerce", Boolean, nullable=False),
    Column("privacy", Text, nullable=False),
    Column("created", Moment, nullable=False),
    Column("rules", Text, nullable=False, server_default="{}"),
    sqlite_autoincrement=True,
)
FOR_ALL_SITES = Table(
    "for_all_sites",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("told", Text, nullable=False),
)
ACCOUNT = Table(
    "account",
    METADATA,
    Column("login", String(100), primary_key=True),
    Column("password", Text, nullable=False),
    Column("superuser", Boolean, nullable=False),
)
GRANT = Table(
    "site_access",
    METADATA,
    Column("login", ForeignKey("account.login", ondelete="CASCADE"), primary_key=True),
    Column("site_id", ForeignKey("site.id", ondelete="CASCADE"), primary_key=True),
    Column("access", String(10), nullable=False),
)
TOKEN = Table(
    "token",
    METADATA,
    Column("hash", String(64), primary_key=True),
    Column("login", ForeignKey("account.login", ondelete="CASCADE"), nullable=False),
    Column("description", Text, nullable=False),
    Column("site_ids", Text, nullable=False),
    Column("created", Moment, nullable=False),
    Column("scope", String(10), nullable=False, server_default="admin"),
    Column("expires", Moment),
)
LINK = Table(
    "one_time_link",
    METADATA,
    Column("hash", String(64), primary_key=True),
    Column("login", ForeignKey("account.login", ondelete="CASCADE"), nullable=False),
    Column("expires", Moment, nullable=False),
)
SIGN_IN = Table(
    "sign_in",
    METADATA,
    Column("hash", String(64), primary_key=True),
    Column("login", ForeignKey("account.login", ondelete="CASCADE"), nullable=False),
    Column("expires", Moment, nullable=False),
)
GOAL = Table(
    "goal",
    METADATA,
    Column("site_id", ForeignKey("site.id", ondelete="CASCADE"), primary_key=True),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("match_attribute", String(32), nullable=False),
    Column("pattern", Text, nullable=False),
    Column("pattern_type", String(32), nullable=False),
    Column("case_sensitive", Boolean, nullable=False),
    Column("allow_multiple", Boolean, nullable=False),
    Column("revenue", Float, nullable=False),
    Column("use_event_value_as_revenue", Boolean, nullable=False),
    Column("deleted", Boolean, nullable=False, server_default="0"),
)
DIMENSION = Table(
    "custom_dimension",
    METADATA,
    Column("site_id", ForeignKey("site.id", ondelete="CASCADE"), primary_key=True),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("index", Integer, nullable=False),
    Column("scope", String(10), nullable=False),
    Column("name", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("extractions", Text, nullable=False, server_default="[]"),
    Column("case_sensitive", Boolean, nullable=False, server_default="1"),
    Column("deleted", Boolean, nullable=False, server_default="0"),
)
REFUSED = Table(
    "refused",
    METADATA,
    Column("site_id", ForeignKey("site.id", ondelete="CASCADE"), primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("reason", String(32), primary_key=True),
    Column("number", Integer, nullable=False),
)
ANNOTATION = Table(
    "annotation",
    METADATA,
    Column("site_id", ForeignKey("site.id", ondelete="CASCADE"), primary_key=True),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("day", String(10), nullable=False),
    Column("note", Text, nullable=False),
    Column("starred", Boolean, nullable=False),
    Column("login", String(100), nullable=False),
)
SEGMENT = Table(
    "saved_segment",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False),
    Column("definition", Text, nullable=False),
    Column("login", String(100), nullable=False),
    Column("site_id", ForeignKey("site.id", ondelete="CASCADE"), nullable=True),
    Column("shared", Boolean, nullable=False),
    Column("created", Moment, nullable=False),
    Column("edited", Moment, nullable=True),
    sqlite_autoincrement=True,
)
