import pytest

from pellucid.errors import RequestError
from pellucid.matomo.columns import Row
from pellucid.matomo.parameters import parameters_of
from pellucid.matomo.pivot import pivoted

ROWS: list[Row] = [
    {
        "label": "bikes",
        "nb_visits": 6,
        "subtable": [
            {"label": "Google", "nb_visits": 4},
            {"label": "Bing", "nb_visits": 1},
            {"label": "label", "nb_visits": 1},
        ],
    },
    {"label": "chain", "nb_visits": 3, "subtable": [{"label": "Bing", "nb_visits": 1}]},
    {"label": "bell", "nb_visits": 1},
]


def pivot(**given: str) -> list[Row]:
    asked = {"method": "Referrers.getKeywords", "pivotBy": "Referrers.SearchEngine"} | given
    return pivoted(ROWS, parameters_of(list(asked.items())))


def test_what_lies_below_a_row_becomes_its_columns() -> None:
    rows = pivot()

    assert rows[1] == {"label": "chain", "Google": 0, "Bing": 1}
    assert [row["label"] for row in rows] == ["bikes", "chain", "bell"]


def test_columns_beyond_a_limit_are_one() -> None:
    assert pivot(pivotByColumn="nb_visits", pivotByColumnLimit="1") == [
        {"label": "bikes", "Google": 4, "Others": 2},
        {"label": "chain", "Google": 0, "Others": 1},
        {"label": "bell", "Google": 0, "Others": 0},
    ]


def test_what_can_not_be_pivoted_is_told() -> None:
    with pytest.raises(RequestError, match=r"can not be pivoted by 'UserCountry.City'; these can: .*SearchEngine"):
        pivot(pivotBy="UserCountry.City")
