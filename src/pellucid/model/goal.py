"""What an owner wants to see reached, and told apart."""

from enum import StrEnum

from msgspec import Struct


class Goal(Struct, frozen=True, kw_only=True):
    """Something that counts as a conversion. Attributes and pattern types are Matomo's (`url`, `contains`)."""

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


class CustomDimension(Struct, frozen=True, kw_only=True):
    """A dimension of the owner's own. `index` counts within the scope, `id` within the site."""

    site_id: int
    id: int
    index: int
    scope: DimensionScope
    name: str
    active: bool = True
