"""What the request says of the visitor's wishes, read for the one decision."""

from collections.abc import Mapping

from pellucid.policy.decision import Consent, Signals
from pellucid.policy.storage import OBJECTIONS_TO_THE_INSTANCE

_CONSENT = {"1": Consent.GIVEN, "0": Consent.WITHDRAWN}


def signals_of(headers: Mapping[bytes, bytes], parameters: Mapping[str, str]) -> Signals:
    """Return the wishes that headers, cookies and parameters carry."""
    return Signals(
        opted_out=parameters.get("optout") == "1",
        opted_out_of_instance=_ignored(headers.get(b"cookie", b"")),
        consent=_CONSENT.get(parameters.get("consent", ""), Consent.UNSAID),
        global_privacy_control=headers.get(b"sec-gpc") == b"1",
        do_not_track=headers.get(b"dnt") == b"1" or headers.get(b"x-do-not-track") == b"1",
    )


def _ignored(cookies: bytes) -> bool:
    if not cookies:
        return False
    names = {pair.partition(b"=")[0].strip() for pair in cookies.split(b";")}
    return any(name.encode() in names for name in OBJECTIONS_TO_THE_INSTANCE)
