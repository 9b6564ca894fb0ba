"""The methods of `Annotations`: notes on days of a site, by those who see its reports."""

from collections.abc import Mapping, Sequence
from datetime import date

from msgspec import structs

from pellucid.errors import NotAllowed, RequestError
from pellucid.matomo.call import NOBODY, SUCCESS, Answer, Call, Method, Record
from pellucid.matomo.dates import asked
from pellucid.model.account import Access
from pellucid.model.annotation import Annotation
from pellucid.model.period import Period, PeriodKind
from pellucid.model.site import Site
from pellucid.report.periods import before

LONGEST_NOTE = 255
MOST_PERIODS = 1000


def _may_change(call: Call, note: Annotation) -> bool:
    account = call.account or NOBODY
    return account.may(note.site_id, Access.ADMIN) or (
        note.login == account.login and account.may(note.site_id, Access.VIEW)
    )


def _row(call: Call, note: Annotation) -> dict[str, Answer]:
    return {
        "date": note.day.isoformat(),
        "note": note.note,
        "starred": int(note.starred),
        "user": note.login,
        "idNote": note.id,
        "canEditOrDelete": _may_change(call, note),
    }


def _written(call: Call) -> str:
    text = call.given.text("note").strip()
    if not text:
        raise RequestError("A note has to say something.")
    return text[:LONGEST_NOTE]


def _day(call: Call, site: Site) -> date:
    return asked(PeriodKind.DAY, call.given.text("date"), call.today(site)).periods[-1].first


def _add(call: Call, sites: list[Site]) -> Answer:
    note = Annotation(
        site_id=sites[0].id,
        id=0,
        day=_day(call, sites[0]),
        note=_written(call),
        starred=call.given.flag("starred"),
        login=(call.account or NOBODY).login,
    )
    return Record(_row(call, call.registry.annotations.add(note)))


def _changeable(call: Call, site: Site) -> Annotation:
    note = call.registry.annotations.find(site.id, call.given.number("idNote"))
    if not _may_change(call, note):
        raise NotAllowed("You do not have permission to modify or delete this note.")
    return note


def _save(call: Call, sites: list[Site]) -> Answer:
    note = _changeable(call, sites[0])
    changed = structs.replace(
        note,
        day=_day(call, sites[0]) if call.given.text("date", "") else note.day,
        note=_written(call) if call.given.text("note", "") else note.note,
        starred=call.given.flag("starred", default=note.starred),
    )
    call.registry.annotations.update(changed)
    return Record(_row(call, changed))


def _delete(call: Call, sites: list[Site]) -> Answer:
    call.registry.annotations.delete(sites[0].id, _changeable(call, sites[0]).id)
    return SUCCESS


def _delete_all(call: Call, sites: list[Site]) -> Answer:
    call.registry.annotations.delete(sites[0].id)
    return SUCCESS


def _get(call: Call, sites: list[Site]) -> Answer:
    return Record(_row(call, call.registry.annotations.find(sites[0].id, call.given.number("idNote"))))


def _periods(call: Call, site: Site) -> Sequence[Period]:
    """Return the periods that are meant, the last of them alone unless `lastN` asks for more; of a range its days."""
    today = call.today(site)
    wanted = asked(call.given.text("period", PeriodKind.DAY), call.given.text("date"), today)
    if wanted.periods[-1].kind is PeriodKind.RANGE:
        return asked(PeriodKind.DAY, f"{wanted.periods[-1].first},{wanted.periods[-1].last}", today).periods
    number = call.given.number("lastN", 0)
    if not number or wanted.several:
        return wanted.periods
    if number > MOST_PERIODS:
        raise RequestError(f"lastN can be {MOST_PERIODS} at most, and not {number}.")
    periods = [wanted.periods[-1]]
    while len(periods) < number:
        periods.append(before(periods[-1]))
    return periods[::-1]


def _all(call: Call, sites: list[Site]) -> Answer:
    found: dict[str, Answer] = {}
    for site in sites:
        periods = _periods(call, site) if call.given.text("date", "") else ()
        span = (periods[0].first, periods[-1].last) if periods else (None, None)
        rows: list[Answer] = [_row(call, note) for note in call.registry.annotations.on(site.id, *span)]
        found |= {str(site.id): rows} if rows else {}
    return found


def _counts(call: Call, sites: list[Site]) -> Answer:
    """Return for each period how many notes there are; asked for texts, what the only one says."""
    texts = call.given.flag("getAnnotationText")
    found: dict[str, Answer] = {}
    for site in sites:
        rows: list[Answer] = []
        for period in _periods(call, site):
            notes = call.registry.annotations.on(site.id, period.first, period.last)
            counted: dict[str, Answer] = {"count": len(notes), "starred": sum(note.starred for note in notes)}
            if texts and len(notes) == 1:
                counted["note"] = notes[0].note
            rows.append([period.first.isoformat(), counted])
        found[str(site.id)] = rows
    return found


METHODS: Mapping[str, Method] = {
    "Annotations.add": Method(_add, changes=True),
    "Annotations.save": Method(_save, changes=True),
    "Annotations.delete": Method(_delete, changes=True),
    "Annotations.deleteAll": Method(_delete_all, superuser=True),
    "Annotations.get": Method(_get),
    "Annotations.getAll": Method(_all),
    "Annotations.getAnnotationCountForDates": Method(_counts),
}
