from pellucid.matomo.columns import Row
from pellucid.matomo.evolution import evolution
from pellucid.matomo.parameters import Parameters


def rows() -> dict[str, list[Row]]:
    """Two days, on one of which somebody came from Germany."""
    told: Row = {"label": "Germany", "nb_visits": 2, "nb_actions": 5, "sum_visit_length": 60, "bounce_count": 1}
    return {"2025-11-23": [], "2025-11-24": [told]}


def test_a_row_is_followed_over_periods() -> None:
    answered = evolution("UserCountry.getCountry", rows, Parameters({"label": "Germany"}))

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
    assert answered["metadata"]["metrics"]["nb_visits"] == {"name": "Visits", "min": 0, "max": 2}
    assert answered["metadata"]["dimension"] == "Country"
