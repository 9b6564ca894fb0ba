"""The objections that a browser shows the server: which they are, and that they are kept anew."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import Response

from pellucid.edge import OBJECTED, OBJECTED_HERE, Marks, delete_cookie, marks_of, renewals_of, set_cookie
from pellucid.policy.storage import IGNORE, IGNORE_PARTITIONED, ITEMS

NOW = 1_764_500_000.9
HERE, ALL = f"matomo_ignore={OBJECTED_HERE}", f"matomo_ignore={OBJECTED}"
SAME_HOST = {b"sec-fetch-site": b"same-origin"}


def renewed(cookies: str, headers: dict[bytes, bytes] | None = None) -> list[str]:
    """What is set anew of the cookies that a request shows."""
    told = renewals_of({b"cookie": cookies.encode(), b"host": b"Stats.shop.example:8443"} | (headers or {}), NOW)
    assert {name for name, _ in told} <= {b"set-cookie"}
    return [value.decode() for _, value in told]


@pytest.mark.parametrize(
    ("cookies", "marks"),
    [
        ("", Marks()),
        ("a=b; matomo_ignored=1; a=matomo_ignore", Marks()),
        (HERE, Marks(here=True)),
        (ALL, Marks(everywhere=True)),
        (f"a=b;{HERE} ; {ALL}", Marks(here=True, everywhere=True)),
        ("matomo_ignore=*", Marks(everywhere=True)),
        (f"piwik_ignore=1; {HERE}", Marks(here=True, everywhere=True)),
    ],
)
def test_an_objection_for_one_site_is_told_from_that_for_all(cookies: str, marks: Marks) -> None:
    assert marks_of(cookies.encode()) == marks
    assert marks.some == bool(renewed(cookies))


def test_each_is_renewed_as_it_was_set() -> None:
    was_set = Response()
    set_cookie(was_set, IGNORE_PARTITIONED, OBJECTED_HERE, secure=True)
    set_cookie(was_set, IGNORE, OBJECTED, secure=True)
    here, everywhere = was_set.headers.getlist("set-cookie")

    assert renewed(HERE) == [here]
    assert renewed(ALL) == [everywhere]
    assert renewed(f"{ALL}; {HERE}; a=b; _pk_id.1.1fff=x") == [here, everywhere]


@pytest.mark.parametrize("cookie", ["matomo_ignore=anything", "piwik_ignore=ignore%3DKg%3D%3D", "piwik_ignore="])
def test_what_matomo_or_piwik_has_stored_is_renewed_by_the_name_it_has_today(cookie: str) -> None:
    assert renewed(cookie) == renewed(ALL)


def test_a_scripts_objection_is_renewed_for_a_page_of_the_very_host() -> None:
    kept = "mtm_consent_removed=1764000000000"

    assert renewed(kept, SAME_HOST) == ["mtm_consent_removed=1764500000; Max-Age=34560000; Path=/; SameSite=lax"]
    for site in (b"same-site", b"cross-site", b"none"):
        assert renewed(kept, {b"sec-fetch-site": site}) == []
    assert renewed(kept) == []


@pytest.mark.parametrize("site", [b"same-site", b"same-origin"])
@pytest.mark.parametrize(
    "kept", ["1764000000000.shop.example", "1764000000000..shop.example", "1764400000.shop.example"]
)
def test_a_scripts_objection_for_a_domain_is_renewed_for_that(kept: str, site: bytes) -> None:
    again = "mtm_consent_removed=1764500000.shop.example; Domain=shop.example; Max-Age=34560000; Path=/; SameSite=lax"

    assert renewed(f"mtm_consent_removed={kept}", {b"sec-fetch-site": site}) == [again]
    assert renewed(f"mtm_consent_removed={kept}", {b"sec-fetch-site": b"cross-site"}) == []


def test_a_domain_may_begin_with_digits_and_is_renewed_for_no_wider_one() -> None:
    kept = "mtm_consent_removed=1764000000000.2.shop.example"

    (again,) = renewed(kept, {b"sec-fetch-site": b"same-site", b"host": b"stats.2.shop.example"})

    assert "Domain=2.shop.example;" in again


@pytest.mark.parametrize("named", ["elsewhere.example", "op.example", "www.shop.example"])
def test_an_objection_for_a_domain_that_the_page_is_not_in_is_one_for_its_host(named: str) -> None:
    kept = f"mtm_consent_removed=1764000000000.{named}"

    assert renewed(kept, SAME_HOST) == ["mtm_consent_removed=1764500000; Max-Age=34560000; Path=/; SameSite=lax"]
    assert renewed(kept, {b"sec-fetch-site": b"same-site"}) == []


def test_of_objections_for_a_host_and_for_its_domain_each_is_renewed() -> None:
    both = renewed("mtm_consent_removed=1764000000000; mtm_consent_removed=1764000000000.shop.example", SAME_HOST)

    assert [one.partition("; Max-Age")[0] for one in both] == [
        "mtm_consent_removed=1764500000",
        "mtm_consent_removed=1764500000.shop.example; Domain=shop.example",
    ]


@pytest.mark.parametrize(
    "told",
    [
        ".shop",
        "shop.example",
        "17640000000001shop.example",
        "1764000000000.a..b",
        "1.a.b\x01c",
        "1.a.b, c=d",
        "1.",
        "1.ä.b",
    ],
)
def test_what_is_no_domain_names_none(told: str) -> None:
    shown = {b"cookie": f"mtm_consent_removed={told}".encode("latin-1")}

    assert renewals_of(shown | {b"sec-fetch-site": b"same-site"}, NOW) == []


@given(st.text(st.characters(exclude_characters=";,", codec="latin-1")), st.sampled_from(ITEMS))
def test_who_has_not_objected_gets_nothing(value: str, other: object) -> None:
    name = str(getattr(other, "name", "")).replace("<site>.<hash>", "1.1fff")
    objects = name in {"matomo_ignore", "piwik_ignore", "mtm_consent_removed"}

    told = renewals_of({b"cookie": f"{name}={value}".encode("latin-1")} | SAME_HOST, NOW)

    assert bool(told) == objects
    assert renewals_of(SAME_HOST, NOW) == []


def test_an_objection_taken_back_is_gone_whatever_renewed_it() -> None:
    taken_back = Response()
    for item in (IGNORE, IGNORE_PARTITIONED):
        delete_cookie(taken_back, item, secure=True)

    def attributes(cookie: str) -> set[str]:
        return {one for one in cookie.split("; ")[1:] if not one.startswith("Max-Age")}

    gone = [attributes(one) for one in taken_back.headers.getlist("set-cookie")]
    assert gone == [attributes(*renewed(ALL)), attributes(*renewed(HERE))]
