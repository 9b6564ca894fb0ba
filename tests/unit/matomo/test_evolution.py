from pellucid.matomo.columns import Row
from pellucid.matomo.evolution import Followed, evolution
from pellucid.matomo.metric_names import NAMES
from pellucid.matomo.parameters import Parameters

COUNTRIES = Followed(
    "UserCountry.getCountry",
    "Country",
    {
        name: NAMES[name]
        for name in (
            "nb_visits",
            "nb_uniq_visitors",
            "nb_actions",
            "nb_actions_per_visit",
            "avg_time_on_site",
            "bounce_rate",
        )
    },
)
WEBSITES = Followed("Referrers.getWebsites", "Website", {"nb_visits": "Visits"})
PAGES = Followed(
    "Actions.getPageUrls", "Page URL", {"nb_hits": "Pageviews", "nb_visits": "Unique Pageviews"}, "s.example"
)


def rows() -> dict[str, list[Row]]:
    """Two days, on one of which somebody came from Germany."""
    told: Row = {"label": "Germany", "nb_visits": 2, "nb_actions": 5, "sum_visit_length": 60, "bounce_count": 1}
    return {"2025-11-23": [], "2025-11-24": [told]}


def test_a_row_is_followed_over_periods() -> None:
    answered = evolution(COUNTRIES, rows, Parameters({"label": "Germany"}))

    assert answered["reportData"] == {
        "2025-11-23": [],
        "2025-11-24": [
            {
                "nb_visits": 2,
                "nb_actions": 5,
                "nb_actions_per_visit": 2.5,
                "avg_time_on_site": 30,
                "bounce_rate": "50%",
            }
        ],
    }
    assert answered["metadata"]["metrics"]["nb_visits"] == {"name": "Visits", "min": 2, "max": 2}
    assert answered["metadata"]["dimension"] == "Country"


def test_how_much_a_row_changed_is_told_from_the_first_period_to_the_last() -> None:
    def change(*visits: int) -> object:
        days: dict[str, list[Row]] = {str(day): [{"label": "a", "nb_visits": n}] for day, n in enumerate(visits)}
        told = evolution(COUNTRIES, lambda: days, Parameters({"label": "a"}))
        return told["metadata"]["metrics"]["nb_visits"].get("change")

    assert (change(2, 9, 3), change(4, 4), change(8, 1), change(1, 20)) == ("+50%", "+0%", "-88%", "+1,900%")
    assert change(0, 3) is None


def pages(**asked: str) -> Row:
    """What is told of two pages in a folder, and one beside it, over two days."""
    told: list[Row] = [
        {"label": "/b, c", "nb_hits": 1, "nb_visits": 1, "url": "http://s.example/b, c"},
        {
            "label": "a",
            "nb_hits": 5,
            "nb_visits": 2,
            "subtable": [{"label": "/x", "nb_hits": 5, "url": "https://www.s.example/a/x"}],
        },
    ]
    return evolution(PAGES, lambda: {"1": told, "2": []}, Parameters(asked))


def test_of_several_rows_one_column_is_followed() -> None:
    answered = pages(label="a>%2Fx,%2Fb%2C+c,none")

    assert answered["column"] == "nb_hits"
    assert answered["reportData"] == {
        "1": [{"nb_hits_0": 5, "nb_hits_1": 1, "nb_hits_2": 0}],
        "2": [{"nb_hits_0": 0, "nb_hits_1": 0, "nb_hits_2": 0}],
    }
    assert answered["metadata"]["metrics"] == {
        "nb_hits_0": {"name": "s.example/a/x (Pageviews)", "min": 0, "max": 5, "change": "-100%"},
        "nb_hits_1": {"name": "s.example/b, c (Pageviews)", "min": 0, "max": 1, "change": "-100%"},
        "nb_hits_2": {"name": "none (Pageviews)"},
    }


def test_all_rows_are_followed_if_none_is_named() -> None:
    assert pages(column="nb_visits")["reportData"]["1"] == [{"nb_visits_0": 1, "nb_visits_1": 2}]
    assert pages(filter_limit="1")["label"] == "s.example/b, c"
    many: list[Row] = [{"label": str(number), "nb_visits": 1} for number in range(101)]
    assert len(evolution(COUNTRIES, lambda: {"1": many}, Parameters({}))["metadata"]["metrics"]) == 100


def test_a_row_without_an_address_is_called_by_the_labels_that_lead_to_it() -> None:
    titles = Followed("Actions.getPageTitles", "Page title", {"nb_visits": "Visits"})

    assert pages(label="a>%2Fx")["label"] == "s.example/a/x"
    assert pages(label="a > none+such")["label"] == "s.example/a/none such/"
    assert evolution(titles, rows, Parameters({"label": "a>@b"}))["label"] == "a - b"


def test_rows_are_called_as_somebody_wants_them_to_be() -> None:
    assert pages(label="a>%2Fx", labelUseAbsoluteUrl="0")["label"] == "s.example/a//x/"
    assert pages(label="a", labelPretty="All of A")["label"] == "s.example/All of A/"
    assert evolution(COUNTRIES, rows, Parameters({"label": "Germany", "labelPretty": "Home"}))["label"] == "Home"
    several = pages(label="a>%2Fx,%2Fb%2C+c", labelPretty=",B", legendAppendMetric="0")["metadata"]["metrics"]
    assert [metric["name"] for metric in several.values()] == ["s.example/a/x", "B"]


def test_a_page_of_another_site_is_followed_by_its_path() -> None:
    page: Row = {"label": "http://www.news.example/a.html", "nb_visits": 3}
    days: dict[str, list[Row]] = {"1": [{"label": "www.news.example", "nb_visits": 3, "subtable": [page]}]}

    told = evolution(WEBSITES, lambda: days, Parameters({"label": "www.news.example>a.html"}))

    assert told["label"] == "news.example/a.html"
    assert told["reportData"]["1"][0]["nb_visits"] == 3  # type: ignore[index, call-overload]


def test_rows_are_called_as_their_labels_say() -> None:
    titles = Followed("Actions.getPageTitles", "Page Name", {"nb_hits": "Pageviews"})
    days: dict[str, list[Row]] = {"2025-11-24": [{"label": " Home", "nb_hits": 1}, {"label": " Shop", "nb_hits": 1}]}
    every = evolution(titles, lambda: days, Parameters({}))["metadata"]["metrics"]
    one = evolution(titles, lambda: days, Parameters({"label": "@ Home"}))
    several = evolution(titles, lambda: days, Parameters({"label": "@ Home,a > b"}))["metadata"]["metrics"]

    assert [metric["name"] for metric in every.values()] == [" Home (Pageviews)", " Shop (Pageviews)"]
    assert one["label"] == " Home"
    assert [metric["name"] for metric in several.values()] == ["@ Home (Pageviews)", "a  -  b (Pageviews)"]
