import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from time import monotonic

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import json

from pellucid.enrich.device import DeviceParser, exact_device, fast_device
from pellucid.model.hit import Device

# One helper for all that ask it.

_WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome"
CHROME = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_WEBKIT}/126.0.6478.57 Safari/537.36"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Mobile/15E148 Safari/604.1"
)
GALAXY = f"Mozilla/5.0 (Linux; Android 14; SM-S921B) {_WEBKIT}/126.0.0.0 Mobile Safari/537.36"
IPAD = IPHONE.replace("iPhone; CPU iPhone OS", "iPad; CPU OS")
SAFARI = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 "
    "Safari/605.1.15"
)
TABLET = f"Mozilla/5.0 (Linux; Android 13; SM-X700) {_WEBKIT}/126.0.0.0 Safari/537.36"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


class Asking:
    """A parser with its helper, and the loop they live in."""

    def __init__(self) -> None:
        self.runner = asyncio.Runner()
        self.parser = DeviceParser(monotonic)

    def run(self, steps: Callable[[DeviceParser], Awaitable[None]]) -> None:
        async def whole() -> None:
            await steps(self.parser)

        self.runner.run(whole())

    @property
    def helper(self) -> int:
        """The number of the helper process."""
        assert self.parser._helper is not None
        return self.parser._helper.pid


@pytest.fixture(scope="module")
def asking() -> Iterator[Asking]:
    one = Asking()
    one.run(lambda parser: parser.start())
    yield one
    one.run(lambda parser: parser.close())
    one.runner.close()


async def all_answered(parser: DeviceParser) -> None:
    """Wait until the helper has answered what it was asked so far."""
    await parser.start()


async def ended(parser: DeviceParser) -> None:
    """Wait until the end of the helper has been noticed."""
    assert parser._reading is not None
    await parser._reading


@pytest.mark.parametrize(
    ("user_agent", "expected"),
    [
        (CHROME, ("desktop", "Windows", "WIN", "10", "Chrome", "CH", "126.0", "Blink")),
        (IPHONE, ("smartphone", "iOS", "IOS", "17.5", "Mobile Safari", "MF", "17.5", "WebKit")),
        (GALAXY, ("smartphone", "Android", "AND", "14", "Chrome Mobile", "CM", "126.0", "Blink")),
        (IPAD, ("tablet", "iPadOS", "IPA", "17.5", "Mobile Safari", "MF", "17.5", "WebKit")),
        (IPAD.replace("17_5", "12_5"), ("tablet", "iOS", "IOS", "12.5", "Mobile Safari", "MF", "17.5", "WebKit")),
        (SAFARI, ("desktop", "Mac", "MAC", "10.15", "Safari", "SF", "17.5", "WebKit")),
        (TABLET, ("tablet", "Android", "AND", "13", "Chrome", "CH", "126.0", "Blink")),
        (FIREFOX, ("desktop", "GNU/Linux", "LIN", "", "Firefox", "FF", "140.0", "Gecko")),
    ],
)
def test_both_parsers_agree_on_common_browsers(user_agent: str, expected: tuple[str, ...]) -> None:
    for device in (exact_device(user_agent), fast_device(user_agent)):
        assert expected == (
            device.type,
            device.system,
            device.system_code,
            device.system_version,
            device.browser,
            device.browser_code,
            device.browser_version,
            device.engine,
        )


def test_the_exact_parser_knows_brand_and_model() -> None:
    device = exact_device(GALAXY)

    assert (device.brand, device.model) == ("Samsung", "Galaxy S24")
    assert (fast_device(GALAXY).brand, fast_device(GALAXY).model) == ("", "")


def test_a_desktops_system_is_a_desktop_for_the_exact_parser_too() -> None:
    linux = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"

    assert exact_device(linux).type == fast_device(linux).type == "desktop"
    assert exact_device("Apache-HttpClient/4.2.1 (java 1.5)").type == ""


def test_an_app_and_a_library_are_told_in_place_of_a_browser() -> None:
    webview = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    app = exact_device(f"{webview} Mobile/15E148 Instagram 338.0.0.29.91 (iPhone14,5; iOS 17_5; en_US; en)")
    library = exact_device("Apache-HttpClient/4.2.1 (java 1.5)")

    assert (app.browser, app.browser_code, app.browser_version, app.engine) == ("Instagram", "Instagram", "338.0", "")
    assert (library.browser, library.browser_code, library.browser_version) == ("Apache HTTP Client",) * 2 + ("4.2",)


@pytest.mark.parametrize(
    "user_agent",
    [
        "Marker123/1.2 (marker@example.com)",
        "com.example.Marker/77 CFNetwork/1474 Darwin/23.0.0",
        "Marker (unknown version) CFNetwork",
        "Mozilla/5.0 (compatible; Marker/1.0)",
        "Dalvik/2.1.0 (Linux; U; Android 13; Marker Build/TP1A)",
        "Marker/6.0.1 (Linux;Android 12) ExoPlayerLib/2.18",
        "okhttp/4.9 Marker",
    ],
)
def test_nothing_is_told_in_the_words_of_a_user_agent(user_agent: str) -> None:
    for device in (exact_device(user_agent), fast_device(user_agent)):
        assert "marker" not in json.encode(device).decode().lower()


def test_client_hints_tell_what_the_user_agent_hides() -> None:
    windows = {
        "fullVersionList": [
            {"brand": "Google Chrome", "version": "126.0.6478.57"},
            {"brand": "Not/A)Brand", "version": "8"},
        ],
        "platform": "Windows",
        "platformVersion": "15.0.0",
        "model": "",
        "mobile": False,
    }
    phone = {"brands": [], "platform": "Android", "platformVersion": "15", "model": "SM-S921B", "mobile": True}

    assert exact_device(CHROME, json.encode(windows).decode()).system_version == "11"
    assert exact_device(GALAXY.replace("SM-S921B", "K"), json.encode(phone).decode()).model == "Galaxy S24"


@pytest.mark.parametrize(
    "hints",
    ["", "{", "3", "[]", "null", '{"brands": 3}', '{"brands": [3]}', '{"model": null, "mobile": null}', "\ud800"],
)
def test_hints_that_say_nothing_change_nothing(hints: str) -> None:
    assert exact_device(CHROME, hints) == exact_device(CHROME)


@settings(max_examples=60)
@given(st.text(max_size=200))
@example("")
@example("\0")
def test_any_user_agent_is_parsed(user_agent: str) -> None:
    assert isinstance(fast_device(user_agent), Device)


def test_an_exact_answer_is_remembered(asking: Asking) -> None:
    async def steps(parser: DeviceParser) -> None:
        answer = await parser.device(GALAXY)
        await all_answered(parser)

        assert answer in {fast_device(GALAXY), exact_device(GALAXY)}
        assert parser.known(GALAXY) == await parser.device(GALAXY) == exact_device(GALAXY)
        assert parser.known(GALAXY, '{"mobile": true}') is None

    asking.run(steps)


def test_a_helper_sees_what_it_is_asked_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    open_files: dict[str, str] = {}

    def look(helper: asyncio.subprocess.Process) -> None:
        for descriptor in Path(f"/proc/{helper.pid}/fd").iterdir():
            open_files[descriptor.name] = str(descriptor.readlink())

    async def steps() -> None:
        parser = DeviceParser(monotonic)
        await parser.start()
        for user_agent in (GALAXY, "\0" * 5_000, "[" * 500):
            await parser.device(user_agent)
        await all_answered(parser)
        assert parser._helper is not None
        look(parser._helper)
        await parser.close()

    asyncio.run(steps())

    assert open_files.keys() >= {"0", "1", "2"}
    assert all(at.startswith(("pipe:", "socket:")) for name, at in open_files.items() if name != "2")
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr() == ("", "")


def test_a_hit_does_not_wait_for_a_parser_that_hangs(asking: Asking) -> None:
    async def steps(parser: DeviceParser) -> None:
        hanging = asking.helper
        os.kill(hanging, signal.SIGSTOP)
        agents = [f"{GALAXY} {number}" for number in range(300)]

        answers = await asyncio.gather(*map(parser.device, agents))

        assert set(answers) == {fast_device(GALAXY)}
        assert len(parser._asked) <= 200
        parser.forget()
        assert parser._asked, "it is given time until the next look"
        parser.forget()
        await ended(parser)
        assert not parser._asked, "a question that nobody will answer holds a user agent"
        await all_answered(parser)
        assert asking.helper != hanging

    asking.run(steps)


def test_after_a_helper_died_no_answer_goes_to_another_question(asking: Asking) -> None:
    async def steps(parser: DeviceParser) -> None:
        killed = asking.helper
        before = [f"{agent} before" for agent in (CHROME, IPHONE, GALAXY, FIREFOX)]
        after = [f"{agent} after" for agent in (CHROME, IPHONE, GALAXY, FIREFOX)]
        waiting = [asyncio.ensure_future(parser.device(agent)) for agent in before]
        os.kill(killed, signal.SIGKILL)
        for agent in after:
            await parser.device(agent)
        await asyncio.gather(*waiting)
        await all_answered(parser)
        await all_answered(parser)

        assert asking.helper != killed
        for agent in before + after:
            assert parser.known(agent) in {fast_device(agent), exact_device(agent)}

    asking.run(steps)


def test_a_helper_that_hangs_does_not_hold_up_the_end() -> None:
    async def steps() -> None:
        parser = DeviceParser(monotonic)
        await parser.device(GALAXY)
        assert parser._helper is not None
        os.kill(parser._helper.pid, signal.SIGSTOP)

        await parser.close()

        assert parser._helper is None

    asyncio.run(steps())


def test_without_a_helper_the_fast_parser_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")

    async def steps() -> None:
        parser = DeviceParser(monotonic)
        assert await parser.device(GALAXY) == fast_device(GALAXY)
        await parser.close()

    asyncio.run(steps())
