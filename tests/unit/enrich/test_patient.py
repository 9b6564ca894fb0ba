import asyncio

from pellucid.enrich.device import fast_device
from pellucid.enrich.patient import PatientDevices, exactly, quickly
from pellucid.model.hit import Device

PIXEL = (
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile "
    "Safari/537.36"
)


def test_the_exact_parser_tells_brand_and_model() -> None:
    device = exactly(PIXEL, "")

    assert (device.brand, device.model, device.browser) == ("Google", "Pixel 9", "Chrome Mobile")


def test_the_fast_parser_agrees_but_for_brand_and_model() -> None:
    quick, exact = quickly(PIXEL, ""), exactly(PIXEL, "")

    assert (quick.brand, quick.model) == ("", "")
    assert (quick.type, quick.system, quick.browser) == (exact.type, exact.system, exact.browser)


def test_a_user_agent_is_parsed_once_and_forgotten_within_the_hour() -> None:
    asked: list[str] = []
    now = 0.0

    def parse(user_agent: str, _hints: str) -> Device:
        asked.append(user_agent)
        return fast_device(user_agent)

    devices = PatientDevices(parse, lambda: now)
    first = asyncio.run(devices.device(PIXEL))

    assert devices.known(PIXEL) == first
    assert asked == [PIXEL]
    now = 3_600.0
    assert devices.known(PIXEL) is None
