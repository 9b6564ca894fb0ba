"""Hypothesis strategies for what comes in."""

from hypothesis import strategies as st

from pellucid.model.site import ConsentRule, Privacy, Recognition
from pellucid.policy.decision import Consent, Signals

SIGNALS = st.builds(
    Signals,
    opted_out=st.booleans(),
    opted_out_of_instance=st.booleans(),
    consent=st.sampled_from(Consent),
    global_privacy_control=st.booleans(),
    do_not_track=st.booleans(),
)
PRIVACY = st.builds(
    Privacy,
    preset=st.just("any"),
    recognition=st.sampled_from(Recognition),
    cookies=st.booleans(),
    browser_features=st.booleans(),
    user_ids=st.booleans(),
    consent=st.sampled_from(ConsentRule),
    honour_gpc=st.booleans(),
    honour_dnt=st.booleans(),
    kept_address_bits=st.sampled_from([0, 16, 24]),
)
IPV4 = st.ip_addresses(v=4).map(str)
IPV6 = st.ip_addresses(v=6).map(str)

_NAMES = (
    "idsite rec url urlref action_name _id cid uid cip cdt cdo ua uadata lang country region city lat long res h m s "
    "pv_id new_visit ping ca bots consent optout send_image idgoal revenue ec_id ec_items link download search "
    "search_cat search_count e_c e_a e_n e_v c_n c_p c_t c_i cvar _cvar e_cvar cs dimension1 dimension999 token_auth"
).split()
_TELLING = [
    *(
        "",
        "0",
        "1",
        "-1",
        "5",
        "1e999",
        "nan",
        "\N{ARABIC-INDIC DIGIT THREE}",
        "\0",
        "\0x",
        "1763985600",
        "2025-11-24 11:00:00",
        "9" * 5000,
        "idna",
    ),
    *(
        "http://site.example/",
        "http://[::1",
        "http://a/?utm_source=x#y=z",
        "http://a/?q=%E9",
        "//",
        "://",
        "http://@:/;;?&=&",
        "1.2.3.4",
    ),
    *(
        "::1",
        "::ffff:1.2.3.4",
        "0123456789abcdef",
        "{",
        "[]",
        '{"brands": 3}',
        "de-DE,en",
        "x" * 2000,
        "é\u2028\U0001f600",
    ),
]
PARAMETERS = st.dictionaries(st.sampled_from(_NAMES), st.sampled_from(_TELLING) | st.text(max_size=30), max_size=12)
"""Parameters of a tracking request, right and wrong."""

_HEADERS = (
    "user-agent accept-language cookie sec-gpc dnt x-purpose x-moz purpose sec-purpose referer authorization".split()
)
HEADERS = st.dictionaries(
    st.sampled_from([name.encode() for name in _HEADERS]),
    st.sampled_from([b"", b"0", b"1", b"matomo_ignore", b"=;=", b"\xff\xfe", b"Mozilla/5.0 Firefox/140.0"])
    | st.binary(max_size=30),
)
"""Headers of a request, as a server hands them on."""
