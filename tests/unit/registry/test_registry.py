from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from threading import Thread

import pytest
from msgspec import structs

from pellucid.errors import NotFound, RequestError
from pellucid.model.account import Access
from pellucid.model.goal import DimensionScope, Goal
from pellucid.model.rules import ForAllSites, Rules
from pellucid.policy.presets import PRESETS
from pellucid.registry.registry import Registry

NOW = datetime(2025, 11, 24, 12, tzinfo=UTC)
PASSWORD = "correct horse"


def a_goal(site_id: int, name: str = "Order") -> Goal:
    fields = dict.fromkeys(Goal.__struct_fields__, "")
    numbers = {"site_id": site_id, "id": 0, "case_sensitive": False, "allow_multiple": False, "revenue": 1.5}
    return Goal(**fields | numbers | {"use_event_value_as_revenue": True, "name": name})  # type: ignore[arg-type]


def test_a_site_is_kept_as_it_was_set_up(registry: Registry, another: Registry) -> None:
    site = registry.add_site("A", ["https://a", "http://b"], preset="matomo", timezone="Europe/Berlin", currency="eur")

    assert another.site(site.id) == site
    assert another.sites() == (site,)
    assert (site.currency, site.privacy, site.timezone) == ("EUR", PRESETS["matomo"], "Europe/Berlin")


def test_a_site_that_is_not_there_is_not_found(registry: Registry) -> None:
    with pytest.raises(NotFound, match="There is no site 7"):
        registry.site(7)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"name": " "}, "A site needs a name"),
        ({"urls": []}, "at least one address"),
        ({"urls": ["a.example"]}, "'a.example' does not"),
        ({"urls": ["ftp://a"]}, "http:// or https://"),
        ({"timezone": "Mars/Base"}, "no time zone 'Mars/Base'"),
        ({"currency": "EURO"}, "three letters"),
        ({"preset": "none"}, "no preset 'none'; there are cookieless"),
    ],
)
def test_a_wrong_value_of_a_site_is_told(registry: Registry, wrong: dict[str, str], told: str) -> None:
    values: dict[str, object] = {"name": "A", "urls": ["http://a"]}

    with pytest.raises(RequestError, match=told):
        registry.add_site(**values | wrong)  # type: ignore[arg-type]

    assert registry.sites() == ()


def test_settings_of_a_site_are_changed(registry: Registry, another: Registry) -> None:
    site = registry.add_site("A", ["http://a"])

    changed = registry.update_site(site.id, name="B", privacy=structs.replace(site.privacy, retention_days=None))

    assert another.site(site.id) == changed
    assert changed.privacy.retention_days is None


def test_a_change_that_is_wrong_changes_nothing(registry: Registry) -> None:
    site = registry.add_site("A", ["http://a"])

    with pytest.raises(RequestError):
        registry.update_site(site.id, timezone="Mars/Base")

    assert registry.site(site.id) == site


def each_ten_times(registries: Sequence[Registry], change: Callable[[Registry, str], None]) -> None:
    """Change something ten times through each registry, all at once, and under another name each time."""
    changing = [
        Thread(target=lambda of=of, who=who: [change(of, f"{who}-{turn}") for turn in range(10)])
        for who, of in enumerate(registries)
    ]
    for thread in changing:
        thread.start()
    for thread in changing:
        thread.join()


def test_changes_of_a_site_at_once_are_all_kept(registry: Registry, another: Registry) -> None:
    site = registry.add_site("A", ["http://a"])

    def add(of: Registry, name: str) -> None:
        of.change_site(site.id, lambda so_far: structs.replace(so_far, urls=(*so_far.urls, f"http://{name}")))

    each_ten_times((registry, another) * 2, add)

    assert len(registry.site(site.id).urls) == 41


def test_what_is_changed_is_kept_as_what_is_added(registry: Registry) -> None:
    site = registry.add_site("A", ["http://a"])

    changed = registry.update_site(site.id, name=" B ", currency="eur", urls=("http://a/", "http://a", "http://b"))

    assert (changed.name, changed.currency, changed.urls) == ("B", "EUR", ("http://a", "http://b"))
    assert registry.site(site.id) == changed


def test_every_change_is_seen_by_another_process(registry: Registry, another: Registry) -> None:
    seen = [another.revision()]

    def changed() -> bool:
        seen.append(another.revision())
        return seen[-1] > seen[-2]

    site = registry.add_site("A", ["http://a"])
    assert changed()
    registry.update_site(site.id, name="B")
    assert changed()
    registry.add_account("ada", PASSWORD)
    assert changed()
    registry.grant("ada", site.id, Access.VIEW)
    assert changed()
    registry.create_token("ada")
    assert changed()
    registry.add_goal(a_goal(site.id))
    assert changed()
    registry.add_dimension(site.id, "Type", DimensionScope.VISIT, active=True)
    assert changed()


def test_a_question_is_no_change(registry: Registry) -> None:
    registry.add_account("ada", PASSWORD)
    before = registry.revision()

    registry.check_password("ada", PASSWORD)
    registry.bearer("0" * 32)
    registry.forget_expired(NOW)

    assert registry.revision() == before


def test_goals_are_numbered_by_site(registry: Registry, another: Registry) -> None:
    first, second = (registry.add_site(name, ["http://a"]).id for name in "AB")

    added = [registry.add_goal(a_goal(site, name)) for site, name in ((first, "x"), (first, "y"), (second, "z"))]

    assert [goal.id for goal in added] == [1, 2, 1]
    assert another.goals(first) == tuple(added[:2])
    assert another.goals(second) == (added[2],)


def test_dimensions_are_numbered_by_site_and_indexed_by_scope(registry: Registry, another: Registry) -> None:
    site = registry.add_site("A", ["http://a"]).id
    scopes = (DimensionScope.VISIT, DimensionScope.ACTION, DimensionScope.VISIT)

    added = tuple(registry.add_dimension(site, f"{scope}", scope, active=True) for scope in scopes)

    assert [(dimension.id, dimension.index) for dimension in added] == [(1, 1), (2, 1), (3, 2)]
    assert another.dimensions(site) == added


def test_what_is_deleted_is_told_and_changed_no_more_and_its_number_is_nobody_elses(registry: Registry) -> None:
    site = registry.add_site("A", ["http://a"]).id
    goal = registry.add_goal(a_goal(site))
    dimension = registry.add_dimension(site, "Type", DimensionScope.VISIT, active=True)

    registry.delete_goal(site, goal.id)
    registry.delete_dimension(site, dimension.id)

    assert (registry.site(site).goals, registry.site(site).dimensions, registry.dimensions(site)) == ((), (), ())
    for change in (lambda: registry.update_goal(goal), lambda: registry.update_dimension(dimension)):
        with pytest.raises(NotFound):
            change()
    assert registry.add_goal(a_goal(site)).id == 2
    added = registry.add_dimension(site, "Size", DimensionScope.VISIT, active=True)
    assert (added.id, added.index) == (2, 2)


def test_goals_that_are_added_at_once_get_numbers_of_their_own(registry: Registry, another: Registry) -> None:
    site = registry.add_site("A", ["http://a"]).id
    adding = [
        Thread(target=lambda of=of: [of.add_goal(a_goal(site)) for _ in range(10)]) for of in (registry, another) * 2
    ]
    for thread in adding:
        thread.start()
    for thread in adding:
        thread.join()

    assert [goal.id for goal in registry.goals(site)] == list(range(1, 41))


def test_a_site_that_is_not_there_has_no_goals(registry: Registry) -> None:
    with pytest.raises(NotFound, match="no site 9"):
        registry.add_goal(a_goal(9))
    with pytest.raises(NotFound, match="no site 9"):
        registry.add_dimension(9, "Type", DimensionScope.VISIT, active=True)


def test_what_counts_for_all_sites_stands_beside_what_each_has_of_its_own(registry: Registry) -> None:
    registry.add_site("A", ["http://a"])
    before = registry.revision()

    registry.change_for_all_sites(lambda _: ForAllSites(rules=Rules(excluded_agents=("probe",)), currency="eur"))

    assert registry.revision() > before
    assert registry.for_all_sites().currency == "EUR"
    for site in (*registry.sites(), registry.site(1), registry.add_site("B", ["http://b"])):
        assert (site.rules.excluded_agents, site.rules_in_force.excluded_agents) == ((), ("probe",))


@pytest.mark.parametrize("wrong", [ForAllSites(timezone="Mars/Base"), ForAllSites(currency="money")])
def test_what_is_no_zone_or_currency_is_set_for_no_site(registry: Registry, wrong: ForAllSites) -> None:
    with pytest.raises(RequestError):
        registry.change_for_all_sites(lambda _: wrong)

    assert registry.for_all_sites() == ForAllSites()


def test_changes_for_all_sites_at_once_are_all_kept(registry: Registry, another: Registry) -> None:
    def exclude(of: Registry, agent: str) -> None:
        def with_agent(told: ForAllSites) -> ForAllSites:
            agents = (*told.rules.excluded_agents, agent)
            return structs.replace(told, rules=structs.replace(told.rules, excluded_agents=agents))

        of.change_for_all_sites(with_agent)

    each_ten_times((registry, another) * 2, exclude)

    assert len(registry.for_all_sites().rules.excluded_agents) == 40


def test_a_site_that_was_looked_at_is_told_as_it_is_after_every_change(registry: Registry, another: Registry) -> None:
    number = registry.add_site("A", ["http://a"]).id
    goal = registry.add_goal(a_goal(number))
    dimension = registry.add_dimension(number, "Type", DimensionScope.VISIT, active=True)
    seen = {another.site(number)}
    changes: tuple[Callable[[], object], ...] = (
        lambda: registry.update_site(number, name="B"),
        lambda: registry.change_for_all_sites(lambda _: ForAllSites(rules=Rules(excluded_agents=("probe",)))),
        lambda: registry.add_goal(a_goal(number, "Another")),
        lambda: registry.update_goal(structs.replace(goal, name="Changed")),
        lambda: registry.delete_goal(number, goal.id),
        lambda: registry.add_dimension(number, "Author", DimensionScope.ACTION, active=True),
        lambda: registry.update_dimension(structs.replace(dimension, name="Changed")),
        lambda: registry.delete_dimension(number, dimension.id),
    )

    for change in changes:
        change()
        told = another.site(number)
        assert told == next(site for site in registry.sites() if site.id == number)
        assert told not in seen
        seen.add(told)
