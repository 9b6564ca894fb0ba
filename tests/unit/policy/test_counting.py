from hypothesis import given
from hypothesis import strategies as st

from pellucid.policy.counting import FEWEST, told


@given(st.integers(0, 10**9))
def test_no_number_below_ten_and_no_single_refusal_can_be_read(count: int) -> None:
    shown = told(count)

    assert shown % FEWEST == 0
    assert 0 <= count - shown < FEWEST
    assert (shown == 0) == (count < FEWEST)
