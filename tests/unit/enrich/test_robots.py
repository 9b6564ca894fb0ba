import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.enrich.robots import Agent, Agents, agent
from pellucid.policy.retention import USER_AGENT_IN_MEMORY


@pytest.mark.parametrize(
    ("user_agent", "kind"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", Agent.PERSON),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/126.0 Safari/537.36",
            Agent.PERSON,
        ),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", Agent.ROBOT),
        (
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
            Agent.ROBOT,
        ),
        ("", Agent.LIBRARY),
        ("-", Agent.ROBOT),
        ("python-requests/2.32.3", Agent.LIBRARY),
        ("curl/8.5.0", Agent.LIBRARY),
        ("Go-http-client/2.0", Agent.LIBRARY),
        ("okhttp/4.12.0", Agent.LIBRARY),
        ("Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)", Agent.ROBOT),
        (
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; GPTBot/1.2; +https://openai.com/gptbot",
            Agent.ROBOT,
        ),
        ("facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", Agent.ROBOT),
        ("Opera/9.80 (J2ME/MIDP; Opera Mini/9.80 (S60; SymbOS; Opera Mobi/23.348; U; en) Presto/2.5.25", Agent.PERSON),
        ("Cubot Phone Mozilla/5.0 (Linux; Android 9; CUBOT X19) Chrome/110 Mobile", Agent.PERSON),
    ],
)
def test_people_robots_and_programs_are_told_apart(user_agent: str, kind: Agent) -> None:
    assert agent(user_agent) is kind
    assert Agents(lambda: 0.0).agent(user_agent) is kind


@given(st.text(max_size=100))
def test_any_user_agent_is_of_some_kind(user_agent: str) -> None:
    assert agent(user_agent) in Agent


def test_a_kind_is_forgotten_within_the_hour() -> None:
    now = 0.0
    agents = Agents(lambda: now)
    agents.agent("curl/8.5.0")
    assert agents._memory.get("curl/8.5.0") is Agent.LIBRARY

    now = USER_AGENT_IN_MEMORY.total_seconds()
    agents.forget()

    assert not agents._memory._younger
    assert not agents._memory._older
