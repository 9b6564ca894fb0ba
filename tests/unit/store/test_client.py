import gc
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from time import monotonic

import pytest
from msgspec import json

from builders import a_visit
from pellucid.errors import ConfigurationError, StoreUnavailable
from pellucid.model.visit import Visit
from pellucid.store.client import Store, Urgency


def test_bound_values_are_never_read_as_sql(store: Store) -> None:
    hostile = "'; drop table events; -- \\ \n \t {x:String} ünï ☃"

    answer = store.ask("select {x:String} as x", {"x": hostile})

    assert answer.rows == ((hostile,),)


def test_a_wrong_question_says_so_without_repeating_values(store: Store) -> None:
    with pytest.raises(StoreUnavailable) as caught:
        store.ask("select nothing_of_this_name, {x:String}", {"x": "secret-value"})

    assert "UNKNOWN_IDENTIFIER" in str(caught.value)
    assert "secret-value" not in str(caught.value)


@pytest.mark.parametrize("numbers", [[], [0], [1, -(2**63), 2**63 - 1], list(range(7_500))])
def test_many_numbers_are_bound_as_they_are(store: Store, numbers: list[int]) -> None:
    asked = "select n from (select arrayJoin({numbers:Array(Int64)}) as n) order by indexOf({numbers:Array(Int64)}, n)"

    assert [row[0] for row in store.ask(asked, {"numbers": numbers}).rows] == numbers


def test_an_address_that_is_no_url_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="http://host"):
        Store("localhost:8123")


def test_a_wrong_secret_is_refused(store_url: str) -> None:
    with closing(Store(store_url.replace("secret", "guess", 1))) as stranger, pytest.raises(StoreUnavailable):
        stranger.ask("select 1")


def test_a_store_that_is_closed_leaves_no_connection(store_url: str) -> None:
    before = _open_sockets()
    with closing(Store(store_url)) as known, closing(Store(store_url.replace("secret", "guess", 1))) as stranger:
        known.ask("select 1")
        with pytest.raises(StoreUnavailable):
            stranger.ask("select 1")
        assert _open_sockets() > before

    assert _open_sockets() == before


def _open_sockets() -> int:
    """Return how many sockets this process has, without those that only an error's traceback still holds."""
    gc.collect()
    return sum(one.is_socket() for one in Path("/proc/self/fd").iterdir())


def test_what_is_inserted_twice_under_one_token_is_stored_once(store: Store) -> None:
    for _ in range(2):
        store.insert("visits", Visit, json.encode(a_visit(visit_id=7)), token="journal:1:202611")

    assert store.ask("select count() from visits").rows == ((1,),)


def test_a_row_from_before_the_last_columns_is_stored(store: Store) -> None:
    older = json.encode(json.decode(json.encode(a_visit(visit_id=7)))[:-1])

    store.insert("visits", Visit, older, token="of an outbox that an update found filled")

    assert store.ask("select visit_id, stray from visits").rows == ((7, False),)


def test_long_reports_make_neither_inserts_nor_short_questions_wait(store: Store) -> None:
    slow = "select sum(sleepEachRow(1)) from numbers(5) settings function_sleep_max_microseconds_per_block = 6000000"

    with ThreadPoolExecutor(8) as pool:
        reports = [pool.submit(store.ask, slow) for _ in range(8)]
        began = monotonic()
        answer = store.ask("select 1", urgency=Urgency.SHORT)
        store.insert("visits", Visit, json.encode(a_visit()), token="journal:2:202611")
        waited = monotonic() - began
        running = sum(not report.done() for report in reports)
        for report in reports:
            report.result()

    assert answer.rows == ((1,),)
    assert running == len(reports), f"all reports should still run after {waited:.1f} s"


def test_a_question_that_takes_too_long_is_given_up(store: Store) -> None:
    endless = "select count() from system.numbers where not ignore(sipHash64(number))"

    with pytest.raises(StoreUnavailable, match=r"TIMEOUT_EXCEEDED"):
        store.ask(f"{endless} settings max_execution_time = 1")
