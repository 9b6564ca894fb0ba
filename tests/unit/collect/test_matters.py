"""What a hit is about, from its parameters on the wire to what is kept of it."""

import asyncio
from collections.abc import Sequence
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import json, msgpack, structs

from pellucid.collect.collector import Asker
from pellucid.collect.matters import LONGEST_DIMENSION, LONGEST_JSON, items_of, number_of, value_of, variables_of
from pellucid.errors import RequestError
from pellucid.model.column import Item, Variable
from pellucid.model.goal import CustomDimension, DimensionScope, Extraction, Goal
from pellucid.model.hit import Content, Hit, HitKind, Product, Reached, Search, SiteEvent, Source, SourceKind, Timings
from pellucid.model.rules import Rules
from pellucid.model.site import Site
from pellucid.policy.decision import Refusal
from tracking import ADDRESS, FIREFOX, PLAIN, TOKEN, a_collector, a_site

GOALS = (
    Goal(site_id=1, id=1, name="By hand", match_attribute="manually", revenue=3.0),
    Goal(site_id=1, id=2, name="By page", pattern="/thanks", allow_multiple=True),
    Goal(site_id=1, id=3, name="By event", match_attribute="event_action", pattern="play", pattern_type="exact"),
)
DIMENSIONS = (
    CustomDimension(site_id=1, id=1, index=1, scope=DimensionScope.VISIT, name="Member"),
    CustomDimension(
        site_id=1,
        id=2,
        index=1,
        scope=DimensionScope.ACTION,
        name="Shelf",
        extractions=(Extraction("url", "/shelf-([0-9]+)/"), Extraction("urlparam", "shelf")),
    ),
    CustomDimension(site_id=1, id=3, index=2, scope=DimensionScope.ACTION, name="Off", active=False),
)
SHOP = structs.replace(a_site(1, "matomo"), goals=GOALS, dimensions=DIMENSIONS)
EXEMPT = structs.replace(a_site(1, "exempt-fr"), goals=GOALS)


def outcome(rules: Rules | None = None, site: Site = SHOP, **parameters: str) -> Hit | Refusal | None:
    """What becomes of a hit on the shop."""
    kept: list[bytes] = []

    async def append(rows: Sequence[tuple[int, bytes]]) -> None:
        kept.extend(body for _, body in rows)

    site = structs.replace(site, rules=rules or Rules())
    collector = a_collector(append, site={1: site}.get)
    asker = Asker(ADDRESS, {b"user-agent": FIREFOX.encode()})
    refusal = asyncio.run(collector.collect(asker, PLAIN | parameters, TOKEN))
    return refusal or msgpack.decode(kept[0], type=Hit)


def kept(rules: Rules | None = None, site: Site = SHOP, **parameters: str) -> Hit:
    """What is kept of a hit on the shop."""
    hit = outcome(rules, site, **parameters)
    assert isinstance(hit, Hit)
    return hit


def test_who_brings_no_id_to_a_site_that_gives_one_is_nameless() -> None:
    first, second = kept(), kept()

    assert (first.nameless, first.profilable) == (True, False)
    assert first.visitor_id != second.visitor_id
    assert first.fingerprint not in {0, first.visitor_id}
    assert not kept(_id="0123456789abcdef").nameless


def test_a_dimension_that_is_told_as_nothing_is_not_read_off_the_page() -> None:
    page = "http://shop.example.org/shelf-7/"

    assert kept(url=page).dimensions == {"2": "7"}
    assert kept(url=page, dimension2="").dimensions == {"2": ""}


def test_a_dimension_is_kept_with_an_end() -> None:
    assert kept(dimension2=f"  {'x' * 300}  ").dimensions == {"2": "x" * LONGEST_DIMENSION}


def test_a_title_is_one_line() -> None:
    assert kept(action_name="\nOne\r\nline\n").title == "Oneline"


@pytest.mark.parametrize(
    ("told", "value"),
    [("1,5", 1.0), (" -2.5e1 EUR", -25.0), (".5", 0.5), ("free", 0.0), ("1e999", 0.0), (" ", None), ("", None)],
)
def test_the_value_of_an_event_is_the_number_it_begins_with(told: str, value: float | None) -> None:
    assert value_of(told) == value


def test_an_event_is_kept_with_its_value() -> None:
    assert kept(e_c="video", e_a="play", e_n="bell.mp4", e_v="2.5").event == SiteEvent("video", "play", "bell.mp4", 2.5)


def test_content_is_seen_or_used() -> None:
    assert kept(c_n="ad", c_p="a.png", c_t="http://b/", c_i="click").content == Content(
        "ad", "a.png", "http://b/", "click"
    )


def test_a_search_is_told_or_read_off_the_address() -> None:
    assert kept(search="bell", search_cat='["a","b"]', search_count="3").search == Search("bell", "a, b", 3)
    found = kept(url="http://site.example/find?q=bell&page=2")
    assert (found.kind, found.search, found.url) == (HitKind.SEARCH, Search("bell"), "http://site.example/find?page=2")
    off = kept(Rules(searches=False), url="http://site.example/find?q=bell")
    assert (off.kind, off.search) == (HitKind.PAGEVIEW, None)


@pytest.mark.parametrize("keyword", [" ", "\x00", "\t\n"])
def test_a_search_for_nothing_is_a_page_view(keyword: str) -> None:
    assert kept(search=keyword).kind is HitKind.PAGEVIEW


def test_a_search_has_the_same_limits_however_it_is_told() -> None:
    keyword, category = "\0" + "x" * 500, "\0" + "y" * 400
    told = kept(search=keyword, search_cat=category).search
    read = kept(
        Rules(search_categories=("cat",)), url="http://site.example/find?" + urlencode({"q": keyword, "cat": category})
    ).search

    assert read == told == Search("x" * 500, "y" * 254)
    assert kept(search="x" * 5000).search == Search("x" * 1024)
    assert kept(url="http://site.example/find?q=%00").kind is HitKind.PAGEVIEW


def test_an_address_is_cut_before_it_is_read() -> None:
    before = "http://site.example/find?q="
    hit = kept(url=f"{before}{'x' * 2000}&mtm_campaign=spring&search_count=3")

    assert hit.search == Search("x" * (1024 - len(before)))
    assert hit.source.kind is SourceKind.DIRECT


def test_what_was_written_for_html_is_read_as_it_was_before() -> None:
    hit = kept(
        url="http://site.example/?a=1&amp;copy=2&b=3;", action_name="R&amp;B &#233; &eacute;", _pkn="&quot;x&foo;"
    )

    assert (hit.url, hit.title) == ("http://site.example/?a=1&copy=2&b=3;", "R&B é é")
    assert hit.product == Product("", '"x&foo;', (), None)


def test_a_page_may_show_a_product_and_tell_how_long_it_took() -> None:
    hit = kept(_pks="SKU", _pkn="Bell", _pkc='["Parts","Fun"]', _pkp="9.99", pf_net="20", pf_srv="130", pf_onl="x")

    assert hit.product == Product("SKU", "Bell", ("Parts", "Fun"), 9.99)
    assert hit.timings == Timings(network=20, server=130)


@pytest.mark.parametrize(
    ("told", "categories"),
    [
        ({}, ()),
        ({"_pkc": ""}, ("",)),
        ({"_pkc": "0"}, ("",)),
        ({"_pkc": '["","Fun"]'}, ("Fun",)),
        ({"_pkc": "[]"}, ("",)),
    ],
)
def test_a_category_that_is_told_to_be_none_is_an_empty_one(told: dict[str, str], categories: tuple[str, ...]) -> None:
    product = kept(_pks="SKU", **told).product

    assert product is not None
    assert product.categories == categories
    assert kept().product is None


@pytest.mark.parametrize("kind", [{"ping": "1"}, {"e_c": "video", "e_a": "play"}, {"idgoal": "1"}])
def test_what_comes_later_may_tell_how_long_its_page_view_took(kind: dict[str, str]) -> None:
    assert kept(**kind, pv_id="aaaaaa", pf_dm2="7").timings == Timings(dom_completion=7)
    assert kept(**kind, pf_dm2="7").timings is None


def test_an_order_is_kept_with_its_sums() -> None:
    sale = kept(idgoal="0", ec_id="A1", revenue="29.98", ec_st="25", ec_tx="4.98", ec_sh="0", ec_dt="5").sale

    assert sale is not None
    assert (sale.order_id, sale.revenue, sale.subtotal, sale.tax, sale.discount) == ("A1", 29.98, 25.0, 4.98, 5.0)


@pytest.mark.parametrize(
    ("parameters", "reached"),
    [
        ({"idgoal": "1"}, (Reached(1, 3.0),)),
        ({"idgoal": "1", "revenue": "7.5"}, (Reached(1, 7.5),)),
        ({"url": "http://site.example/thanks"}, (Reached(2, 0.0, repeats=True),)),
        ({"e_c": "video", "e_a": "Play"}, (Reached(3, 0.0),)),
        ({"e_c": "video", "e_a": "playing"}, ()),
        ({}, ()),
    ],
)
def test_goals_are_reached_by_hand_or_by_what_happens(parameters: dict[str, str], reached: tuple[Reached, ...]) -> None:
    assert kept(**parameters).reached == reached


@pytest.mark.parametrize("idgoal", ["9", "x", "1.0", "9" * 99])
def test_a_goal_that_is_not_there_is_an_error(idgoal: str) -> None:
    with pytest.raises(RequestError, match="no goal"):
        kept(idgoal=idgoal)


def test_a_conversion_came_from_where_the_tracker_remembers() -> None:
    by_campaign = kept(idgoal="1", _rcn="Summer%20Sale", _rck="Hats", _ref="http://www.google.com/?q=x").attributed
    by_search = kept(idgoal="1", _ref="http://www.google.com/?q=x").attributed

    assert by_campaign is not None
    assert (by_campaign.kind, by_campaign.name, by_campaign.keyword) == (SourceKind.CAMPAIGN, "summer sale", "hats")
    assert by_search == Source(SourceKind.SEARCH, "Google", "x", "http://www.google.com/?q=x")
    assert kept(_rcn="Summer").attributed is None


def test_where_sources_are_not_remembered_none_that_is_told_is_kept() -> None:
    by_campaign = {"_rcn": "Summer", "_ref": "http://www.google.com/?q=x"}

    assert kept(site=EXEMPT, idgoal="1", **by_campaign).attributed is None
    assert kept(site=SHOP, idgoal="1", **by_campaign).attributed is not None


def test_dimensions_are_told_or_read_off_the_page_and_others_are_not_kept() -> None:
    told = kept(dimension1="gold", dimension2="B", dimension3="off", dimension9="?")

    assert (told.visit_dimensions, told.dimensions) == ({"1": "gold"}, {"2": "B"})
    assert kept(url="http://site.example/shelf-7/").dimensions == {"2": "7"}
    assert kept(url="http://site.example/?shelf=8").dimensions == {"2": "8"}
    assert kept(url="http://site.example/?Shelf=8").dimensions == {}
    assert kept(download="http://site.example/shelf-9/a.zip").dimensions == {"2": "9"}


def test_a_dimension_that_is_told_empty_is_taken_back_and_not_read_off_the_page() -> None:
    told = kept(dimension1="", dimension2="", url="http://site.example/shelf-7/")

    assert (told.visit_dimensions, told.dimensions) == ({"1": ""}, {"2": ""})


def test_what_is_read_off_is_unescaped_and_compared_as_the_owner_says() -> None:
    read = (Extraction("url", "/SHELF-([^/]+)/"), Extraction("urlparam", "SHELF"))
    loose = structs.replace(DIMENSIONS[1], extractions=read, case_sensitive=False)
    site = structs.replace(SHOP, dimensions=(loose,))

    assert kept(site=site, url="http://site.example/shelf-top%20left/").dimensions == {"2": "top left"}
    assert kept(site=site, url="http://site.example/?Shelf=8").dimensions == {"2": "8"}


@pytest.mark.parametrize(
    ("rules", "parameters", "refusal"),
    [
        (Rules(excluded_requests=("action_name=@draft",)), {"action_name": "a draft"}, Refusal.EXCLUDED_REQUEST),
        (Rules(excluded_addresses=("81.2.0.0/16",)), {}, Refusal.EXCLUDED_ADDRESS),
        (Rules(excluded_addresses=("81.2.0.0/16",)), {"cip": "9.9.9.9"}, None),
        (Rules(excluded_agents=("firefox",)), {}, Refusal.EXCLUDED_AGENT),
        (Rules(known_hosts_only=True), {"url": "http://elsewhere.example/"}, Refusal.UNKNOWN_PAGE),
    ],
)
def test_what_the_owner_excludes_is_refused(rules: Rules, parameters: dict[str, str], refusal: Refusal | None) -> None:
    found = outcome(rules, **parameters)

    assert found is refusal if refusal else isinstance(found, Hit)


def test_a_referrer_may_mean_nothing() -> None:
    referred = kept(Rules(excluded_referrers=("bank.example",)), urlref="https://pay.bank.example/done")

    assert referred.source == Source()


def _an_item(sku: str, quantity: int) -> Item:
    return Item(sku, "", (), 1.0, quantity)


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ('[["SKU","Bell",["Parts","Fun"],9.99,2]]', (Item("SKU", "Bell", ("Parts", "Fun"), 9.99, 2),)),
        (
            '[["SKU","Bell",["Parts","",0,"Fun","a","b","c","d"]]]',
            (Item("SKU", "Bell", ("Parts", "Fun", "a", "b", "c"), 0.0, 1),),
        ),
        ('[["SKU"]]', (Item("SKU", "", (), 0.0, 1),)),
        ('{"0":["SKU","Bell","Parts","9.99","2"]}', (Item("SKU", "Bell", ("Parts",), 9.99, 2),)),
        ('[["&quot;SKU "," R&amp;B",["this ","&lt; that"],1,1]]', (Item('"SKU', "R&B", ("this", "< that"), 1.0, 1),)),
        ('[[["scary"],["a","b"],"",1,1]]', (Item("scary", "a,b", (), 1.0, 1),)),
        ('[["",1],[],3,null,[[]]]', ()),
        ('[["a",null,null,"nan","1e999"]]', (Item("a", "", (), 0.0, 1),)),
        ('[["a","","",1,0],["b","","",1,"2.7"],["c","","",1,-2]]', tuple(map(_an_item, "abc", (1, 2, 0)))),
        ("[", ()),
        ("[" * 99_999, ()),
        (f'[["{"x" * LONGEST_JSON}"]]', ()),
    ],
)
def test_items_are_read_as_far_as_they_can_be(text: str, items: tuple[Item, ...]) -> None:
    assert items_of(text) == items


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2) | st.just("1"), inner, max_size=3),
    max_leaves=8,
)


@given(st.text() | JSON.map(lambda value: json.encode(value).decode()))
def test_any_text_is_items_variables_or_nothing(text: str) -> None:
    json.encode([items_of(text), variables_of(text)])


def test_variables_have_a_place_from_one_to_twenty() -> None:
    told = '{"1":["name","value"],"21":["too","far"],"0":["no","place"],"x":["no","place"],"2":["",""],"3":"no pair"}'

    assert variables_of(told) == (Variable(1, "name", "value"),)


@pytest.mark.parametrize("text", ["", "x", "nan", "inf", "-inf", "1e999", "1_000", "1" * 41])
def test_what_is_no_number_is_none(text: str) -> None:
    assert number_of(text) is None
