import pytest

from pellucid.model.site import ConsentRule, Recognition
from pellucid.policy import retention
from pellucid.policy.presets import DEFAULT, DESCRIPTIONS, PRESETS


def test_new_sites_set_no_cookie_and_keep_nothing_of_the_address() -> None:
    preset = PRESETS[DEFAULT]

    assert (preset.preset, preset.cookies, preset.recognition) == ("cookieless", False, Recognition.DAILY)
    assert (preset.kept_address_bits, preset.kept_address_bits_v6) == (0, 0)
    assert (preset.located_address_bits, preset.located_address_bits_v6) == (24, 48)


def test_strict_recognises_nobody_and_reads_nothing_of_the_browser() -> None:
    preset = PRESETS["strict"]

    assert preset.recognition is Recognition.NONE
    assert (preset.cookies, preset.browser_features, preset.user_ids) == (False, False, False)
    assert (preset.kept_address_bits, preset.kept_address_bits_v6) == (0, 0)


def test_the_exemption_meets_the_conditions_of_the_cnil() -> None:
    preset = PRESETS["exempt-fr"]

    assert retention.VISITOR_COOKIE.days <= 396, "8: a tracker lives for 13 months at most"
    assert preset.retention_days is not None
    assert preset.retention_days <= 759, "9: data is kept for 25 months at most"
    assert (preset.located_address_bits, preset.located_address_bits_v6) == (16, 32), "10: two bytes are masked"
    assert (preset.kept_address_bits, preset.kept_address_bits_v6) == (0, 0), "10: nothing is kept after geolocation"
    assert not preset.attributes, "1: nothing tells how visitors were won"
    assert not preset.shows_visits, "2: statistics alone, no single visits"
    assert not preset.shows_profiles, "2: and no profiles"
    assert not preset.browser_features, "11: the device is not described in detail"
    assert not preset.user_ids, "2 and 3: no user id, no cross-referencing"
    assert 180 <= retention.CHOICE.days <= 183, "a choice is remembered for 6 months"
    assert preset.consent_days == retention.CHOICE.days


def test_consent_means_nothing_before_it() -> None:
    assert PRESETS["consent"].consent is ConsentRule.TRACKING
    assert all(preset.consent is ConsentRule.NOTHING for name, preset in PRESETS.items() if name != "consent")


def test_matomo_does_what_matomo_does_as_it_is_installed() -> None:
    preset = PRESETS["matomo"]

    assert (preset.cookies, preset.recognition, preset.retention_days) == (True, Recognition.COOKIE, None)
    assert (preset.kept_address_bits, preset.kept_address_bits_v6) == (32 - 16, 128 - 80)
    assert (preset.located_address_bits, preset.located_address_bits_v6) == (32, 128)
    assert (preset.browser_features, preset.user_ids) == (True, True)


def test_there_are_five_presets() -> None:
    assert list(PRESETS) == ["cookieless", "strict", "exempt-fr", "consent", "matomo"]
    assert DESCRIPTIONS.keys() == PRESETS.keys()


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_described_and_honours_signals(name: str) -> None:
    preset = PRESETS[name]

    assert preset.preset == name
    assert DESCRIPTIONS[name].endswith(".")
    assert preset.honour_gpc
    assert preset.honour_dnt
    assert preset.signals_ignored_because == ""


@pytest.mark.parametrize("name", PRESETS)
def test_no_preset_contradicts_itself(name: str) -> None:
    preset = PRESETS[name]

    assert preset.cookies == (preset.recognition is Recognition.COOKIE)
    assert preset.kept_address_bits <= preset.located_address_bits <= 32
    assert preset.kept_address_bits_v6 <= preset.located_address_bits_v6 <= 128


@pytest.mark.parametrize("name", [name for name in PRESETS if name != "matomo"])
def test_a_place_is_never_found_by_a_whole_address_but_for_who_moves(name: str) -> None:
    assert PRESETS[name].located_address_bits <= 24
    assert PRESETS[name].located_address_bits_v6 <= 48
