"""The parameters of a request to the Reporting API."""

import re
from collections.abc import Mapping

from msgspec import Struct, structs

from pellucid.errors import RequestError

DEFAULT_LIMIT = 100
ALL = -1
_WHOLE = re.compile(r"-?[0-9]{1,18}")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?")
_MISSING = "Please specify a value for '{name}'."


class Parameters(Struct, frozen=True):
    """What a request says, by name; of repeated names the last, those that end in `[]` or `[0]` as lists.

    `escaped` is the segment as it stood in an address: Matomo decodes it once less there than it does in a form.
    `whole` asks for rows with the columns too that others are worked out from, and that are not shown themselves. The
    answer is one of several, on other sites or other periods, if it is `beside` others.
    """

    given: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]] = {}
    escaped: str = ""
    whole: bool = False
    beside: bool = False

    def without(self, *names: str) -> "Parameters":
        """Return the parameters but for these."""
        given = {name: value for name, value in self.given.items() if name not in names}
        lists = {name: told for name, told in self.lists.items() if name not in names}
        return structs.replace(self, given=given, lists=lists)

    def with_text(self, **values: str) -> "Parameters":
        """Return the parameters, these values in place of others."""
        return structs.replace(self, given={**self.given, **values})

    def with_others(self, others: "Parameters") -> "Parameters":
        """Return the parameters, those of another question in place of others."""
        given, lists = {**self.given, **others.given}, {**self.lists, **others.lists}
        return structs.replace(
            self, given=given, lists=lists, escaped=others.escaped if "segment" in others.given else self.escaped
        )

    def text(self, name: str, default: str | None = None) -> str:
        """Return a value, or raise `RequestError` if there is none and no default."""
        value = self.given.get(name, default)
        if value is None:
            raise RequestError(_MISSING.format(name=name))
        return value

    @property
    def segment(self) -> str:
        """The segment that is asked for, escaped as often as it is decoded."""
        return self.escaped or self.text("segment", "")

    def several(self, name: str) -> tuple[str, ...]:
        """Return the values of a list; a single value is a list of one."""
        if name in self.lists:
            return self.lists[name]
        return (self.given[name],) if self.given.get(name) else ()

    def parts(self, name: str) -> tuple[str, ...]:
        """Return the values of a list; those of a single value are parted by commas."""
        told = self.lists.get(name) or self.text(name, "").split(",")
        return tuple(filter(None, told))

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return whether a value says yes."""
        value = self.given.get(name)
        return default if value is None else value not in {"", "0", "false"}

    def number(self, name: str, default: int | None = None) -> int:
        """Return a whole number; where there is none the default, or raise `RequestError` without one."""
        text = self.text(name, "" if default is not None else None)
        if _WHOLE.fullmatch(text):
            return int(text)
        if default is None:
            raise RequestError(f"{name} has to be a whole number, and {text!r} is none.")
        return default

    def decimal(self, name: str, default: float) -> float:
        """Return a number, or the default where there is none."""
        text = self.text(name, "")
        return float(text) if _DECIMAL.fullmatch(text) else default


def parameters_of(pairs: list[tuple[str, str]], query: str = "") -> Parameters:
    """Return the parameters of a request from its pairs, `urls[]=a&urls[1]=b` as a list.

    `query` is the part of its address that some of them are from.
    """
    lists: dict[str, list[str]] = {}
    for name, value in pairs:
        base, bracket, _ = name.partition("[")
        if bracket:
            lists.setdefault(base, []).append(value)
    escaped = [pair.partition("=")[2] for pair in query.split("&") if pair.startswith("segment=")]
    several = {name: tuple(values) for name, values in lists.items()}
    return Parameters(dict(pairs), several, escaped[-1] if escaped else "")
