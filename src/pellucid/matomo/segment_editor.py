"""The methods of `SegmentEditor`: segments that accounts keep under names, for themselves or for all."""

from collections.abc import Mapping
from hashlib import md5
from urllib.parse import unquote

from msgspec import structs

from pellucid.errors import NotAllowed, RequestError
from pellucid.matomo.call import NOBODY, SUCCESS, Answer, Call, Method, Record
from pellucid.matomo.segments import segment_of
from pellucid.model.account import Access, Account
from pellucid.model.saved_segment import SavedSegment
from pellucid.model.site import Site

LONGEST_NAME = 255
LONGEST_DEFINITION = 10_000
_ALL_SITES = frozenset({"", "0", "false", "all"})


def _row(segment: SavedSegment) -> dict[str, Answer]:
    # Matomo tells segments apart by this hash, and so do programs that read its answers.
    digest = md5(unquote(segment.definition).encode(), usedforsecurity=False).hexdigest()
    return {
        "idsegment": segment.id,
        "name": segment.name,
        "definition": segment.definition,
        "hash": digest,
        "login": segment.login,
        "enable_all_users": int(segment.shared),
        "enable_only_idsite": segment.site_id or 0,
        "auto_archive": 0,
        "ts_created": f"{segment.created:%Y-%m-%d %H:%M:%S}",
        "ts_last_edit": f"{segment.edited:%Y-%m-%d %H:%M:%S}" if segment.edited else None,
        "deleted": 0,
    }


def _account(call: Call) -> Account:
    return call.account or NOBODY


def _sees(account: Account, segment: SavedSegment) -> bool:
    if account.superuser:
        return True
    own_or_shared = segment.shared or segment.login == account.login
    return own_or_shared and (segment.site_id is None or account.may(segment.site_id, Access.VIEW))


def seen(call: Call) -> list[SavedSegment]:
    """Return the segments that who asks may use."""
    return [segment for segment in call.registry.segments.all() if _sees(_account(call), segment)]


def _changeable(call: Call) -> SavedSegment:
    segment, account = _found(call), _account(call)
    if not (account.superuser or segment.login == account.login):
        raise NotAllowed(f"The segment {segment.id} is another account's; only who made it or a superuser changes it.")
    return segment


def _found(call: Call) -> SavedSegment:
    segment = call.registry.segments.find(call.given.number("idSegment"))
    if not _sees(_account(call), segment):
        raise NotAllowed(f"The segment {segment.id} is another account's, and not shared.")
    return segment


def _told(call: Call, segment: SavedSegment) -> SavedSegment:
    """Return a segment as a request describes it; raise `RequestError` where it can not be kept."""
    given, account = call.given, _account(call)
    name, definition = given.text("name").strip(), given.text("definition")
    if not name or len(name) > LONGEST_NAME:
        raise RequestError(f"The name of a segment has 1 to {LONGEST_NAME} characters.")
    if not definition or len(definition) > LONGEST_DEFINITION:
        raise RequestError(f"The definition of a segment has 1 to {LONGEST_DEFINITION} characters.")
    segment_of(definition)
    shared = given.flag("enabledAllUsers")
    if shared and not account.superuser:
        raise NotAllowed("enabledAllUsers=1 requires Super User access")
    site_id = None if given.text("idSite", "") in _ALL_SITES else given.number("idSite")
    if site_id is not None and not account.may(site_id, Access.VIEW):
        raise NotAllowed(f"A segment of the website {site_id} needs 'view' access to it.")
    return structs.replace(segment, name=name, definition=definition, shared=shared, site_id=site_id)


def _add(call: Call, _sites: list[Site]) -> Answer:
    empty = SavedSegment(
        id=0, name="", definition="", login=_account(call).login, site_id=None, shared=False, created=call.now
    )
    return {"value": call.registry.segments.add(_told(call, empty)).id}


def _update(call: Call, _sites: list[Site]) -> Answer:
    changed = structs.replace(_told(call, _changeable(call)), edited=call.now)
    call.registry.segments.update(changed)
    return {"value": changed.id}


def _delete(call: Call, _sites: list[Site]) -> Answer:
    call.registry.segments.delete(_changeable(call).id)
    return SUCCESS


def _get(call: Call, _sites: list[Site]) -> Answer:
    return Record(_row(_found(call)))


def _all(call: Call, _sites: list[Site]) -> Answer:
    """Return the segments that an account may use, for one site or all; its own first."""
    account = _account(call)
    site_id = None if call.given.text("idSite", "") in _ALL_SITES else call.given.number("idSite")
    fitting = [segment for segment in seen(call) if site_id is None or segment.site_id in {None, site_id}]
    return [_row(segment) for segment in sorted(fitting, key=lambda segment: segment.login != account.login)]


def _may_add(call: Call, _sites: list[Site]) -> Answer:
    return {"value": call.account is not None}


METHODS: Mapping[str, Method] = {
    "SegmentEditor.isUserCanAddNewSegment": Method(_may_add, access=None),
    "SegmentEditor.add": Method(_add, access=None, changes=True),
    "SegmentEditor.update": Method(_update, access=None, changes=True),
    "SegmentEditor.delete": Method(_delete, access=None, changes=True),
    "SegmentEditor.get": Method(_get, access=None),
    "SegmentEditor.getAll": Method(_all, access=None),
}
