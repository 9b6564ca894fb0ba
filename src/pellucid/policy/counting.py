"""How exactly refusals may be told: so that no number points at a person."""

from pellucid.policy.decision import Refusal

FEWEST = 10
"""Below this nothing is told, and above it whole tens."""

Refused = tuple[int, int, Refusal]
"""Site, its local day as days since 1970, and the reason: all that is known of a refused hit afterwards."""


def told(count: int) -> int:
    """Return how many there were, as far as it is told: 0 for less than ten, else rounded down to whole tens."""
    return count - count % FEWEST
