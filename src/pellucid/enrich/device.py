"""What a visit was made with, read off the user agent and the client hints.

Two parsers: a fast one in this process (ua-parser), and an exact one (device-detector, Matomo's data), which takes
hundreds of times as long and so lives in a helper process (`parser_process.py`). Names and codes are Matomo's.
"""

import asyncio
import sys
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache

from device_detector import DeviceDetector
from device_detector.enums import AppType, DeviceType
from device_detector.parser.settings import DESKTOP_OS, FAMILY_FROM_OS
from msgspec import json
from ua_parser import BestAvailableResolver, Domain, Resolver, load_builtins

from pellucid.enrich.hints import headers_of
from pellucid.enrich.memory import Memory
from pellucid.model.hit import Device

LONGEST_WAIT_SECONDS = 0.05
"""How long a hit waits for the exact parser; then the fast one's answer counts."""

LONGEST_USER_AGENT = 1024
_WORTH_WAITING_FOR = 4
"""With more than this before it, an answer will be late."""
_LONGEST_QUEUE = 200

_NOTHING = Device()

_BROWSERS: Mapping[str, tuple[str, str, str]] = {
    "Chrome": ("Chrome", "CH", "Blink"),
    "Chrome Mobile": ("Chrome Mobile", "CM", "Blink"),
    "Chrome Mobile WebView": ("Chrome Webview", "CV", "Blink"),
    "Chrome Mobile iOS": ("Chrome Mobile iOS", "CI", "WebKit"),
    "HeadlessChrome": ("Headless Chrome", "HC", "Blink"),
    "Chromium": ("Chromium", "CR", "Blink"),
    "Edge": ("Microsoft Edge", "PS", "Blink"),
    "Edge Mobile": ("Microsoft Edge", "PS", "Blink"),
    "Firefox": ("Firefox", "FF", "Gecko"),
    "Firefox Mobile": ("Firefox Mobile", "FM", "Gecko"),
    "Firefox iOS": ("Firefox Mobile iOS", "FI", "WebKit"),
    "IE": ("Internet Explorer", "IE", "Trident"),
    "Mobile Safari": ("Mobile Safari", "MF", "WebKit"),
    "Mobile Safari UI/WKWebView": ("Mobile Safari", "MF", "WebKit"),
    "Safari": ("Safari", "SF", "WebKit"),
    "Opera": ("Opera", "OP", "Blink"),
    "Opera Mobile": ("Opera Mobile", "OM", "Blink"),
    "Opera Mini": ("Opera Mini", "OI", "Presto"),
    "Samsung Internet": ("Samsung Browser", "SB", "WebKit"),
    "Vivaldi": ("Vivaldi", "VI", "Blink"),
    "Yandex Browser": ("Yandex Browser", "YA", "Blink"),
    "UC Browser": ("UC Browser", "UC", "Blink"),
    "Brave": ("Brave", "BR", "Blink"),
}
_BY_NAME = {name: (code, engine) for name, code, engine in _BROWSERS.values()}
"""The exact parser leaves out codes and engines that its data has in another form."""
_SYSTEMS: Mapping[str, tuple[str, str]] = {
    "Windows": ("Windows", "WIN"),
    "Mac OS X": ("Mac", "MAC"),
    "iOS": ("iOS", "IOS"),
    "Android": ("Android", "AND"),
    "Linux": ("GNU/Linux", "LIN"),
    "Ubuntu": ("Ubuntu", "UBT"),
    "Fedora": ("Fedora", "FED"),
    "Debian": ("Debian", "DEB"),
    "Chrome OS": ("Chrome OS", "COS"),
    "FreeBSD": ("FreeBSD", "BSD"),
    "Windows Phone": ("Windows Phone", "WPH"),
}
_SHOWN_AS_BROWSERS = frozenset(
    {
        *(AppType.Browser, AppType.MobileApp, AppType.Messaging, AppType.Library),
        *(AppType.FeedReader, AppType.MediaPlayer, AppType.PIM),
    }
)
"""The kinds of programs that Matomo tells of; of an app within a browser it tells the app."""
_NO_BROWSER = ("", "", "")
_FIRST_IPADOS = 13
_OLD_OPERA = "Presto"
"""What Opera was made with until version 12 stands in its user agent; the exact parser takes it for today's."""
_DESKTOPS = frozenset({"WIN", "MAC", "LIN", "UBT", "FED", "DEB", "COS", "BSD"})


class DeviceParser:
    """Answers from memory, else by the exact parser if it is quick enough, else by the fast one.

    Belongs to one event loop; `now` counts seconds. Nothing it knows is written anywhere.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._memory: Memory[Device] = Memory(now)
        self._helper: asyncio.subprocess.Process | None = None
        self._asked: deque[tuple[str, Device, asyncio.Future[Device]]] = deque()
        self._oldest: object = None
        self._starting = asyncio.Lock()
        self._reading: asyncio.Task[None] | None = None

    def known(self, user_agent: str, hints: str = "") -> Device | None:
        """Return the device if it was asked for lately."""
        return self._memory.get(user_agent + hints)

    async def device(self, user_agent: str, hints: str = "", longest: float = LONGEST_WAIT_SECONDS) -> Device:
        """Return the device behind a user agent and client hints (Matomo's `uadata`, or nothing).

        `longest` is how many seconds the exact parser is waited for.
        """
        user_agent = user_agent[:LONGEST_USER_AGENT]
        key = user_agent + hints
        known = self._memory.get(key)
        if known is not None:
            return known
        fast = fast_device(user_agent)
        self._memory.put(key, fast)
        if len(self._asked) >= _LONGEST_QUEUE:
            return fast
        answer = await self._ask(key, user_agent, hints, fast)
        if answer is None or (longest <= LONGEST_WAIT_SECONDS and len(self._asked) > _WORTH_WAITING_FOR):
            return fast
        with suppress(TimeoutError):
            return await asyncio.wait_for(asyncio.shield(answer), longest)
        return fast

    async def start(self) -> None:
        """Start the helper process, and wait until it is warm."""
        answer = await self._ask("", "", "", _NOTHING)
        if answer:
            await answer

    def forget(self) -> None:
        """Forget what is due; end a helper that has not answered since this was called last."""
        self._memory.forget()
        oldest = self._asked[0] if self._asked else None
        if oldest is not None and oldest is self._oldest:
            self._end()
        self._oldest = oldest

    async def close(self) -> None:
        """End the helper process."""
        helper = self._helper
        self._end()
        if self._reading:
            await self._reading
        if helper:
            await helper.wait()

    def _end(self) -> None:
        if self._helper:
            with suppress(ProcessLookupError):
                self._helper.kill()

    async def _ask(self, key: str, user_agent: str, hints: str, fast: Device) -> asyncio.Future[Device] | None:
        async with self._starting:
            if self._helper is None:
                with suppress(OSError):
                    await self._start()
        helper = self._helper
        if helper is None or helper.stdin is None:
            return None
        answer: asyncio.Future[Device] = asyncio.get_running_loop().create_future()
        self._asked.append((key, fast, answer))
        helper.stdin.write(json.encode([user_agent, hints]) + b"\n")
        return answer

    async def _start(self) -> None:
        self._helper = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "pellucid.enrich.parser_process",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        self._reading = asyncio.create_task(self._read(self._helper))

    async def _read(self, helper: asyncio.subprocess.Process) -> None:
        if helper.stdout is None:
            return
        async for line in helper.stdout:
            key, _, answer = self._asked.popleft()
            device = json.decode(line, type=Device)
            if key:
                self._memory.put(key, device)
            if not answer.done():
                answer.set_result(device)
        # The helper has ended: who waits takes the fast answer, and the next question starts another.
        for _, fast, answer in self._asked:
            if not answer.done():
                answer.set_result(fast)
        self._asked.clear()
        self._helper = None


def fast_device(user_agent: str) -> Device:
    """Return what can be told of a device in microseconds; brand and model stay unknown."""
    if not user_agent:
        return _NOTHING
    found = _fast_parser()(user_agent, Domain.USER_AGENT | Domain.OS)
    agent, system = found.user_agent, found.os
    family = agent.family if agent else ""
    # The name of an app that is not known is a word of the user agent, whatever was written there.
    browser, browser_code, engine = _BROWSERS.get(family, _NO_BROWSER)
    system_name, system_code = _SYSTEMS.get(system.family, (system.family, "")) if system else ("", "")
    if engine == "WebKit" and system_code == "MAC" and browser_code == "MF":
        browser, browser_code = "Safari", "SF"
    kind = _type_of(user_agent, system_code)
    if system and system_code == "IOS" and kind == "tablet" and _number(system.major) >= _FIRST_IPADOS:
        system_name, system_code = "iPadOS", "IPA"
    return Device(
        type=kind,
        system=system_name,
        system_code=system_code,
        system_version=_version(system.major, system.minor) if system else "",
        browser=browser,
        browser_code=browser_code,
        browser_version=_version(agent.major, agent.minor) if agent and browser else "",
        engine=engine,
    )


@cache
def _fast_parser() -> Resolver:
    # Not the parser that the library has ready, which remembers user agents for as long as the process lives.
    return BestAvailableResolver(load_builtins())


def _type_of(user_agent: str, system_code: str) -> str:
    if "iPad" in user_agent or "Tablet" in user_agent:
        return "tablet"
    if system_code == "AND":
        return "smartphone" if "Mobile" in user_agent else "tablet"
    if system_code in {"IOS", "WPH"}:
        return "smartphone"
    return "desktop" if system_code in _DESKTOPS else ""


def exact_device(user_agent: str, hints: str = "") -> Device:
    """Return all that device-detector tells of a device; takes some 10 milliseconds."""
    found = DeviceDetector(user_agent, headers=headers_of(hints), check_cache=False).parse()
    details = found.all_details
    system, client = details.get("os") or {}, details.get("client") or {}
    browser = client if found.client_type() in _SHOWN_AS_BROWSERS else {}
    name = browser.get("name", "")
    # As in Matomo an app or a library is its own code.
    code, engine = _BY_NAME.get(name, ("" if found.client_type() == AppType.Browser else name, ""))
    kind = found.device_type()
    if not kind and not found.uses_mobile_browser() and FAMILY_FROM_OS.get(system.get("short_name")) in DESKTOP_OS:
        kind = DeviceType.Desktop
    return Device(
        type=str(kind),
        brand=found.device_brand() or "",
        model=found.device_model() or "",
        system=system.get("name", ""),
        system_code=system.get("short_name", ""),
        system_version=_short(system.get("version", "")),
        browser=name,
        browser_code=browser.get("short_name", "") or code,
        browser_version=_short(browser.get("version", "")),
        engine=_OLD_OPERA if _OLD_OPERA in user_agent else (_engine(found.engine()) or engine) if browser else "",
    )


def _engine(told: object) -> str:
    return str(told.get("default", "")) if isinstance(told, dict) else str(told or "")


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0


def _version(major: str | None, minor: str | None) -> str:
    return ".".join(part for part in (major, minor) if part)


def _short(version: str) -> str:
    return ".".join(str(version).split(".")[:2])
