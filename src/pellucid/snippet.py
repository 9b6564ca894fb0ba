"""The code that goes into pages to have them measured: one text, whoever shows it. It knows no request."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from json import dumps
from urllib.parse import urlencode


class Expression(str):
    """What a script works out in the page itself."""

    __slots__ = ()


def snippet(origin: str, site_id: int, commands: Iterable[Sequence[object]] = ()) -> str:
    """Return what stands in a site's pages to have them measured by the server at `origin`.

    `commands` are methods of the tracker's with what they are told, before the first page view.
    """
    told = (
        ("setTrackerUrl", f"{origin}/matomo.php"),
        ("setSiteId", str(site_id)),
        *commands,
        ("trackPageView",),
        ("enableLinkTracking",),
    )
    pushed = "".join(f"  _paq.push([{', '.join(map(_script, command))}]);\n" for command in told)
    return (
        "<script>\n"
        "  var _paq = window._paq = window._paq || [];\n"
        f"{pushed}"
        "</script>\n"
        f'<script async src="{escape(origin)}/matomo.js"></script>'
    )


def image(origin: str, parameters: Mapping[str, str]) -> str:
    """Return the image that has a page, or a mail, measured that runs no scripts."""
    address = f"{origin}/matomo.php?{urlencode(parameters)}"
    return f'<img referrerpolicy="no-referrer-when-downgrade" src="{escape(address)}" style="border:0" alt="">'


def _script(value: object) -> str:
    """Return a value as a script has it: in a page no text may end the script, or begin a comment."""
    if isinstance(value, Expression):
        return value
    return dumps(value, ensure_ascii=False).replace("<", "\\u003c")
