"""The registry of an installation, for whoever needs it."""

from pellucid.app.layout import layout
from pellucid.config import Settings
from pellucid.registry.database import open_database, sqlite_url
from pellucid.registry.registry import Registry


def open_registry(settings: Settings) -> Registry:
    """Return what is set up, in the database the settings name."""
    return Registry(open_database(settings.database_url or sqlite_url(layout(settings).registry)))
