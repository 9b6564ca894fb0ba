"""The helper process of `device.py`: a user agent and its hints a line in, a device a line out.

It ends when its input ends, so it never outlives the process that asks. It writes to nothing but the pipe.
"""

import os
import signal
import sys
from contextlib import suppress

from msgspec import json

from pellucid.enrich.device import exact_device, fast_device
from pellucid.model.hit import Device

_WARM = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"


def main() -> None:
    """Answer until the input ends."""
    # A terminal's Ctrl-C is for the process that asks.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    exact_device(_WARM)
    with suppress(BrokenPipeError):
        for line in sys.stdin.buffer:
            user_agent, hints = json.decode(line, type=tuple[str, str])
            os.write(sys.stdout.fileno(), json.encode(_device(user_agent, hints)) + b"\n")


def _device(user_agent: str, hints: str) -> Device:
    try:
        return exact_device(user_agent, hints) if user_agent else Device()
    except Exception:  # noqa: BLE001 -- whatever a user agent does to the parser, the next one is parsed
        return fast_device(user_agent)


if __name__ == "__main__":
    main()
