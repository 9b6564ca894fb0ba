from base64 import b64encode
from contextlib import closing
from datetime import date
from urllib.error import HTTPError
from urllib.parse import unquote, urlsplit
from urllib.request import Request, urlopen

import pytest
from msgspec import json

from builders import a_visit
from pellucid.errors import StoreUnavailable, TooExpensive
from pellucid.model.visit import Visit
from pellucid.store.client import LIMITS, PIECE_BYTES, Store, Urgency
from pellucid.store.engine import read_statement

MEGABYTE = 1 << 20


def asked(url: str, sql: str, **headers: str) -> tuple[int, bytes]:
    """What the HTTP interface answers to a statement."""
    parts = urlsplit(url)
    request = Request(f"http://{parts.hostname}:{parts.port}/", sql.encode(), headers)
    try:
        with urlopen(request) as answer:  # noqa: S310 -- our own engine
            return answer.status, answer.read()
    except HTTPError as error:
        with error:
            return error.code, error.read()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-ClickHouse-User": "default", "X-ClickHouse-Key": ""},
        {"X-ClickHouse-User": "default", "X-ClickHouse-Key": "guess"},
        {"X-ClickHouse-User": "default", "X-ClickHouse-Key": "gu\u00e9ss"},
        {"Authorization": "Basic " + b64encode(b"default:guess").decode()},
        {"Authorization": "Basic nonsense"},
    ],
)
def test_who_has_not_the_secret_is_refused(store: Store, store_url: str, headers: dict[str, str]) -> None:
    store.insert("visits", Visit, json.encode(a_visit(entry_url="http://a/kept")), "kept")

    status, told = asked(store_url, "select entry_url from visits", **headers)

    assert status in {401, 403}
    assert b"http://a/kept" not in told


def test_who_has_the_secret_is_answered(store_url: str) -> None:
    secret = unquote(urlsplit(store_url).password or "")

    status, told = asked(store_url, "select 1 + 1", **{"X-ClickHouse-User": "default", "X-ClickHouse-Key": secret})

    assert (status, told) == (200, b"2\n")


@pytest.mark.parametrize("many", [100, 1_000, 5_000])
def test_a_long_list_of_values_is_bound(store: Store, many: int) -> None:
    # The client sends what would make an address too long as a form.
    numbers = [2**64 - 1 - number for number in range(many)]

    answer = store.ask("select length({numbers:Array(UInt64)}), {numbers:Array(UInt64)}[-1]", {"numbers": numbers})

    assert answer.rows == ((many, numbers[-1]),)


def test_a_long_hostile_value_is_never_read_as_sql(store: Store) -> None:
    hostile = "'; drop table events; -- \\ \n \t {x:String} ünï ☃ --boundary\r\n" * 300

    answer = store.ask("select {x:String} as x", {"x": hostile})

    assert answer.rows == ((hostile,),)


@pytest.mark.parametrize("urgency", list(Urgency))
def test_a_question_has_its_bound_of_memory(store: Store, urgency: Urgency, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, urgency, {**LIMITS[urgency], "max_memory_usage": 20 * MEGABYTE})  # type: ignore[arg-type]

    with pytest.raises(StoreUnavailable, match="MEMORY_LIMIT_EXCEEDED"):
        store.ask("select uniqExact(number) from numbers(10000000)", urgency=urgency)


@pytest.mark.parametrize("urgency", list(Urgency))
def test_a_question_has_its_bound_of_time(store: Store, urgency: Urgency, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, urgency, {**LIMITS[urgency], "max_execution_time": 1})  # type: ignore[arg-type]

    with pytest.raises(StoreUnavailable, match="TIMEOUT_EXCEEDED"):
        store.ask("select count() from system.numbers where not ignore(sipHash64(number))", urgency=urgency)


def test_an_insert_over_too_many_months_is_refused_whole(store: Store) -> None:
    months = [date(2000 + month // 12, 1 + month % 12, 1) for month in range(120)]
    lines = b"\n".join(json.encode(a_visit(visit_day=day)) for day in months)

    with pytest.raises(StoreUnavailable, match="TOO_MANY_PARTS"):
        store.insert("visits", Visit, lines, "too many months")

    assert store.ask("select count() from visits").rows == ((0,),)


def test_an_engine_that_is_not_there_is_told(store_url: str) -> None:
    parts = urlsplit(store_url)

    with closing(Store(store_url.replace(f":{parts.port}", ":9"))) as nowhere:
        with pytest.raises(StoreUnavailable, match="The engine did not do"):
            nowhere.ask("select 1")

        assert not nowhere.ready()


def test_data_of_an_insert_is_told_from_its_statement() -> None:
    body = b'insert into visits (a, b) format JSONCompactEachRow\n[1, "insert into x format y "]'

    statement = read_statement({"insert_deduplication_token": "t", "database": "default", "param_x": "1"}, body)

    assert statement.sql == "insert into visits (a, b) format JSONCompactEachRow"
    assert statement.data == b'[1, "insert into x format y "]'
    assert (statement.settings, statement.parameters) == ({"insert_deduplication_token": "t"}, {"x": "1"})
    assert statement.lane == "insert"


@pytest.mark.parametrize(("priority", "lane"), [("1", "short"), ("2", "report")])
def test_a_question_goes_where_its_priority_says(priority: str, lane: str) -> None:
    assert read_statement({"query": "select 1", "priority": priority}, b"").lane == lane


def test_an_owner_sets_the_bounds_of_reports(store: Store, store_url: str) -> None:
    bounds = {"max_memory_usage": 20 * MEGABYTE}
    question = "select uniqExact(number) from numbers(10000000)"

    with (
        closing(Store(store_url, bounds)) as narrow,
        pytest.raises(TooExpensive, match="MEMORY_LIMIT_EXCEEDED"),
    ):
        narrow.ask(question)

    assert store.ask(question).rows == ((10_000_000,),)


def test_a_question_that_failed_half_way_leaves_nothing_in_the_next_answer(store: Store, store_url: str) -> None:
    key = {"X-ClickHouse-User": "default", "X-ClickHouse-Key": unquote(urlsplit(store_url).password or "")}
    store.insert("visits", Visit, json.encode(a_visit()), "kept")
    fails = "select uniqExact(visit_id) as left_over from visits settings max_memory_usage = 1000 format TSVWithNames"

    # As often as there are connections for short questions.
    statuses = {asked(store_url, fails, **key)[0] for _ in range(8)}
    answers = {asked(store_url, "select 1", **key) for _ in range(8)}

    assert statuses == {500}
    assert answers == {(200, b"1\n")}


SLOW = """
select number, repeat('x', 100) as text, {mark:String} as mark from numbers(200000)
union all
select number, repeat('x', 100) as text, {mark:String} as mark from numbers(2000) where sleepEachRow(0.001) = 0
"""


@pytest.mark.parametrize("output_format", ["CSVWithNames", "Parquet"])
def test_an_export_goes_out_while_it_grows_and_never_whole(store: Store, output_format: str) -> None:
    with closing(store.stream(SLOW, {"mark": "exported"}, output_format)) as pieces:  # type: ignore[type-var]
        first = next(pieces)
        running = store.ask("select count() from system.processes where query like '%sleepEachRow%'").rows[0][0]
        rest = list(pieces)

    whole = b"".join([first, *rest])
    assert max(map(len, [first, *rest])) <= PIECE_BYTES
    if output_format == "Parquet":
        assert (whole[:4], whole[-4:]) == (b"PAR1", b"PAR1")
    else:
        assert int(str(running)) > 1, "the question itself, and the export"
        assert whole.startswith(b'"number","text","mark"\n')
        assert whole.count(b',"exported"\n') == 202_000


def test_an_export_that_fails_at_once_says_why_and_one_that_fails_half_way_is_cut(store: Store, store_url: str) -> None:
    fails = "select throwIf(number = {last:UInt64}), repeat('x', 1000) from numbers(200000)"

    with pytest.raises(StoreUnavailable, match="FUNCTION_THROW_IF_VALUE_IS_NON_ZERO"):
        list(store.stream(f"{fails} where number < 10", {"last": 5}, "CSVWithNames"))
    with pytest.raises(StoreUnavailable, match="an export"):
        list(store.stream(fails, {"last": 199_999}, "CSVWithNames"))

    with closing(Store(store_url, {"max_execution_time": 1})) as hasty, pytest.raises(TooExpensive, match="TIMEOUT"):
        list(hasty.stream("select count() from system.numbers", {}, "CSVWithNames"))

    assert list(store.stream("select 1 as one", {}, "CSVWithNames")) == [b'"one"\n1\n']
