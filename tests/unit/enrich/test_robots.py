import pytest

from pellucid.enrich.robots import Agent, Agents, agent


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
        ("", Agent.ROBOT),
        ("-", Agent.ROBOT),
        ("python-requests/2.32.3", Agent.LIBRARY),
        ("curl/8.5.0", Agent.LIBRARY),
        ("Cubot Phone Mozilla/5.0 (Linux; Android 9; CUBOT X19) Chrome/110 Mobile", Agent.PERSON),
    ],
)
def test_people_robots_and_programs_are_told_apart(user_agent: str, kind: Agent) -> None:
    assert agent(user_agent) is kind
    assert Agents(lambda: 0.0).agent(user_agent) is kind
