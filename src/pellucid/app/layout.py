"""What is where in the data directory, in which the processes meet."""

from pathlib import Path

from msgspec import Struct

from pellucid.config import Settings


class Layout(Struct, frozen=True):
    """What is where in the data directory."""

    data: Path

    @property
    def registry(self) -> Path:
        """What people set up."""
        return self.data / "registry.db"

    @property
    def salts(self) -> Path:
        """The secrets of the days; a backup leaves this file out."""
        return self.data / "salts.db"

    @property
    def journals(self) -> Path:
        """Hits on disk that ingest has not moved."""
        return self.data / "journal"

    @property
    def told_of_past(self) -> Path:
        """Nothing but the time at which hits of the past came in last."""
        return self.data / "told-of-past"

    @property
    def outbox(self) -> Path:
        """What is on its way to the store."""
        return self.data / "outbox.db"

    @property
    def turn(self) -> Path:
        """Whose turn it is to move hits."""
        return self.data / "ingest.turn"

    @property
    def engine(self) -> Path:
        """The files of the embedded engine."""
        return self.data / "engine"

    @property
    def numbers(self) -> Path:
        """Where the web processes of a running server count together."""
        return self.data / "numbers"

    @property
    def opt_out(self) -> Path:
        """The secret that marks the pages of the opt-out."""
        return self.data / "opt_out.secret"

    @property
    def places(self) -> Path:
        """The owner's own database of places."""
        return self.data / "places.mmdb"

    @property
    def providers(self) -> Path:
        """The owner's own database of providers."""
        return self.data / "providers.mmdb"


def layout(settings: Settings) -> Layout:
    """Return the places in the data directory, which is made if need be and is nobody else's to read."""
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Layout(settings.data)


def place_database(settings: Settings) -> Path | None:
    """Return the owner's own database of places, if there is one."""
    return _named_or_dropped_in(settings.place_database, Layout(settings.data).places)


def provider_database(settings: Settings) -> Path | None:
    """Return the owner's own database of providers, if there is one."""
    return _named_or_dropped_in(settings.provider_database, Layout(settings.data).providers)


def _named_or_dropped_in(named: str, dropped_in: Path) -> Path | None:
    if named:
        return Path(named)
    return dropped_in if dropped_in.exists() else None
