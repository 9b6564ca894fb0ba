"""What an owner wants to see reached, and told apart."""

from enum import StrEnum

from msgspec import Struct


class MatchAttribute(StrEnum):
    """What of a hit a goal is held against."""

    URL = "url"
    TITLE = "title"
    FILE = "file"
    EXTERNAL_WEBSITE = "external_website"
    EVENT_CATEGORY = "event_category"
    EVENT_ACTION = "event_action"
    EVENT_NAME = "event_name"
    VISIT_DURATION = "visit_duration"
    MANUALLY = "manually"


class PatternType(StrEnum):
    """How a goal's pattern is compared; `GREATER_THAN` is for the minutes of a visit."""

    CONTAINS = "contains"
    EXACT = "exact"
    REGEX = "regex"
    GREATER_THAN = "greater_than"


class Goal(Struct, frozen=True, kw_only=True):
    """Something that counts as a conversion; what `MatchAttribute` and `PatternType` do not name matches nothing."""

    site_id: int
    id: int
    name: str
    description: str = ""
    match_attribute: str = "url"
    pattern: str = ""
    pattern_type: str = "contains"
    case_sensitive: bool = False
    allow_multiple: bool = False
    revenue: float = 0.0
    use_event_value_as_revenue: bool = False


class DimensionScope(StrEnum):
    """What a custom dimension describes."""

    VISIT = "visit"
    ACTION = "action"


class Extraction(Struct, frozen=True):
    """Where the value of a dimension of an action is read off: what the first group of `pattern` finds.

    `dimension` says in what: `url`, `action_name`, or `urlparam`, whose pattern is the parameter's name.
    """

    dimension: str
    pattern: str


class CustomDimension(Struct, frozen=True, kw_only=True):
    """A dimension of the owner's own. `index` counts within the scope, `id` within the site.

    `extractions` tell its value where the hit does not; `case_sensitive` is how their patterns are compared.
    """

    site_id: int
    id: int
    index: int
    scope: DimensionScope
    name: str
    active: bool = True
    extractions: tuple[Extraction, ...] = ()
    case_sensitive: bool = True
