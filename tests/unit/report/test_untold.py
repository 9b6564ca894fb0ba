from pellucid.report import untold
from pellucid.report.dimensions import DIMENSIONS
from pellucid.report.metrics import METRICS


def test_what_is_untold_can_be_asked_for() -> None:
    assert set(METRICS) >= untold.METRICS
    assert set(DIMENSIONS) >= untold.DIMENSIONS


def test_what_is_worked_out_of_what_is_untold_is_untold() -> None:
    told = [metric for metric in METRICS.values() if metric.name not in untold.METRICS]

    assert [metric.name for metric in told if untold.METRICS & set(metric.of)] == []


def test_what_tells_visitors_apart_is_untold() -> None:
    of_visitors = {
        name
        for name, metric in METRICS.items()
        if any("visitor_id" in sql or "visitor_kind" in sql or "user_id" in sql for sql in metric.counted.values())
    }

    assert of_visitors <= untold.METRICS
