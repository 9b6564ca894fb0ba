from collections.abc import Iterator
from importlib.resources import files
from itertools import product

import pytest
from hypothesis import given
from msgspec import Struct, json
from msgspec.structs import replace

from pellucid.model.site import ConsentRule, Privacy
from pellucid.policy.decision import EXPLANATIONS, Allowance, Consent, Refusal, Signals, decide
from pellucid.policy.presets import PRESETS
from strategies import PRIVACY, SIGNALS


class Row(Struct, forbid_unknown_fields=True):
    """One row of the truth table; None is anything."""

    verdict: str
    opted_out: bool | None = None
    opted_out_of_instance: bool | None = None
    consent: Consent | None = None
    global_privacy_control: bool | None = None
    do_not_track: bool | None = None
    honour_gpc: bool | None = None
    honour_dnt: bool | None = None
    consent_needed: ConsentRule | None = None

    def fits(self, signals: Signals, privacy: Privacy) -> bool:
        said = {name: getattr(signals, name) for name in signals.__struct_fields__}
        settled = {
            "honour_gpc": privacy.honour_gpc,
            "honour_dnt": privacy.honour_dnt,
            "consent_needed": privacy.consent,
        }
        wanted = {name: getattr(self, name) for name in self.__struct_fields__ if name != "verdict"}
        return all(value is None or (said | settled)[name] == value for name, value in wanted.items())


class Table(Struct, forbid_unknown_fields=True):
    about: str
    rows: list[Row]


TABLE = json.decode((files("pellucid.policy") / "truth_table.json").read_bytes(), type=Table).rows


def every_combination() -> Iterator[tuple[Signals, Privacy]]:
    yes_or_no = (False, True)
    for opted, instance, consent, gpc, dnt in product(yes_or_no, yes_or_no, Consent, yes_or_no, yes_or_no):
        signals = Signals(opted, instance, consent, gpc, dnt)
        for honour_gpc, honour_dnt, needed in product(yes_or_no, yes_or_no, ConsentRule):
            settings = replace(PRESETS["matomo"], honour_gpc=honour_gpc, honour_dnt=honour_dnt, consent=needed)
            yield signals, settings


def test_the_decision_is_the_truth_table() -> None:
    combinations = list(every_combination())

    assert len(combinations) == 384
    for signals, privacy in combinations:
        fitting = [row for row in TABLE if row.fits(signals, privacy)]
        verdict = decide(signals, privacy)
        assert len(fitting) == 1, (signals, privacy)
        assert fitting[0].verdict == (verdict if isinstance(verdict, Refusal) else "recorded"), (signals, privacy)


@given(SIGNALS, PRIVACY)
def test_an_opted_out_visitor_is_always_refused(signals: Signals, privacy: Privacy) -> None:
    assert decide(replace(signals, opted_out=True), privacy) is Refusal.OPTED_OUT
    assert isinstance(decide(replace(signals, opted_out_of_instance=True), privacy), Refusal)


@given(SIGNALS, PRIVACY)
def test_withdrawn_consent_is_always_a_refusal(signals: Signals, privacy: Privacy) -> None:
    assert isinstance(decide(replace(signals, consent=Consent.WITHDRAWN), privacy), Refusal)


@given(SIGNALS, PRIVACY)
def test_consent_beats_what_the_browser_sends_but_no_objection(signals: Signals, privacy: Privacy) -> None:
    verdict = decide(replace(signals, consent=Consent.GIVEN), privacy)

    assert isinstance(verdict, Refusal) == (signals.opted_out or signals.opted_out_of_instance)


@given(SIGNALS, PRIVACY)
def test_the_decision_is_the_same_every_time(signals: Signals, privacy: Privacy) -> None:
    assert decide(signals, privacy) == decide(signals, privacy)


def test_every_refusal_is_explained() -> None:
    assert EXPLANATIONS.keys() == set(Refusal)
    assert all(text.endswith(".") for text in EXPLANATIONS.values())


@given(SIGNALS, PRIVACY)
def test_where_consent_is_needed_nothing_is_recorded_without_it(signals: Signals, privacy: Privacy) -> None:
    verdict = decide(signals, replace(privacy, consent=ConsentRule.TRACKING))

    assert isinstance(verdict, Refusal) or signals.consent is Consent.GIVEN


@given(SIGNALS, PRIVACY)
def test_an_allowance_never_exceeds_the_settings(signals: Signals, privacy: Privacy) -> None:
    verdict = decide(signals, privacy)

    assert isinstance(verdict, Refusal) or verdict == Allowance(privacy.recognition, privacy.browser_features)


@given(SIGNALS, PRIVACY)
def test_another_objection_never_turns_a_no_into_a_yes(signals: Signals, privacy: Privacy) -> None:
    if isinstance(decide(signals, privacy), Refusal):
        for more in ({"opted_out": True}, {"global_privacy_control": True}, {"do_not_track": True}):
            assert isinstance(decide(replace(signals, **more), privacy), Refusal)


@pytest.mark.parametrize("preset", PRESETS)
def test_in_every_preset_a_signal_of_the_browser_counts_until_the_visitor_consents(preset: str) -> None:
    for signal in ({"global_privacy_control": True}, {"do_not_track": True}):
        assert isinstance(decide(Signals(**signal), PRESETS[preset]), Refusal)
        assert isinstance(decide(Signals(consent=Consent.GIVEN, **signal), PRESETS[preset]), Allowance)
