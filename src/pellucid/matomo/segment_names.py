"""What people see of the names that segments choose by: their headings, as Matomo's own programs show them."""

from msgspec import Struct

from pellucid.model.goal import CustomDimension, DimensionScope


class Named(Struct, frozen=True):
    """A name that a segment can choose by, under its heading; a metric is compared as a number."""

    segment: str
    category: str
    name: str
    is_metric: bool = False


NAMED = (
    Named("actions", "Visitors", "Actions In Visit", is_metric=True),
    Named("daysSinceFirstVisit", "Visitors", "Days since first visit", is_metric=True),
    Named("daysSinceLastEcommerceOrder", "Visitors", "Days since last Ecommerce order", is_metric=True),
    Named("daysSinceLastVisit", "Visitors", "Days since last visit", is_metric=True),
    Named("events", "Visitors", "Events", is_metric=True),
    Named("visitLocalMinute", "Visitors", "Local time \N{EM DASH} minute (start of visit)", is_metric=True),
    Named("interactions", "Visitors", "Number of Interactions", is_metric=True),
    Named("searches", "Visitors", "Number of Internal Searches", is_metric=True),
    Named("visitCount", "Visitors", "Number of visits", is_metric=True),
    Named("secondsSinceFirstVisit", "Visitors", "Seconds since first visit", is_metric=True),
    Named("secondsSinceLastEcommerceOrder", "Visitors", "Seconds since last Ecommerce order", is_metric=True),
    Named("secondsSinceLastVisit", "Visitors", "Seconds since last visit", is_metric=True),
    Named("visitDuration", "Visitors", "Visit Duration (in seconds)", is_metric=True),
    Named("visitIp", "Visitors", "Visitor IP", is_metric=True),
    Named("browserName", "Visitors", "Browser"),
    Named("browserCode", "Visitors", "Browser code"),
    Named("browserEngine", "Visitors", "Browser engine"),
    Named("browserVersion", "Visitors", "Browser version"),
    Named("deviceBrand", "Visitors", "Device brand"),
    Named("deviceModel", "Visitors", "Device model"),
    Named("deviceType", "Visitors", "Device type"),
    Named("fingerprint", "Visitors", "Fingerprint"),
    Named("visitLocalHour", "Visitors", "Local time \N{EM DASH} hour (start of visit)"),
    Named("operatingSystemName", "Visitors", "Operating system"),
    Named("operatingSystemCode", "Visitors", "Operating system code"),
    Named("operatingSystemVersion", "Visitors", "Operating system version"),
    Named("profilable", "Visitors", "Profilable"),
    Named("resolution", "Visitors", "Resolution"),
    Named("visitStartServerHour", "Visitors", "Site time \N{EM DASH} hour (start of visit)"),
    Named("visitServerHour", "Visitors", "Site time \N{EM DASH} hour (time of last action)"),
    Named("visitEndServerDate", "Visitors", "Time in UTC \N{EM DASH} date (time of last action)"),
    Named("visitEndServerDayOfMonth", "Visitors", "Time in UTC \N{EM DASH} day of month (time of last action)"),
    Named("visitEndServerDayOfWeek", "Visitors", "Time in UTC \N{EM DASH} day of week (time of last action)"),
    Named("visitEndServerDayOfYear", "Visitors", "Time in UTC \N{EM DASH} day of year (time of last action)"),
    Named("visitStartServerMinute", "Visitors", "Time in UTC \N{EM DASH} minute (start of visit)"),
    Named("visitEndServerMinute", "Visitors", "Time in UTC \N{EM DASH} minute (time of last action)"),
    Named("visitEndServerMonth", "Visitors", "Time in UTC \N{EM DASH} month (time of last action)"),
    Named("visitEndServerQuarter", "Visitors", "Time in UTC \N{EM DASH} quarter (time of last action)"),
    Named("visitEndServerSecond", "Visitors", "Time in UTC \N{EM DASH} second (Time of last action)"),
    Named("visitEndServerWeekOfYear", "Visitors", "Time in UTC \N{EM DASH} week of year (time of last action)"),
    Named("visitEndServerYear", "Visitors", "Time in UTC \N{EM DASH} year (time of last action)"),
    Named("userId", "Visitors", "User ID"),
    Named("visitEcommerceStatus", "Visitors", "Visit Ecommerce status at the end of the visit"),
    Named("visitId", "Visitors", "Visit ID"),
    Named("visitConvertedGoalId", "Visitors", "Visit converted a specific Goal Id"),
    Named("visitConvertedGoalName", "Visitors", "Visit converted a specific Goal Name"),
    Named("visitConverted", "Visitors", "Visit converted at least one Goal"),
    Named("visitorType", "Visitors", "Visit type"),
    Named("visitorId", "Visitors", "Visitor ID"),
    Named("city", "Visitor location", "City"),
    Named("continentCode", "Visitor location", "Continent"),
    Named("countryName", "Visitor location", "Country"),
    Named("countryCode", "Visitor location", "Country code"),
    Named("languageCode", "Visitor location", "Language"),
    Named("latitude", "Visitor location", "Latitude"),
    Named("longitude", "Visitor location", "Longitude"),
    Named("regionCode", "Visitor location", "Region"),
    Named("actionType", "Behaviour", "Action Type"),
    Named("actionUrl", "Behaviour", "Action URL"),
    Named("siteSearchCategory", "Behaviour", "Category (Site Search)"),
    Named("outlinkUrl", "Behaviour", "Clicked Outlink"),
    Named("contentInteraction", "Behaviour", "Content Interaction"),
    Named("contentName", "Behaviour", "Content Name"),
    Named("contentPiece", "Behaviour", "Content Piece"),
    Named("contentTarget", "Behaviour", "Content Target"),
    Named("downloadUrl", "Behaviour", "Download URL"),
    Named("entryPageUrl", "Behaviour", "Entry Page URL"),
    Named("entryPageTitle", "Behaviour", "Entry Page title"),
    Named("exitPageTitle", "Behaviour", "Exit Page Title"),
    Named("exitPageUrl", "Behaviour", "Exit Page URL"),
    Named("siteSearchKeyword", "Behaviour", "Keyword (Site Search)"),
    Named("siteSearchCount", "Behaviour", "Keyword count (Site Search)"),
    Named("pageTitle", "Behaviour", "Page Title"),
    Named("pageUrl", "Behaviour", "Page URL"),
    Named("actionServerHour", "Behaviour", "Site time \N{EM DASH} hour"),
    Named("actionServerMinute", "Behaviour", "Time in UTC \N{EM DASH} minute"),
    Named("eventValue", "Events", "Event value", is_metric=True),
    Named("eventAction", "Events", "Event Action"),
    Named("eventCategory", "Events", "Event Category"),
    Named("eventName", "Events", "Event Name"),
    Named("eventUrl", "Events", "Event URL"),
    Named("referrerType", "Acquisition", "Channel Type"),
    Named("referrerKeyword", "Acquisition", "Keyword"),
    Named("referrerName", "Acquisition", "Referrer Name"),
    Named("referrerUrl", "Acquisition", "Referrer URL"),
    Named("orderId", "Ecommerce", "Order ID", is_metric=True),
    Named("revenueOrder", "Ecommerce", "Order Revenue", is_metric=True),
    Named("productPrice", "Ecommerce", "Product Price", is_metric=True),
    Named("revenueAbandonedCart", "Ecommerce", "Revenue Left In Cart", is_metric=True),
    Named("productViewPrice", "Ecommerce", "Viewed Product Price", is_metric=True),
    Named("productCategory", "Ecommerce", "Product Category"),
    Named("productName", "Ecommerce", "Product Name"),
    Named("productSku", "Ecommerce", "Product SKU"),
    Named("productViewCategory", "Ecommerce", "Viewed Product Category"),
    Named("productViewName", "Ecommerce", "Viewed Product Name"),
    Named("productViewSku", "Ecommerce", "Viewed Product SKU"),
)


PERSONAL = frozenset({"visitIp", "fingerprint", "userId", "visitId", "visitorId"})
"""Names of what tells people apart: who is not signed in can not choose by them."""
_UNIONS = {"actionUrl": ("pageUrl", "downloadUrl", "outlinkUrl", "eventUrl")}


def segments(dimensions: tuple[CustomDimension, ...]) -> list[dict[str, str | bool | list[str]]]:
    """Return all names that segments can choose by, the owner's own dimensions too."""
    own = [
        Named(f"dimension{one.id}", "Visitors" if one.scope is DimensionScope.VISIT else "Behaviour", one.name)
        for one in dimensions
        if one.active
    ]
    return [
        {
            "type": "metric" if named.is_metric else "dimension",
            "category": named.category,
            "name": named.name,
            "segment": named.segment,
            **({"permission": True} if named.segment in PERSONAL else {}),
            **({"unionOfSegments": list(_UNIONS[named.segment])} if named.segment in _UNIONS else {}),
        }
        for named in (*NAMED, *own)
    ]
