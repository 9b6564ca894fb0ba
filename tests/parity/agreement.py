"""How far two answers of the Reporting API agree, leaf by leaf.

Rows are matched by their label, visits by visitor and first action, whatever their order. Whole numbers have to be
equal, fractions within half a hundredth. What names an installation's own files, links, ids or clock is left out, and
so is prose that explains.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

_TOLERANCE = 0.0051
_OWN = re.compile(
    r"(logo|logoWidth|logoHeight|.*icon(svg)?|idsubdatatable|imageGraph.*|serverDate.*|ts_created|creator_login"
    r"|processed_duration|timerMillis|segment|segmentValue|visitIp|idVisit|fingerprint|plugins|pluginsIcons.*|latitude"
    r"|longitude|documentation|metricsDocumentation|acceptedValues|suggestedValuesApi|onlineGuideUrl|uniqueId|is_summary"
    r"|interactionPosition|pageIdAction|idpageview|serverTimestamp|timestamp|actionsWithNewPageView"
    r"|lastActionTimestamp|firstActionTimestamp|lastActionDateTime|siteCurrencySymbol|providerUrl|countryFlag)",
    re.IGNORECASE,
)
_UNITS = str.maketrans("", "", "%,€$ ")

Answer = Any
"""What JSON can hold."""


def differences(expected: Answer, answered: Answer) -> tuple[float, list[str]]:
    """Return the share of leaves that agree, and what is said of each that does not."""
    if _is_error(answered) and not _is_error(expected):
        return 0.0, [f"error: {answered['message']}"]
    wanted, found = dict(_leaves(expected)), dict(_leaves(answered))
    places = sorted(wanted.keys() | found.keys())
    wrong = [
        f"{place}: {wanted.get(place, 'nothing')!r} and not {found.get(place, 'nothing')!r}"
        for place in places
        if not (place in wanted and place in found and _is_same(wanted[place], found[place]))
    ]
    return (1 - len(wrong) / len(places) if places else 1.0), wrong


def order(answer: Answer) -> list[str]:
    """Return the labels of rows as they stand; nothing where an answer is no list of rows."""
    rows = answer if isinstance(answer, list) else []
    return [str(row["label"]) for row in rows if isinstance(row, Mapping) and "label" in row]


def _is_error(answer: Answer) -> bool:
    return isinstance(answer, dict) and answer.get("result") == "error"


def _leaves(node: Answer, place: str = "") -> Iterator[tuple[str, Answer]]:
    if isinstance(node, Mapping):
        for name, value in node.items():
            if not _OWN.fullmatch(str(name)):
                yield from _leaves(value, f"{place}.{name}")
    elif isinstance(node, list):
        if not node:
            yield place, "[]"
        times: Counter[str] = Counter()
        for number, row in enumerate(node):
            key = _key(row, number)
            times[key] += 1
            yield from _leaves(row, f"{place}[{key}#{times[key]}]")
    else:
        yield place, node


def _key(row: Answer, number: int) -> str:
    if not isinstance(row, Mapping):
        return str(number)
    if "actionDetails" in row:
        return f"{row['visitorId']}@{row.get('firstActionTimestamp')}"
    return str(row.get("label", row.get("name", number)))


def _is_same(expected: Answer, answered: Answer) -> bool:
    if str(expected) == str(answered):
        return True
    first, second = _number(expected), _number(answered)
    if first is None or second is None:
        return False
    whole = first.is_integer() and second.is_integer()
    return first == second or (not whole and abs(first - second) <= _TOLERANCE)


def _number(value: Answer) -> float | None:
    try:
        return float(str(value).translate(_UNITS))
    except ValueError:
        return None
