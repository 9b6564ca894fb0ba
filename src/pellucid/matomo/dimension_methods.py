"""The methods of `CustomDimensions` that set dimensions up, and tell of what can be set up."""

from collections import Counter
from collections.abc import Mapping

from pellucid.matomo import administration as setup
from pellucid.matomo.call import SUCCESS, Answer, Call, Method
from pellucid.model.account import Access
from pellucid.model.goal import DimensionScope
from pellucid.model.site import Site

SLOTS_LEFT = 5
"""How many more dimensions are told that a site can have; here there is no end to them."""

_READ_OFF = {"url": "Page URL", "urlparam": "Page URL Parameter", "action_name": "Page Title"}


def _add(call: Call, sites: list[Site]) -> Answer:
    return {"value": setup.add_dimension(call.registry, sites[0], call.given)}


def _update(call: Call, sites: list[Site]) -> Answer:
    setup.update_dimension(call.registry, sites[0], call.given)
    return SUCCESS


def _delete(call: Call, sites: list[Site]) -> Answer:
    call.registry.delete_dimension(sites[0].id, call.given.number("idDimension"))
    return SUCCESS


def _configured(call: Call, sites: list[Site]) -> Answer:
    return [setup.dimension_row(one) for site in sites for one in call.registry.dimensions(site.id)]


def _configured_of_scope(call: Call, sites: list[Site]) -> Answer:
    wanted = call.given.text("scope")
    return [setup.dimension_row(one) for one in call.registry.dimensions(sites[0].id) if one.scope == wanted]


def _scopes(_call: Call, sites: list[Site]) -> Answer:
    used = Counter(dimension.scope for dimension in sites[0].dimensions)
    return [
        {
            "value": scope.value,
            "name": scope.value.capitalize(),
            "numSlotsAvailable": used[scope] + SLOTS_LEFT,
            "numSlotsUsed": used[scope],
            "numSlotsLeft": SLOTS_LEFT,
            "supportsExtractions": scope is DimensionScope.ACTION,
        }
        for scope in DimensionScope
    ]


def _extractions(_call: Call, _sites: list[Site]) -> Answer:
    return [{"value": value, "name": name} for value, name in _READ_OFF.items()]


METHODS: Mapping[str, Method] = {
    "CustomDimensions.configureExistingCustomDimension": Method(_update, access=Access.WRITE),
    "CustomDimensions.configureNewCustomDimension": Method(_add, access=Access.WRITE),
    "CustomDimensions.deleteCustomDimension": Method(_delete, access=Access.WRITE),
    "CustomDimensions.getConfiguredCustomDimensions": Method(_configured),
    "CustomDimensions.getConfiguredCustomDimensionsHavingScope": Method(_configured_of_scope),
    "CustomDimensions.getAvailableScopes": Method(_scopes),
    "CustomDimensions.getAvailableExtractionDimensions": Method(_extractions, access=None, somewhere=Access.WRITE),
}
