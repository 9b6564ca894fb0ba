"""Client hints: what a browser says of itself beside the user agent, in the tracker's form and in that of headers.

https://wicg.github.io/ua-client-hints/
"""

import re
from collections.abc import Mapping

from msgspec import DecodeError, Struct, json

_BRAND = re.compile(r'"([^"]*)";\s*v="([^"]*)"')
_LIST, _MODEL = b"sec-ch-ua-full-version-list", b"sec-ch-ua-model"
_PLATFORM, _PLATFORM_VERSION, _MOBILE = b"sec-ch-ua-platform", b"sec-ch-ua-platform-version", b"sec-ch-ua-mobile"
_LONGEST = 1024


class _Brand(Struct):
    brand: str = ""
    version: str = ""


class _Hints(Struct, rename="camel", omit_defaults=True):
    full_version_list: list[_Brand] | None = None
    brands: list[_Brand] | None = None
    model: str | None = None
    platform: str | None = None
    platform_version: str | None = None
    mobile: bool | None = None


def hints_of(headers: Mapping[bytes, bytes]) -> str:
    """Return the hints in a request's headers in the tracker's form (`uadata`); the empty text if there are none.

    Without the full versions they say nothing that the user agent does not.
    """
    listed = headers.get(_LIST)
    if not listed:
        return ""
    told = _Hints(
        full_version_list=[_Brand(*pair) for pair in _BRAND.findall(listed[:_LONGEST].decode("latin-1"))],
        model=_quoted(headers.get(_MODEL)),
        platform=_quoted(headers.get(_PLATFORM)),
        platform_version=_quoted(headers.get(_PLATFORM_VERSION)),
        mobile=headers.get(_MOBILE) == b"?1",
    )
    return json.encode(told).decode()


def _quoted(header: bytes | None) -> str:
    return (header or b"")[:_LONGEST].decode("latin-1").strip().strip('"')


def headers_of(hints: str) -> dict[str, str]:
    """Return the headers that a browser would have sent for the client hints a tracker read."""
    if not hints:
        return {}
    try:
        told = json.decode(hints.encode(errors="replace"), type=_Hints)
    except DecodeError:
        return {}
    brands = told.full_version_list or told.brands or []
    return {
        "Sec-CH-UA-Full-Version-List": ", ".join(f'"{brand.brand}";v="{brand.version}"' for brand in brands),
        "Sec-CH-UA-Model": f'"{told.model or ""}"',
        "Sec-CH-UA-Platform": f'"{told.platform or ""}"',
        "Sec-CH-UA-Platform-Version": f'"{told.platform_version or ""}"',
        "Sec-CH-UA-Mobile": "?1" if told.mobile else "?0",
    }
