from datetime import timedelta

import pytest

from pellucid.model.site import ConsentRule, Recognition
from pellucid.policy import retention
from pellucid.policy.presets import DEFAULT, DESCRIPTIONS, PRESETS
from pellucid.policy.storage import ITEMS, OBJECTIONS_TO_THE_INSTANCE, Setter


def test_new_sites_set_no_cookie_and_keep_nothing_of_the_address() -> None:
    preset = PRESETS[DEFAULT]

    assert (preset.preset, preset.cookies, preset.recognition) == ("cookieless", False, Recognition.DAILY)
    assert (preset.kept_address_bits, preset.kept_address_bits_v6) == (0, 0)
    assert (preset.located_address_bits, preset.located_address_bits_v6) == (24, 48)


def test_strict_recognises_nobody_and_reads_nothing_of_the_browser() -> None:
    preset = PRESETS["strict"]

    assert preset.recognition is Recognition.NONE
    assert (preset.cookies, preset.browser_features, preset.user_ids) == (False, False, False)


def test_the_exemption_meets_the_numbers_of_the_cnil() -> None:
    preset = PRESETS["exempt-fr"]

    assert preset.retention_days is not None
    assert preset.retention_days <= 759
    assert timedelta(days=396) >= retention.VISITOR_COOKIE
    assert preset.located_address_bits <= 16
    assert (preset.user_ids, preset.browser_features) == (False, False)


def test_consent_means_nothing_before_it() -> None:
    assert PRESETS["consent"].consent is ConsentRule.TRACKING


def test_matomo_keeps_what_matomo_keeps() -> None:
    preset = PRESETS["matomo"]

    assert (preset.cookies, preset.kept_address_bits, preset.retention_days) == (True, 16, None)


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_described_and_honours_signals(name: str) -> None:
    assert PRESETS[name].preset == name
    assert DESCRIPTIONS[name].endswith(".")
    assert PRESETS[name].honour_gpc
    assert PRESETS[name].honour_dnt


def test_every_item_says_what_it_is_for_and_how_long_it_stays() -> None:
    for item in ITEMS:
        assert item.purpose.endswith("."), item.name
        assert item.value, item.name
        assert item.lifetime is not None or item.set_by is Setter.EARLIER, item.name
    assert len({item.name for item in ITEMS}) == len(ITEMS)


def test_objections_to_the_instance_are_never_set_by_us() -> None:
    setters = {item.name: item.set_by for item in ITEMS}

    assert {setters[name] for name in OBJECTIONS_TO_THE_INSTANCE} == {Setter.EARLIER}
