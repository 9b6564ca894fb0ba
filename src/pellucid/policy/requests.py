"""Every request that a visitor's browser makes to this server: what for, what it carries, and on what ground.

What is not in this table is not asked for. The browser adds to each what it adds to every request (`UNASKED`), and
whoever takes a request sees the address it comes from; what of that is kept stands in `presets.py`.
"""

from collections.abc import Mapping

from msgspec import Struct

from pellucid.policy.storage import DIRECTIVE, Ground

UNASKED: Mapping[str, str] = {
    "host": "the server's name",
    "user-agent": "browser and system",
    "accept": "what it can show",
    "accept-encoding": "how it can be compressed",
    "accept-language": "the languages the visitor reads",
    "referer": "the page, or its site alone: the page's referrer policy says which",
    "origin": "the page's site",
    "cookie": "the cookies of the server's host: an objection, if there is one; where site and server share a host or "
    "a domain, those of the site, too",
    "connection": "how the connection is used",
    "cache-control": "how caches are to be used",
    "pragma": "how caches are to be used",
    "if-none-match": "which version of the file it has",
    "content-type": "how the body is written",
    "content-length": "how long the body is",
    "priority": "how urgent the answer is",
    "dnt": "Do Not Track, where the visitor has switched it on",
    "sec-gpc": "Global Privacy Control, where the visitor has switched it on",
    "sec-fetch-dest": "what it is asked for",
    "sec-fetch-mode": "what it is asked for",
    "sec-fetch-site": "whether the page is of another site",
    "sec-fetch-storage-access": "whether the page may use the server's own cookies",
    "sec-fetch-user": "whether the visitor clicked",
    "sec-ch-ua": "brand of the browser",
    "sec-ch-ua-mobile": "whether it is a telephone",
    "sec-ch-ua-platform": "the system",
    "upgrade-insecure-requests": "that it would rather use https",
}
"""Headers that browsers add by themselves to requests to anyone; pages have a say in few of them."""

OF_THE_REQUEST: Mapping[str, str] = {
    "idsite": "which site",
    "rec": "that it is to be recorded",
    "r": "a random number, so that no cache answers",
    "h": "the visitor's clock: hour",
    "m": "the visitor's clock: minute",
    "s": "the visitor's clock: second",
    "send_image": "that no picture is wanted",
    "consent": "that the visitor consented, where that is what allows the request",
}
OF_THE_PAGE: Mapping[str, str] = {
    "url": "the page's address",
    "urlref": "where the visitor came from",
    "action_name": "the page's title",
    "pv_id": "a random name of this page view",
    "cs": "the page's character set, if it is not UTF-8",
    "cvar": "what the site's owner says of the page: custom variables",
    "dimension<number>": "what the site's owner says of the page or the visit: custom dimensions",
    "data": "what the site's owner says besides, as JSON",
    "_pks": "the product that the page shows: its number",
    "_pkn": "its name",
    "_pkc": "its categories",
    "_pkp": "its price",
    "pf_net": "time to connect",
    "pf_srv": "time the server took",
    "pf_tfr": "time to transfer",
    "pf_dm1": "time until the page can be used",
    "pf_dm2": "time until the page is whole",
    "pf_onl": "time of what the page does then",
}
OF_AN_ACTION: Mapping[str, str] = {
    "ca": "that it is no page view",
    "e_c": "an event's category",
    "e_a": "an event's action",
    "e_n": "an event's name",
    "e_v": "an event's value",
    "e_cvar": "what the site's owner says of the event: custom variables",
    "c_n": "the name of a piece of content that was seen",
    "c_p": "what it showed",
    "c_t": "where it leads",
    "c_i": "what was done with it",
    "link": "the address of a link that leads away",
    "download": "the address of a file",
    "search": "what was searched for on the site",
    "search_cat": "in which category",
    "search_count": "how much was found",
    "idgoal": "which goal was reached",
    "revenue": "what it is worth",
    "ec_id": "the number of an order",
    "ec_items": "what is in the cart, or was ordered",
    "ec_st": "the order's sum without tax and shipping",
    "ec_tx": "its tax",
    "ec_sh": "what its shipping cost",
    "ec_dt": "its discount",
    "ping": "that the page is still looked at",
}
OF_THE_VISITOR: Mapping[str, str] = {
    "_id": "the identifier from the cookie `_pk_id`, or of this page alone, or one that the page names",
    "_idn": "whether the identifier is new",
    "_rcn": "the campaign the visit came from",
    "_rck": "its keyword",
    "_refts": "when that was",
    "_ref": "the referrer the visit came from",
    "_cvar": "what the site's owner says of the visit: custom variables",
    "uid": "the name that the site knows its user by, if it says so",
}
OF_THE_BROWSER: Mapping[str, str] = {
    "res": "size of the screen",
    "cookie": "whether cookies are switched on",
    "uadata": "client hints: browser, system, model",
    "pdf": "whether PDF can be shown",
    "qt": "a plug-in of old: always 0",
    "realp": "a plug-in of old: always 0",
    "wma": "a plug-in of old: always 0",
    "fla": "a plug-in of old: always 0",
    "java": "a plug-in of old: always 0",
    "ag": "a plug-in of old: always 0",
}
OF_ITS_LOOK: Mapping[str, str] = {
    "language": "in which language it is shown",
    "showIntro": "whether it begins with a word of explanation",
    "backgroundColor": "its colour",
    "fontColor": "that of its text",
    "fontSize": "how large that is",
    "fontFamily": "in which face",
}
OF_THE_OPT_OUT_PAGE: Mapping[str, str] = {
    "module": "what Matomo's address of the page has in it",
    "action": "the same",
    **OF_ITS_LOOK,
    "chosen": "that a choice was made just now",
}
OF_THE_CHOICE: Mapping[str, str] = {
    "choice": "the choice",
    "token": "a signed mark that the page was seen lately: a time, and nothing of the visitor",
    "layer": "whether for this site or for all",
}


_GUIDELINES = "EDPB, Guidelines 2/2023 (version 2.0, 7 October 2024)"


class Read(Struct, frozen=True):
    """What is no cookie, and is read, sent or calculated all the same; and on what ground."""

    what: str
    ground: Ground


OF_THE_BROWSER_ASKED = Read(
    "What is asked of the browser: screen, client hints, PDF, cookies",
    Ground(
        "Not without consent, unless an exemption holds for the site: to read from a device counts as to keep in it.",
        f"{DIRECTIVE}; {_GUIDELINES}",
    ),
)
OF_THE_PAGE_TOLD = Read(
    "What a script or an image tells of the page: address, title, referrer, clock",
    Ground(
        "The guidelines count that as reading, too. Pellucid calls no preset exempt, not even `strict`.",
        _GUIDELINES,
    ),
)
NUMBER_OF_THE_DAY = Read(
    "The number of the day, calculated from the address and from what the browser calls itself (user agent)",
    Ground(
        "Personal data under a pseudonym while its secret is there, for which the owner needs a ground. The guidelines "
        "may count it as reading, too. What was recorded on the day stays joined under it until that is deleted.",
        f"Regulation (EU) 2016/679 (GDPR), articles 4(5) and 6; {_GUIDELINES}",
    ),
)

READ: tuple[Read, ...] = (OF_THE_BROWSER_ASKED, OF_THE_PAGE_TOLD, NUMBER_OF_THE_DAY)
"""A cookie is read on the ground that it is kept on."""


class Asked(Struct, frozen=True, kw_only=True):
    """One kind of request."""

    name: str
    paths: tuple[str, ...]
    purpose: str
    carries: str
    method: str = "GET"
    """By which method; tracking requests come by POST too."""
    says: Mapping[str, str] = {}
    """Every parameter that it may have."""
    answer_sets: str = "nothing"


RENEWED = "nothing; but a cookie that objects, if there is one, anew"
TRACKER_FILE = Asked(
    name="the tracker",
    paths=(
        "/matomo.js",
        "/piwik.js",
        "/pellucid.js",
        "/js/",
        "/js/matomo.js",
        "/js/piwik.js",
        "/lite.js",
        "/consent.js",
        *(f"/{name}.<hash>.js" for name in ("pellucid", "lite", "consent", "stub")),
    ),
    purpose="Fetches the script, which is the same for everyone. The browser keeps it in its cache, for an hour or, "
    "with a hash in the address, a year.",
    carries="nothing but what browsers send with every request",
    answer_sets=RENEWED,
)
HIT = Asked(
    name="a tracking request",
    paths=("/matomo.php", "/piwik.php", "/js/", "/js/tracker.php"),
    purpose="Tells what the visitor did.",
    carries="the parameters below",
    says={**OF_THE_REQUEST, **OF_THE_PAGE, **OF_AN_ACTION, **OF_THE_VISITOR, **OF_THE_BROWSER},
    answer_sets=RENEWED,
)
QUESTION = Asked(
    name="the question for an objection",
    paths=("/optout/state",),
    purpose="Asks, where a site's owner switched it on, whether the visitor objected to all sites of this server.",
    carries="the server's own cookie of an objection, if there is one; the answer is one bit",
    answer_sets="nothing; but the cookie `matomo_ignore`, if there is one, anew",
)
OPT_OUT_PAGE = Asked(
    name="the opt-out page",
    paths=("/optout", "/optout/back", "/optout/static/", "/index.php"),
    purpose="Shows the choice, by itself, in a frame of the site's page, or as a checkbox in it.",
    carries="language and colours, as the page's owner set them",
    says=OF_THE_OPT_OUT_PAGE,
)
CHOICE = Asked(
    name="the choice",
    paths=("/optout", "/optout/back"),
    purpose="Objects to being measured, or takes an objection back.",
    carries="the choice, and a signed mark that the page was seen lately; language and colours of the page",
    method="POST",
    says={**OF_THE_CHOICE, **OF_ITS_LOOK},
    answer_sets="the cookie `matomo_ignore`, or its removal",
)
PRIVACY_PAGE = Asked(
    name="the privacy page",
    paths=("/privacy/", "/.well-known/"),
    purpose="Tells a visitor, and programs, what is measured; the page shows what the browser has just sent.",
    carries="a language, where one is asked for",
    says={"language": OF_THE_OPT_OUT_PAGE["language"]},
)

REQUESTS: tuple[Asked, ...] = (TRACKER_FILE, HIT, QUESTION, OPT_OUT_PAGE, CHOICE, PRIVACY_PAGE)
