import asyncio
import os
import signal
from time import monotonic

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import json

from pellucid.enrich.device import DeviceParser, exact_device, fast_device
from pellucid.model.hit import Device

_WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome"
CHROME = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_WEBKIT}/126.0.6478.57 Safari/537.36"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Mobile/15E148 Safari/604.1"
)
GALAXY = f"Mozilla/5.0 (Linux; Android 14; SM-S921B) {_WEBKIT}/126.0.0.0 Mobile Safari/537.36"


@pytest.mark.parametrize(
    ("user_agent", "expected"),
    [
        (CHROME, ("desktop", "Windows", "WIN", "Chrome", "CH", "126.0", "Blink")),
        (IPHONE, ("smartphone", "iOS", "IOS", "Mobile Safari", "MF", "17.5", "WebKit")),
        (GALAXY, ("smartphone", "Android", "AND", "Chrome Mobile", "CM", "126.0", "Blink")),
    ],
)
def test_both_parsers_agree_on_common_browsers(user_agent: str, expected: tuple[str, ...]) -> None:
    for device in (exact_device(user_agent), fast_device(user_agent)):
        assert expected == (
            device.type,
            device.system,
            device.system_code,
            device.browser,
            device.browser_code,
            device.browser_version,
            device.engine,
        )
    assert exact_device(GALAXY).brand == "Samsung"


def test_client_hints_tell_what_the_user_agent_hides() -> None:
    hints = json.encode(
        {
            "fullVersionList": [
                {"brand": "Google Chrome", "version": "126.0.6478.57"},
                {"brand": "Not/A)Brand", "version": "8"},
            ],
            "platform": "Windows",
            "platformVersion": "15.0.0",
            "model": "",
            "mobile": False,
        },
    ).decode()

    assert exact_device(CHROME, hints).system_version == "11"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_user_agent_is_parsed(user_agent: str) -> None:
    assert isinstance(fast_device(user_agent), Device)


def test_an_exact_answer_is_remembered() -> None:
    async def asking() -> None:
        parser = DeviceParser(monotonic)
        await parser.start()
        await parser.device(GALAXY)
        await parser._asked[-1][2] if parser._asked else None
        assert parser.known(GALAXY) == exact_device(GALAXY)
        await parser.close()

    asyncio.run(asking())


def test_a_hit_does_not_wait_for_a_parser_that_hangs_or_dies() -> None:
    async def asking() -> None:
        parser = DeviceParser(monotonic)
        await parser.start()
        assert parser._helper is not None
        os.kill(parser._helper.pid, signal.SIGSTOP)

        assert await parser.device(GALAXY) == fast_device(GALAXY)

        os.kill(parser._helper.pid, signal.SIGKILL)
        await parser._helper.wait()
        assert (await parser.device(IPHONE)).browser == "Mobile Safari"
        assert (await parser.device(CHROME)).browser == "Chrome"
        assert parser._helper.returncode is None
        await parser.close()

    asyncio.run(asking())
