"""How long anything is kept.

Jobs, documents and the visitor's page read these; nothing else names a time of keeping.
"""

from datetime import timedelta

USER_AGENT_IN_MEMORY = timedelta(hours=1)
"""A user agent, and an address that place was looked up for, is forgotten within this."""

SALT_AFTER_ITS_DAY = timedelta(hours=24)
"""A day's salt is destroyed this long after the day has ended, so that late hits still find it."""

VISITOR_COOKIE = timedelta(seconds=33_955_200)
"""13 months from its creation, and not prolonged (CNIL, condition 8 of the exemption)."""

VISIT_COOKIE = timedelta(minutes=30)
REFERRER_COOKIE = timedelta(seconds=15_768_000)
"""Both count from the last request anew."""

CHOICE = timedelta(days=182)
"""6 months: how long consent is remembered (CNIL, recommendation on consent), where a site settled nothing else."""

OBJECTION = timedelta(days=400)
"""400 days is what most browsers allow; an objection that a page keeps is renewed by each page of the site."""

OBJECTION_TO_THE_SERVER = timedelta(days=30 * 365)
"""What Matomo asks of browsers: to renew an objection that it has stored must not shorten it. Most allow 400 days."""

LONGEST_CHOICE = OBJECTION
"""What a site may settle at most: no yes outlives a no."""

REFUSALS = timedelta(days=750)
"""How long the numbers of refused hits are kept, by day."""

SIGN_IN = timedelta(days=14)
FIRST_LINK = timedelta(days=7)
"""How long the link that sets a first password is good for."""
