from datetime import timedelta

from pellucid.policy import retention


def test_what_may_not_be_written_is_forgotten_within_the_hour() -> None:
    assert timedelta(hours=1) >= retention.USER_AGENT_IN_MEMORY


def test_a_salt_outlives_its_day_by_one_day_at_most() -> None:
    assert timedelta(hours=24) >= retention.SALT_AFTER_ITS_DAY


def test_a_visitor_is_known_for_thirteen_months_as_in_matomo() -> None:
    assert timedelta(days=393) == retention.VISITOR_COOKIE
