"""A report as a feed (RSS 2.0): an item for each of several dates, the latest first."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from email.utils import format_datetime
from html import escape
from urllib.parse import urlencode

from pellucid.errors import RequestError
from pellucid.matomo import administration as setup
from pellucid.matomo.call import NOBODY, Call
from pellucid.matomo.formats import Written, xml_text
from pellucid.matomo.headings import headings
from pellucid.matomo.parameters import Parameters
from pellucid.matomo.tabular import Answer, name_of_series, table_of, text_of
from pellucid.model.site import Site

_NOTHING = "<strong><em>Empty table</em></strong><br />"
_MISSING = "-"


def feed(answer: Answer, call: Call) -> Written:
    """Return an answer as a feed, or raise `RequestError` if it is no report of one website on several dates."""
    sites = setup.visible(call.registry, call.account or NOBODY)
    site = next((one for one in sites if str(one.id) == call.given.text("idSite", "")), None)
    if site is None or not isinstance(answer, Mapping) or name_of_series(answer) != "date":
        raise RequestError("RSS feeds can be generated for one specific website &idSite=X, and for several dates.")
    scheme = "" if call.asking.origin.startswith("https:") else "http:"
    home = f"{scheme}{call.asking.origin}/"
    items = "".join(_item(str(key), one, site, home, call.given) for key, one in reversed(list(answer.items())))
    built = format_datetime(call.now)
    return xml_text(
        '<rss version="2.0">\n<channel>\n<title>Pellucid</title>\n'
        f"<link>{escape(home)}</link>\n<description>Reports of Pellucid</description>\n<language>en</language>\n"
        f"<pubDate>{built}</pubDate>\n<lastBuildDate>{built}</lastBuildDate>\n{items}</channel>\n</rss>"
    )


def _item(key: str, answer: Answer, site: Site, home: str, given: Parameters) -> str:
    """Return the item of a period: it is published when that begins, and known by the address of its reports."""
    # A key names a year, a month, a day, or the first and last of several.
    first = date.fromisoformat(f"{key.partition(',')[0]}-01-01"[:10])
    asked = {"idSite": site.id, "period": given.text("period"), "date": first.isoformat()}
    address = escape(f"{home}?{urlencode({'module': 'CoreHome', 'action': 'index', **asked})}")
    published = format_datetime(datetime(first.year, first.month, first.day, tzinfo=UTC))
    return (
        f"<item>\n<pubDate>{published}</pubDate>\n<guid>{address}</guid>\n<link>{address}</link>\n"
        f"<title>{escape(f'{site.name} on {key}')}</title>\n"
        f"<description>{escape(_html(answer, given))}</description>\n</item>\n"
    )


def _html(answer: Answer, given: Parameters) -> str:
    """Return the rows of an answer as a table, without what tells more of them and counts nothing."""
    columns, _, rows = table_of(answer)
    if not rows:
        return _NOTHING
    words = headings(given)
    head = "".join(f"<td><strong>{escape(words.get(name, name))}</strong></td>" for name in columns)
    lines = (
        "".join(f"<td>{escape(text_of(row[name])) if name in row else _MISSING}</td>" for name in columns)
        for row in rows
    )
    return "\n".join(("<table border=1 width=70%>", *(f"<tr>{line}</tr>" for line in (head, *lines)), "</table>"))
