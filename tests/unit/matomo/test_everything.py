"""All numbers of a site are asked for at once, and none of them twice."""

import pytest

from builders import DAY
from pellucid.matomo.overview import everything
from pellucid.matomo.parameters import parameters_of
from pellucid.model.period import Period, PeriodKind
from pellucid.model.query import Query
from pellucid.model.result import Result
from pellucid.registry.registry import Registry
from pellucid.report.run import Reports
from pellucid.store.client import Store
from unit.matomo.conftest import Ask


class Remembering(Reports):
    """Answers queries, and remembers them."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.asked: list[Query] = []

    def answer(self, query: Query) -> Result:
        self.asked.append(query)
        return super().answer(query)


@pytest.mark.usefixtures("client")
@pytest.mark.parametrize("kind", [PeriodKind.DAY, PeriodKind.RANGE])
def test_new_and_returning_visitors_are_asked_for_once(registry: Registry, store: Store, kind: PeriodKind) -> None:
    reports = Remembering(store)

    everything(reports, registry.site(1), Period(DAY, DAY, kind), parameters_of([]))

    of_kinds = [query for query in reports.asked if query.dimensions == ("visitor_returns",)]
    assert [("visits" in query.metrics, "goals_reached" in query.metrics) for query in of_kinds] in (
        [(True, False), (False, True)],
        [(False, True), (True, False)],
    )


@pytest.mark.parametrize("period", ["day", "month"])
def test_all_numbers_together_are_those_of_each_report(ask: Ask, period: str) -> None:
    of_period = {"idSite": "1", "period": period, "date": "2025-11-24"}

    together = ask("API.get", **of_period)

    for method in ("VisitsSummary.get", "VisitFrequency.get", "Goals.get", "Actions.get"):
        alone = ask(method, **of_period)
        assert isinstance(alone, dict)
        assert isinstance(together, dict)
        shared = alone.keys() & together.keys()
        assert len(shared) > 3, method
        assert {name: together[name] for name in shared} == {name: alone[name] for name in shared}, method
