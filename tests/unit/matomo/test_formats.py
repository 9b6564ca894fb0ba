import csv
from io import StringIO
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import json

from pellucid.errors import RequestError
from pellucid.matomo.call import Record
from pellucid.matomo.formats import FEED, WRITERS, error, written
from pellucid.matomo.parameters import Parameters

ROWS = [
    {"label": "Böll & <Co>", "nb_visits": 3, "url": "http://a/", "goals": {"idgoal=1": {"revenue": 2}}},
    {"label": "x", "nb_visits": 1, "bounce_rate": "50%", "subtable": [{"label": "y", "nb_visits": 1}]},
]
SERIES = {"2025-11-23": [], "2025-11-24": ROWS}
SUCCESS = {"result": "success", "message": "ok"}


def text(answer: object, **parameters: str) -> str:
    """An answer as it is sent, as text."""
    content = written(answer, Parameters(parameters)).content
    return content[2:].decode("utf-16-le") if content.startswith(b"\xff\xfe") else content.decode()


def test_xml_is_what_comes_if_nothing_is_asked_for() -> None:
    assert text({"value": 5}) == '<?xml version="1.0" encoding="utf-8" ?>\n<result>5</result>'
    assert text({"value": False}).endswith("<result>0</result>")
    assert text([]) == '<?xml version="1.0" encoding="utf-8" ?>\n<result />'
    assert text(SUCCESS).endswith('<result>\n\t<success message="ok" />\n</result>')


@pytest.mark.parametrize(
    ("number", "printed"),
    [(10.0, "10"), (29.990000000000002, "29.99"), (1 / 3, "0.33333333333333"), (1e25, "1.0E+25"), (1.5e-7, "1.5E-7")],
)
def test_numbers_are_printed_with_14_digits(number: float, printed: str) -> None:
    assert text({"value": number}).endswith(f"<result>{printed}</result>")
    assert text([{"revenue": number}], format="csv") == f"revenue\n{printed}"


def test_rows_are_elements_with_what_is_in_them() -> None:
    root = ET.fromstring(text(ROWS, format="xml"))  # noqa: S314 -- our own

    assert [row.findtext("label") for row in root] == ["Böll & <Co>", "x"]
    assert root[1].findtext("subtable/row/label") == "y"
    assert root[0].find("goals/row").attrib == {"idgoal": "1"}


def test_a_name_that_a_visitor_gave_is_no_markup() -> None:
    name = '1. a><b c="d=1'

    root = ET.fromstring(text([{"comparisons": [{name: 2}]}], format="xml"))  # noqa: S314 -- our own

    (row,) = root.iterfind("row/comparisons/row/row")
    assert (row.attrib, row.text) == ({"key": name}, "2")


def test_a_series_has_a_result_for_each_date_or_site() -> None:
    dated = ET.fromstring(text(SERIES, format="xml"))  # noqa: S314 -- our own
    sites = ET.fromstring(text({"1": {"nb_visits": 2}, "2": {"nb_visits": 3}}, format="xml"))  # noqa: S314

    assert (dated.tag, [one.get("date") for one in dated]) == ("results", list(SERIES))
    assert [one.get("idSite") for one in sites] == ["1", "2"]


@pytest.mark.parametrize("method", ["Goals.getGoals", "Annotations.getAll"])
def test_goals_and_sites_with_notes_are_one_result(method: str) -> None:
    told = {"1": {"name": "a"}, "2": {"name": "b"}}
    root = ET.fromstring(text(told, method=method))  # noqa: S314 -- our own

    assert (root.tag, [(row.tag, row.get("key")) for row in root]) == ("result", [("row", "1"), ("row", "2")])


def test_the_rows_of_a_described_report_stand_by_the_names_of_dates() -> None:
    told = {"reportData": {"Sunday, November 23, 2025": [], "Monday, November 24, 2025": ROWS}}
    data = ET.fromstring(text(told))[0]  # noqa: S314 -- our own

    assert [one.tag for one in data] == ["result", "result"]
    assert [one.get("prettyDate") for one in data] == list(told["reportData"])
    assert data[1][0].findtext("label") == "Böll & <Co>"


def test_series_of_several_sites_have_the_dates_in_each() -> None:
    root = ET.fromstring(text({"1": SERIES, "2": SERIES}, format="xml"))  # noqa: S314 -- our own

    assert [[one.get("date") for one in site] for site in root] == [list(SERIES), list(SERIES)]
    assert root[1][1].findtext("row/label") == "Böll & <Co>"


@pytest.mark.parametrize(("told", "key"), [({"prettyDate": "Both"}, "prettyDate"), ({"label": "x"}, "date")])
def test_the_periods_of_a_report_on_several_are_told_by_an_attribute(told: dict[str, str], key: str) -> None:
    root = ET.fromstring(text(told | {"reportData": SERIES}, format="xml"))  # noqa: S314 -- our own

    assert [one.attrib for one in root.iter("result") if one is not root] == [{key: day} for day in SERIES]


def table(answer: object, delimiter: str = ",", **parameters: str) -> list[list[str]]:
    """The lines of a table."""
    return list(csv.reader(StringIO(text(answer, **parameters)), delimiter=delimiter))


def test_tables_have_a_head_and_a_line_for_each_row() -> None:
    head = ["label", "nb_visits", "goals_idgoal=1_revenue", "metadata_url", "bounce_rate"]

    assert table(ROWS, format="csv") == [head, ["Böll & <Co>", "3", "2", "http://a/", ""], ["x", "1", "", "", "50%"]]
    assert table(ROWS, "\t", format="tsv", convertToUnicode="0")[0] == head
    assert table(SERIES, format="csv")[1][0] == "2025-11-24"
    assert table({"value": 5}, format="csv") == [["value"], ["5"]]
    assert text(SUCCESS, format="csv") == "message\nok"
    assert text([], format="csv") == "No data available"
    assert text({"1": {"2025-11-23": []}}, format="csv") == "idSite,date"


def test_what_tells_what_a_row_is_stands_behind_what_is_counted() -> None:
    rows = [
        {"label": "Lyon", "city_name": "Lyon", "lat": 45.7, "nb_visits": 1, "bounce_rate": "50%", "goal_1_rate": "5%"}
    ]
    head = ["label", "nb_visits", "bounce_rate", "goal_1_rate", "metadata_city_name", "metadata_lat"]

    assert table(rows, format="csv") == [head, ["Lyon", "1", "50%", "5%", "Lyon", "45.7"]]
    assert table({"2025-11-24": rows}, format="csv")[0] == ["date", *head]
    assert table([{"siteName": "Shop", "visitIp": "1.2.0.0"}], format="csv")[0] == ["siteName", "visitIp"]


def test_columns_of_tables_are_named_in_words_where_that_is_asked_for() -> None:
    rows = [{"label": "/", "nb_hits": 2, "nb_visits": 1, "sum_time_spent": 3, "odd": 4, "segment": "a==b"}]
    asked, long = {"format": "csv", "translateColumnNames": "1"}, "Total time spent by visitors (in seconds)"

    (of_pages, _), (of_any, _) = (table(rows, **asked, method=name) for name in ("Actions.getPageUrls", "Any.get"))
    days = table({"2025-11-24": {"nb_visits": 1, "avg_time_on_site": 2}}, **asked, method="VisitsSummary.get")

    assert of_pages == ["Label", "Pageviews", "Unique Pageviews", long, "odd", "Metadata: segment"]
    assert of_any == ["Label", "Pageviews", "Visits", long, "odd", "Metadata: segment"]
    assert days[0] == ["Date", "Visits", "Avg. Visit Duration (in seconds)"]
    assert "<th>Unique Pageviews</th>" in text(rows, **(asked | {"format": "html"}), method="Actions.getPageUrls")


def test_what_columns_hold_has_columns_of_its_own() -> None:
    visit = {"plugins": "pdf", "icons": [{"name": "pdf"}, {"name": "java"}], "none": [], "country": "France"}
    opened = {"label": "x", "nb_visits": 1, "idsubdatatable": 3, "subtable": ROWS, "comparisons": ROWS}
    translated = {"format": "csv", "translateColumnNames": "1"}

    assert table([visit], format="csv")[0] == ["plugins", "icons_0_name", "icons_1_name", "country"]
    assert table([opened], format="csv") == [["label", "nb_visits"], ["x", "1"]]
    assert table(ROWS, **translated)[0][2] == "Revenue (Goal idgoal=1)"


@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_a_cell_is_one_and_no_formula(delimiter: str) -> None:
    odd = ['a;b,c"d', "a\tb", "=1+1", "%=1", "%00@x", "-x", "-5", "+5%", "50%", -5, False]
    written = ['"a;b,c""d"', "a b", "'=1+1", "'%=1", "'%00@x", "'-x", "-5", "+5%", "50%", "-5", "0"]
    name = {",": "csv", "\t": "tsv"}[delimiter]

    head, line = text([dict(zip("abcdefghijk", odd, strict=True))], format=name).split("\n")
    assert (head, line) == (delimiter.join("abcdefghijk"), delimiter.join(written))


def test_tables_are_utf_16_unless_that_is_not_wanted() -> None:
    assert written(ROWS, Parameters({"format": "csv"})).content.startswith(b"\xff\xfe")
    assert written(ROWS, Parameters({"format": "csv", "convertToUnicode": "0"})).content.startswith(b"label")


def test_html_shows_nothing_as_markup() -> None:
    assert "<td>Böll &amp; &lt;Co&gt;</td>" in text(ROWS, format="html")


def test_nothing_is_a_list_in_json() -> None:
    assert text({}, format="json") == "[]"
    assert text({"2025-11-23": {}, "2025-11-24": {"a": 1, "b": 2}}, format="json") == (
        '{"2025-11-23":[],"2025-11-24":{"a":1,"b":2}}'
    )


def test_php_reads_what_it_would_have_written() -> None:
    told = {"a": [1, 2.5, None, True], "é": "x"}

    assert text(told, format="original") == ('a:2:{s:1:"a";a:4:{i:0;i:1;i:1;d:2.5;i:2;N;i:3;b:1;}s:2:"é";s:1:"x";}')


def test_a_callback_is_a_name_and_nothing_else() -> None:
    assert text({"value": 1}, format="json", callback="a.b_1") == 'a.b_1({"value":1})'
    with pytest.raises(RequestError, match="callback"):
        text({"value": 1}, format="json", jsoncallback="alert(1)//")


@pytest.mark.parametrize("name", [*WRITERS, FEED])
def test_an_error_is_told_in_the_format_that_was_asked_for(name: str) -> None:
    told = error("No <site>.", Parameters({"format": name})).content.decode()

    assert "No " in told
    assert name in {"json", "original", "csv", "tsv"} or "<site>" not in told


def test_a_format_that_is_not_there_is_told_so() -> None:
    with pytest.raises(RequestError, match="xml, json, csv"):
        written([], Parameters({"format": "gopher"}))
    assert json.decode(error("x", Parameters({"format": "gopher"})).content)["message"] == "x"


ANSWERS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("name", WRITERS)
@given(answer=ANSWERS)
def test_any_answer_can_be_written_in_any_format(name: str, answer: object) -> None:
    assert isinstance(written(answer, Parameters({"format": name})).content, bytes)


def test_a_record_that_is_no_report_is_a_row_in_xml_alone() -> None:
    record = Record({"idsite": 1, "name": "Shop"})

    root = ET.fromstring(text(record, format="xml"))  # noqa: S314 -- our own
    assert [child.tag for child in root] == ["row"]
    assert root.findtext("row/name") == "Shop"
    assert json.decode(text(record, format="json")) == record
    assert table(record, format="csv") == [["idsite", "name"], ["1", "Shop"]]
    assert text(record, format="original") == 'a:2:{s:6:"idsite";i:1;s:4:"name";s:4:"Shop";}'
