"""The privacy settings a site starts with, by name."""

from collections.abc import Mapping

from pellucid.model.site import ConsentRule, Privacy, Recognition

DEFAULT = "cookieless"

PRESETS: Mapping[str, Privacy] = {
    preset.preset: preset
    for preset in (
        Privacy(
            preset=DEFAULT,
            recognition=Recognition.DAILY,
            cookies=False,
            browser_features=True,
        ),
        Privacy(
            preset="strict",
            recognition=Recognition.NONE,
            cookies=False,
            browser_features=False,
            user_ids=False,
            counts_refusals=False,
        ),
        Privacy(
            # Conditions of the CNIL's exemption from consent: 759 days at most, no user id, an address of two bytes,
            # nothing of how visitors were won, statistics alone.
            preset="exempt-fr",
            recognition=Recognition.COOKIE,
            cookies=True,
            browser_features=False,
            attributes=False,
            user_ids=False,
            counts_refusals=False,
            shows_visits=False,
            shows_profiles=False,
            located_address_bits=16,
            located_address_bits_v6=32,
            retention_days=759,
        ),
        Privacy(
            preset="consent",
            recognition=Recognition.COOKIE,
            cookies=True,
            browser_features=True,
            consent=ConsentRule.TRACKING,
        ),
        Privacy(
            # Matomo 5 as it is installed, so that numbers stay the same after a move.
            preset="matomo",
            recognition=Recognition.COOKIE,
            cookies=True,
            browser_features=True,
            kept_address_bits=16,
            kept_address_bits_v6=48,
            located_address_bits=32,
            located_address_bits_v6=128,
            retention_days=None,
        ),
    )
}

DESCRIPTIONS: Mapping[str, str] = {
    "cookieless": "No cookie; a visitor is known for one day; nothing of the address is kept.",
    "strict": "No cookie, no recognition, no browser features read; visits are estimated from referrers.",
    "exempt-fr": "A cookie for 13 months, statistics alone: some conditions of the CNIL's exemption from consent.",
    "consent": "No cookie and no tracking request before the visitor has consented.",
    "matomo": "What Matomo 5 does by default: cookies, half of the address kept, nothing purged.",
}
