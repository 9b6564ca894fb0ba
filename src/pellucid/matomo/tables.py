"""Matomo's reports with a row for each value: which of our dimensions each tells, and how its rows are labelled."""

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from urllib.parse import quote_plus

from pellucid.matomo import event_tables, labels
from pellucid.matomo.columns import (
    FOLLOWING,
    OF_CITIES,
    OF_HITS,
    OF_PAGES,
    OF_SOURCES,
    RATIOS_OF_PAGES,
    SCHEME,
    VISITORS,
    Cell,
    Column,
)
from pellucid.matomo.labels import Label, chosen, written
from pellucid.matomo.table import BY_PAGE, Goals, Table
from pellucid.matomo.tree import decoded, escaped_twice, flat_path, path_and_query, path_of, without_scheme
from pellucid.model.hit import SourceKind
from pellucid.model.query import Condition, Operator

_DESTINATION = "Actions_DestinationPage"
_MOST_PAGES = 10_000
"""Of how many pages it is remembered how they are labelled: the same are shown again and again."""


def _chosen_by(name: str, url: str) -> dict[str, Cell]:
    """Return the segment that chooses by an address, if there is one: it is escaped twice, as it has to be sent."""
    if not name:
        return {}
    return {"segment": f"{name}=={escaped_twice(url)}"}


def _page(url: str, *, column: str, segment: str) -> Label:
    if not url:
        label = _no_page(segment)
        return Label(label.text, {**label.more, column: label.text})
    path = flat_path(url)
    if column == _DESTINATION and "/" in path[1:]:
        # Here Matomo writes what lies in a folder with the folder's name first.
        path = decoded(path[1:])
    return Label(path, {"url": url, column: path, **_chosen_by(segment, url)})


@lru_cache(_MOST_PAGES)
def _folders_of_page(url: str, *, segment: str) -> tuple[Label, ...]:
    if not url:
        return (_no_page(segment),)
    *folders, page = path_of(url)
    return (*map(Label, folders), Label(page, {"url": url, **_chosen_by(segment, url)}))


def _no_page(segment: str) -> Label:
    return Label(labels.NO_URL, {"url": "", **(chosen(**{segment: ""}) if segment else {})})


def _title(text: str, *, segment: str) -> Label:
    return Label(labels.title(text), _titled(segment, text))


@lru_cache(_MOST_PAGES)
def _title_apart(text: str, *, segment: str) -> tuple[Label]:
    # Matomo keeps titles apart from folders by a space before them.
    return (Label(f" {labels.title(text)}", _titled(segment, text)),)


def _titled(segment: str, text: str) -> dict[str, Cell]:
    return chosen(**{segment: quote_plus(text)}) if segment else {}


def _pages(column: str, needs: str, segment: str = "") -> Table:
    return Table(
        BY_PAGE,
        partial(_page, column=column, segment=segment),
        path=partial(_folders_of_page, segment=segment),
        columns=(*OF_PAGES, SCHEME),
        ratios=RATIOS_OF_PAGES,
        ratios_in_folders=RATIOS_OF_PAGES[:3],
        apart=VISITORS,
        needs=needs,
        goals=Goals.PAGES,
    )


def _titles(column: str, needs: str, segment: str = "") -> Table:
    return Table(
        ("page_title",),
        partial(_title, segment=segment),
        column,
        partial(_title_apart, segment=segment),
        OF_PAGES,
        RATIOS_OF_PAGES,
        needs=needs,
        goals=Goals.PAGES,
    )


def _links(dimension: str, metric: str, column: str, segment: str) -> Table:
    def label(url: str) -> Label:
        host, page = path(url)
        return Label(f"{host.text}{page.text}", page.more)

    def path(url: str) -> tuple[Label, Label]:
        host, _, rest = without_scheme(url).partition("/")
        return Label(host), Label(f"/{rest}", {"url": url, **_chosen_by(segment, url)})

    columns = (
        *OF_HITS,
        Column("nb_hits", metric),
        Column("sum_time_spent", "no_seconds"),
        Column(FOLLOWING, "views_after_search", beside=FOLLOWING),
    )
    return Table((dimension,), label, column, path, columns, apart=VISITORS, only_told=True)


def _sources(
    only: SourceKind,
    inner: str,
    names: tuple[str, str],
    write: Callable[[str], str] = str,
    joint: str = " - ",
    goals: Goals = Goals.UPPER,
    home: Callable[[str], str] = lambda _name: "",
    address: Callable[[str, str], str] = lambda _name, _came_by: "",
) -> Table:
    """Return a report on the names of a kind of source; a name's subtable tells what it came by."""

    def label(name: str, came_by: str) -> Label:
        told = write(came_by)
        if not told:
            return Label(name, {names[0]: name, **_source_chosen(only, name)})
        more = {names[0]: name, names[1]: told, **_url(address(name, came_by))}
        return Label(f"{name}{joint}{told}", more | _way_chosen(only, name, came_by))

    def path(name: str, came_by: str) -> tuple[Label, ...]:
        outer = Label(name, {**_url(home(name)), **_source_chosen(only, name)})
        return (outer,) if only is SourceKind.CAMPAIGN and not came_by else (outer, Label(came_by))

    return Table(
        ("source_name", inner),
        label,
        path=path,
        columns=OF_SOURCES,
        only=only,
        goals=goals,
        lacks_inner=only is SourceKind.CAMPAIGN,
    )


def _source_chosen(kind: SourceKind, name: str) -> dict[str, Cell]:
    by_kind = {} if kind is SourceKind.WEBSITE else {"referrerType": labels.SOURCES[kind][2]}
    return chosen(**by_kind, referrerName=name)


def _way_chosen(kind: SourceKind, name: str, came_by: str) -> dict[str, Cell]:
    """Return the segment of what a source came by: as in Matomo none of a website's page or an engine's keyword."""
    if kind is SourceKind.CAMPAIGN:
        way = chosen(referrerType=labels.SOURCES[kind][2], referrerKeyword=came_by)
        return {"segment": f"{_source_chosen(kind, name)['segment']};{way['segment']}"}
    return _source_chosen(kind, name) if kind is SourceKind.SOCIAL else {}


def _url(url: str) -> dict[str, Cell]:
    return {"url": url} if url else {}


def _keyword(keyword: str, name: str) -> Label:
    more: dict[str, Cell] = {"Referrers_Keyword": keyword, "Referrers_SearchEngine": name}
    return Label(f"{keyword} - {name}", {"url": labels.search_url(name, keyword), **more})


def _folder_of_keyword(keyword: str, name: str) -> tuple[Label, ...]:
    segment = chosen(referrerType="search", referrerKeyword=keyword)
    return Label(keyword or labels.NO_KEYWORD, segment), Label(name)


def _hour(text: str, segment: str) -> Label:
    return Label(f"{int(text):02}", chosen(**{segment: text}))


def _hours(dimension: str, segment: str, goals: Goals) -> Table:
    label = partial(_hour, segment=segment)
    every = tuple(label(str(hour)) for hour in range(24))
    return Table((dimension,), label, always=every, whole=True, goals=goals)


TABLES: Mapping[str, Table] = {
    **event_tables.TABLES,
    "Actions.getPageUrlsFollowingSiteSearch": _pages(_DESTINATION, FOLLOWING),
    "Actions.getPageTitlesFollowingSiteSearch": _titles(_DESTINATION, FOLLOWING),
    "VisitTime.getVisitInformationPerServerTime": _hours("moved_hour", "visitStartServerHour", Goals.ALL),
    "VisitTime.getVisitInformationPerLocalTime": _hours("local_hour", "visitLocalHour", Goals.NONE),
    "UserId.getUsers": Table(("user_id",), labels.user, where=(Condition("user_id", Operator.DIFFERS, ""),)),
    "Actions.getPageUrls": _pages("Actions_PageUrl", "nb_hits", "pageUrl"),
    "Actions.getEntryPageUrls": _pages("Actions_EntryPageUrl", "entry_nb_visits", "entryPageUrl"),
    "Actions.getExitPageUrls": _pages("Actions_ExitPageUrl", "exit_nb_visits", "exitPageUrl"),
    "Actions.getPageTitles": _titles("Actions_PageTitle", "nb_hits", "pageTitle"),
    "Actions.getEntryPageTitles": _titles("Actions_EntryPageTitle", "entry_nb_visits", "entryPageTitle"),
    "Actions.getExitPageTitles": _titles("Actions_ExitPageTitle", "exit_nb_visits", "exitPageTitle"),
    "Actions.getDownloads": _links("download_url", "downloads", "Actions_DownloadUrl", "downloadUrl"),
    "Actions.getOutlinks": _links("outlink_url", "outlinks", "Actions_ClickedUrl", "outlinkUrl"),
    "Referrers.getReferrerType": Table(("source_kind",), labels.source_kind, columns=OF_SOURCES, goals=Goals.ALL),
    "Referrers.getWebsites": _sources(
        SourceKind.WEBSITE,
        "source_url",
        ("Referrers_Website", "Referrers_WebsitePage"),
        write=lambda url: path_and_query(url)[1:],
        joint="/",
        address=lambda _name, url: url,
    ),
    "Referrers.getSearchEngines": _sources(
        SourceKind.SEARCH,
        "source_keyword",
        ("Referrers_SearchEngine", "Referrers_Keyword"),
        write=labels.keyword,
        home=labels.engine_url,
        address=labels.search_url,
    ),
    "Referrers.getSocials": _sources(
        SourceKind.SOCIAL,
        "source_url",
        ("Referrers_SocialNetwork", "Referrers_WebsitePage"),
        home=labels.network_url,
        address=lambda name, _url: labels.network_url(name),
    ),
    "Referrers.getCampaigns": _sources(
        SourceKind.CAMPAIGN,
        "source_keyword",
        ("Referrers_Campaign", "Referrers_Keyword"),
        goals=Goals.ALL,
    ),
    "Referrers.getKeywords": Table(
        ("source_keyword", "source_name"),
        _keyword,
        path=_folder_of_keyword,
        columns=OF_SOURCES,
        only=SourceKind.SEARCH,
        goals=Goals.UPPER,
    ),
    "DevicesDetection.getBrowsers": Table(
        ("browser", "browser_code"), labels.browser, "DevicesDetection_BrowserName", goals=Goals.ALL
    ),
    "DevicesDetection.getBrowserVersions": Table(
        ("browser", "browser_code", "browser_version"),
        labels.browser_version,
    ),
    "DevicesDetection.getBrowserEngines": Table(("engine",), written(labels.engine, "browserEngine")),
    "DevicesDetection.getOsFamilies": Table(("system", "system_code"), labels.system_family),
    "DevicesDetection.getOsVersions": Table(("system", "system_code", "system_version"), labels.system_version),
    "DevicesDetection.getType": Table(
        ("device_type",),
        labels.type_of_device,
        always=tuple(map(labels.type_of_device, labels.DEVICE_TYPES)),
        goals=Goals.ALL,
    ),
    "DevicesDetection.getBrand": Table(("device_brand",), labels.brand, goals=Goals.ALL),
    "DevicesDetection.getModel": Table(("device_brand", "device_model", "device_type"), labels.model, goals=Goals.ALL),
    "UserCountry.getCountry": Table(("country",), labels.country, goals=Goals.ALL),
    # Matomo adds continents up from countries, their visitors too.
    "UserCountry.getContinent": Table(("continent", "country"), labels.continent, goals=Goals.ALL),
    "UserCountry.getRegion": Table(("region", "country"), labels.region, goals=Goals.ALL),
    "UserCountry.getCity": Table(("city", "region", "country"), labels.city, columns=OF_CITIES, goals=Goals.ALL),
    "UserLanguage.getLanguageCode": Table(("language",), labels.language_code),
    "UserLanguage.getLanguage": Table(("language",), labels.language),
    "Resolution.getResolution": Table(("resolution",), labels.resolution),
    "Resolution.getConfiguration": Table(("system", "browser", "resolution"), labels.configuration),
}
