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
